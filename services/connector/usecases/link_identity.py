"""Say whom a connection means by one of its own codes."""

from datetime import date
from uuid import UUID

from services.connector.domain.identity import IdentityLink, Reference, Subject, refuse_overlap
from services.connector.usecases.look_up_again import reassign
from services.connector.usecases.ports import UnitOfWork, Work
from shared.core.access import Grant
from shared.core.errors import NotFound, Violation
from shared.core.separation import refuse_own


async def link_identity(
    work: Work,
    connection_id: UUID,
    *,
    value: str,
    employee_id: UUID,
    starts_on: date | None,
    ends_on: date | None,
    grant: Grant,
) -> IdentityLink:
    """Link, and credit what has arrived under this value already.

    Raises NotFound (connection, `reference_not_found`), Forbidden (`separation_of_duties`), Invalid (`period_empty`),
    Conflict (`identity_links_overlap`).
    """
    refuse_own(grant.principal.employee_id, employee_id)
    async with work() as uow:
        await uow.identities.change()
        connection = await uow.connections.get(connection_id)
        link = IdentityLink(uow.new_id(), connection.id, value, employee_id, starts_on, ends_on, uow.now())
        refuse_overlap(link, await uow.identities.all(connection_id=connection.id, value=value))
        await _require_employee(uow, link)
        await uow.identities.add(link)
        await reassign(uow, value, connection_id=connection.id)
        await uow.commit()
    return link


async def _require_employee(uow: UnitOfWork, link: IdentityLink) -> None:
    reference = Reference("employee_id", str(link.employee_id))
    directory = await uow.identities.directory(link.connection_id, {reference})
    if not isinstance(directory.resolve(reference, on=link.period.starts_on), Subject):
        detail = "There is no such employee."
        violation = Violation("/employee_id", "reference_not_found", detail)
        raise NotFound("reference_not_found", detail, violations=[violation])
