"""End an identity link, because its code goes to somebody else, or take it back as if it had never been."""

from datetime import date
from uuid import UUID

from services.connector.domain.identity import IdentityLink, refuse_overlap
from services.connector.usecases.look_up_again import reassign
from services.connector.usecases.ports import Work


async def end_identity(work: Work, link_id: UUID, *, ends_on: date | None) -> IdentityLink:
    """Let a link hold up to, not including, a day (None: for ever), and credit again what its value names.

    Raises NotFound, Invalid (`period_empty`), Conflict (`identity_links_overlap`).
    """
    async with work() as uow:
        await uow.identities.change()
        link = (await uow.identities.get(link_id)).ended(ends_on)
        refuse_overlap(link, await uow.identities.all(connection_id=link.connection_id, value=link.value))
        await uow.identities.save(link)
        await reassign(uow, link.value, connection_id=link.connection_id)
        await uow.commit()
    return link


async def remove_identity(work: Work, link_id: UUID) -> None:
    """Take a wrong link back: what counted by it is credited by work number, or waits in quarantine.

    Raises NotFound.
    """
    async with work() as uow:
        await uow.identities.change()
        link = await uow.identities.get(link_id)
        await uow.identities.remove(link)
        await reassign(uow, link.value, connection_id=link.connection_id)
        await uow.commit()
