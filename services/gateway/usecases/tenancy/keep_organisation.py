"""Keep the gateway's copy of the organisation."""

from collections.abc import Sequence

from services.gateway.usecases.ports import Work
from shared.contracts.organisation import DepartmentChanged, EmployeeChanged


async def keep_organisation(work: Work, documents: Sequence[EmployeeChanged | DepartmentChanged]) -> None:
    """Keep whole documents; one that is already known, or older, changes nothing."""
    async with work() as uow:
        for document in documents:
            if isinstance(document, EmployeeChanged):
                await uow.org.keep_employee(document)
            else:
                await uow.org.keep_department(document)
        await uow.commit()
