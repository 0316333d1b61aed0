"""End an identity link, because its code goes to somebody else, or take it back as if it had never been."""

from datetime import date
from uuid import UUID

from services.connector.domain.identity import IdentityLink, refuse_overlap
from services.connector.usecases.look_up_again import reassign
from services.connector.usecases.ports import UnitOfWork, Work
from shared.core.access import Grant
from shared.core.separation import refuse_own


async def end_identity(work: Work, link_id: UUID, *, ends_on: date | None, grant: Grant) -> IdentityLink:
    """Let a link hold up to, not including, a day (None: for ever), and credit again what its value names.

    Raises NotFound, Forbidden (`separation_of_duties`), Invalid (`period_empty`), Conflict (`identity_links_overlap`).
    """
    async with work() as uow:
        await uow.identities.change()
        link = await _link_in_hand(uow, link_id, grant)
        link = link.ended(ends_on)
        refuse_overlap(link, await uow.identities.all(connection_id=link.connection_id, value=link.value))
        await uow.identities.save(link)
        await reassign(uow, link.value, connection_id=link.connection_id)
        await uow.commit()
    return link


async def remove_identity(work: Work, link_id: UUID, *, grant: Grant) -> None:
    """Take a wrong link back: what counted by it is credited by work number, or waits in quarantine.

    Raises NotFound, Forbidden (`separation_of_duties`).
    """
    async with work() as uow:
        await uow.identities.change()
        link = await _link_in_hand(uow, link_id, grant)
        await uow.identities.remove(link)
        await reassign(uow, link.value, connection_id=link.connection_id)
        await uow.commit()


async def _link_in_hand(uow: UnitOfWork, link_id: UUID, grant: Grant) -> IdentityLink:
    """Load and lock a link, unless it says what is credited to the caller."""
    link = await uow.identities.get(link_id)
    refuse_own(grant.principal.employee_id, link.employee_id)
    return link
