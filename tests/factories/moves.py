"""People who move between two departments that different schemes score."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from services.performance.domain.catalogue import DefinedScheme, SchemeVersion
from services.performance.domain.schemes.scheme import Scheme
from services.performance.store.tables.procedure import cycle_schemes
from services.performance.usecases.cycles.follow_organisation import follow_organisation
from services.performance.wiring import Wiring
from shared.contracts.organisation import DepartmentChanged, EmployeeChanged, Employment
from shared.core.ids import Uuid7
from tests.factories.sellers import LONG_AGO, Sellers

_ids = Uuid7()
BY_RATING = {
    "items": [
        {"key": "teamwork", "name": "Teamwork", "metric": "teamwork", "weight": 10_000, "rule": {"kind": "rating"}}
    ]
}
Spell = tuple[UUID, date, date | None] | tuple[UUID, date, date | None, str]
"""Department, days, and part of full time, all of it where nothing is said."""


class Archive:
    """Tells where people were and are; `service_id` is a second department, with a scheme of its own."""

    def __init__(self, wiring: Wiring, sellers: Sellers, service_id: UUID) -> None:
        self._works = wiring.works
        self._sellers = sellers
        self._sequence = count(2)
        self.service_id = service_id

    async def move(self, person: UUID, day: date) -> None:
        """Let somebody go from sales to service on a day."""
        sales = self._sellers.department_id
        await self.tell(person, (sales, LONG_AGO.date(), day), (self.service_id, day, None))

    async def tell(self, person: UUID, *spells: Spell) -> None:
        employments = tuple(self._employment(*spell) for spell in spells)
        event = EmployeeChanged(
            employee_id=person,
            sequence=next(self._sequence),
            work_number="S000",
            name="S000",
            joined_on=spells[0][1],
            left_on=spells[-1][2],
            employments=employments,
        )
        await follow_organisation(self._works.of(self._sellers.tenant_id), [event])

    def _employment(self, department_id: UUID, starts_on: date, ends_on: date | None, fte: str = "1") -> Employment:
        return Employment(
            id=_ids.new(),
            department_id=department_id,
            position_id=self._sellers.position_id,
            position_name="Seller",
            fte=Decimal(fte),
            starts_on=starts_on,
            ends_on=ends_on,
        )


async def open_service(wiring: Wiring, sellers: Sellers) -> Archive:
    """Make the second department and its scheme, which rates teamwork alone."""
    service_id, scheme_id = _ids.new(), _ids.new()
    stamps: dict[str, Any] = {"sequence": 1, "created_at": LONG_AGO, "updated_at": LONG_AGO}
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await uow.org.keep_department(DepartmentChanged(department_id=service_id, sequence=1, code="V", name="Service"))
        await uow.schemes.add(DefinedScheme(scheme_id, "Service", (service_id,), (), **stamps))
        scheme = Scheme.from_document(BY_RATING, metrics=await uow.metrics.by_key())
        await uow.scheme_versions.add(SchemeVersion.draft(scheme_id, 1, scheme, at=LONG_AGO))
        places = {"department_ids": [service_id], "position_ids": []}
        pinned = {"cycle_id": sellers.cycle_id, "scheme_id": scheme_id, "version": 1, **places}
        await uow.tx.execute(insert(cycle_schemes).values(tenant_id=sellers.tenant_id, **pinned))
        await uow.commit()
    return Archive(wiring, sellers, service_id)
