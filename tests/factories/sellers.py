"""A sales department of three in a running half-year, as the performance engine keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, update

from services.performance.domain.catalogue import DefinedMetric, DefinedScheme, SchemeVersion
from services.performance.domain.schemes.metric import Metric
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.schemes.scheme_effect import SchemeEffect
from services.performance.domain.scoring.scorecard import scorecard_id
from services.performance.store.tables.procedure import cycle_schemes, cycles, metrics, plans, targets
from services.performance.store.unit_of_work import UnitOfWork
from services.performance.usecases.scoring.freeze_scorecards import freeze_scorecards
from services.performance.usecases.scoring.open_scorecards import open_scorecards
from services.performance.usecases.scoring.publish_scorecards import publish_scorecards
from services.performance.usecases.scoring.rescore import rescore
from services.performance.wiring import Wiring
from shared.contracts.observations import ObservationItem
from shared.contracts.organisation import DepartmentChanged, EmployeeChanged, Employment, Headship
from shared.contracts.scores import Cause
from shared.core.ids import Uuid7
from tests.factories.performance import make_observation
from tests.factories.procedure import CONVERSION, SALES, STEPS

_ids = Uuid7()
LONG_AGO = datetime(2025, 12, 1, tzinfo=UTC)
TEAMWORK: dict[str, Any] = {
    "key": "teamwork",
    "name": "Teamwork",
    "unit": "points",
    "direction": "higher",
    "aggregation": "rating",
    "measure": "feedback.teamwork",
}


MARGIN: dict[str, Any] = {**SALES, "key": "margin", "name": "Margin", "measure": "margin.amount", "level": "department"}


def sales_scheme(*, sales: int = 6000, conversion: int = 3000, teamwork: int = 1000) -> dict[str, Any]:
    """Weigh sales by steps beyond the target, conversion as a ratio to 20 %, teamwork as rated."""
    return {
        "items": [
            {"key": "sales", "name": "Sales", "metric": "sales", "weight": sales, "rule": STEPS},
            {
                "key": "conversion",
                "name": "Conversion",
                "metric": "conversion_rate",
                "weight": conversion,
                "rule": {"kind": "ratio"},
                "default_target": "0.2",
            },
            {
                "key": "teamwork",
                "name": "Teamwork",
                "metric": "teamwork",
                "weight": teamwork,
                "rule": {"kind": "rating"},
            },
        ],
    }


def facts_of(employee_id: UUID, *, sales: str, conversion: int, teamwork: str) -> list[ObservationItem]:
    """Observe orders that sum to `sales`, leads won at `conversion` points of 20 %, and one rating."""
    half = Decimal(sales) / 2
    measures: Sequence[tuple[str, Any, Mapping[str, Any]]] = [
        ("order.amount", half, {"credit_date": "2026-02-02"}),
        ("order.amount", Decimal(sales) - half, {"credit_date": "2026-05-05"}),
        ("lead.created", 500, {"credit_date": "2026-03-01"}),
        ("lead.won", conversion, {"credit_date": "2026-08-01", "cohort_date": "2026-03-01"}),
        ("feedback.teamwork", teamwork, {"credit_date": "2026-06-01"}),
    ]
    return [
        make_observation(subject_id=employee_id, measure=measure, value=str(value), **dates)
        for measure, value, dates in measures
    ]


THREE = (("1260000", 55, "85"), ("1730000", 95, "90"), ("1150000", 100, "80"))
"""Sales, conversion points and rating of three well-known sellers."""


@dataclass(frozen=True)
class Sellers:
    """One department with a head who is not scored by the scheme's facts, its sellers, its scheme, the half-year."""

    tenant_id: UUID
    people: tuple[UUID, ...]
    department_id: UUID = field(default_factory=_ids.new)
    position_id: UUID = field(default_factory=_ids.new)
    head_id: UUID = field(default_factory=_ids.new)
    scheme_id: UUID = field(default_factory=_ids.new)
    cycle_id: UUID = field(default_factory=_ids.new)

    def card_of(self, employee_id: UUID) -> UUID:
        return scorecard_id(self.tenant_id, cycle_id=self.cycle_id, employee_id=employee_id)


def three_facts(sellers: Sellers) -> list[ObservationItem]:
    return [
        item
        for person, (sales, conversion, teamwork) in zip(sellers.people, THREE, strict=True)
        for item in facts_of(person, sales=sales, conversion=conversion, teamwork=teamwork)
    ]


async def open_sellers(wiring: Wiring, tenant_id: UUID, *, count: int = 3, target: str = "1000000") -> Sellers:
    """Make the department, its rules and a running cycle in which everybody has a scorecard and the same target."""
    sellers = Sellers(tenant_id, tuple(_ids.new() for _ in range(count)))
    async with wiring.works.begin(tenant_id) as uow:
        await _settle_people(uow, sellers)
        await _write_rules(uow, sellers)
        await uow.tx.execute(insert(cycles).values(**_cycle(sellers)))
        await put_in_force(uow, sellers, version=1)
        await uow.tx.execute(insert(targets), [_target(sellers, person, target) for person in sellers.people])
        await open_scorecards(uow, await uow.inputs.cycle(sellers.cycle_id))
        await rescore(uow, sellers.cycle_id, cause=Cause(kind="cycle", reference=str(sellers.cycle_id)))
        await uow.commit()
    return sellers


async def set_targets(wiring: Wiring, sellers: Sellers, value: str) -> None:
    """Give every seller another target, set by hand, and let scores follow."""
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await uow.tx.execute(update(targets).values(value=Decimal(value)))
        await rescore(uow, sellers.cycle_id, cause=Cause(kind="target"))
        await uow.commit()


async def draft_version(wiring: Wiring, sellers: Sellers, number: int, document: dict[str, Any]) -> None:
    async with wiring.works.begin(sellers.tenant_id) as uow:
        scheme = Scheme.from_document(document, metrics=await uow.metrics.by_key())
        await uow.scheme_versions.add(SchemeVersion.draft(sellers.scheme_id, number, scheme, at=LONG_AGO))
        await uow.commit()


async def publish_version(wiring: Wiring, sellers: Sellers, number: int) -> None:
    """Let another version hold for the whole cycle, and let scores follow."""
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await put_in_force(uow, sellers, version=number)
        await rescore(uow, sellers.cycle_id, cause=Cause(kind="scheme", reference=str(sellers.scheme_id)))
        await uow.commit()


async def freeze(wiring: Wiring, sellers: Sellers) -> None:
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await uow.tx.execute(update(cycles).values(phase="frozen", frozen_at=uow.now()))
        await freeze_scorecards(uow, await uow.inputs.cycle(sellers.cycle_id))
        await uow.commit()


async def publish(wiring: Wiring, sellers: Sellers) -> None:
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await uow.tx.execute(update(cycles).values(phase="published", published_at=uow.now()))
        await publish_scorecards(uow, await uow.inputs.cycle(sellers.cycle_id))
        await uow.commit()


async def put_in_force(uow: UnitOfWork, sellers: Sellers, *, version: int) -> None:
    await uow.tx.execute(delete(cycle_schemes).where(cycle_schemes.c.cycle_id == sellers.cycle_id))
    row = {"cycle_id": sellers.cycle_id, "scheme_id": sellers.scheme_id, "version": version}
    places = {"department_ids": [sellers.department_id], "position_ids": []}
    await uow.tx.execute(insert(cycle_schemes).values(tenant_id=sellers.tenant_id, **row, **places))
    draft = await uow.scheme_versions.of(sellers.scheme_id, version)
    if draft.published_at is None:
        await uow.scheme_versions.save(draft.published(SchemeEffect("whole_cycle"), by="hr", at=LONG_AGO))


async def _settle_people(uow: UnitOfWork, sellers: Sellers) -> None:
    head = Headship(employee_id=sellers.head_id, kind="head", starts_on=LONG_AGO.date())
    await uow.org.keep_department(
        DepartmentChanged(department_id=sellers.department_id, sequence=1, code="S", name="Sales", heads=(head,))
    )
    for at, person in enumerate(sellers.people):
        await uow.org.keep_employee(make_employee(sellers, person, work_number=f"S{at:03}"))


def make_employee(sellers: Sellers, employee_id: UUID, *, work_number: str, sequence: int = 1) -> EmployeeChanged:
    spell = Employment(
        id=_ids.new(),
        department_id=sellers.department_id,
        position_id=sellers.position_id,
        position_name="Seller",
        fte=Decimal(1),
        starts_on=LONG_AGO.date(),
    )
    return EmployeeChanged(
        employee_id=employee_id,
        sequence=sequence,
        work_number=work_number,
        name=work_number,
        joined_on=LONG_AGO.date(),
        employments=(spell,),
    )


async def _write_rules(uow: UnitOfWork, sellers: Sellers) -> None:
    stamps: dict[str, Any] = {"sequence": 1, "created_at": LONG_AGO, "updated_at": LONG_AGO}
    for document in (SALES, CONVERSION, TEAMWORK, MARGIN):
        await uow.metrics.add(DefinedMetric(_ids.new(), Metric.from_document(document), **stamps))
    await uow.schemes.add(DefinedScheme(sellers.scheme_id, "Sales", (sellers.department_id,), (), **stamps))
    scheme = Scheme.from_document(sales_scheme(), metrics=await uow.metrics.by_key())
    await uow.scheme_versions.add(SchemeVersion.draft(sellers.scheme_id, 1, scheme, at=LONG_AGO))


def _cycle(sellers: Sellers) -> dict[str, Any]:
    return {
        "tenant_id": sellers.tenant_id,
        "id": sellers.cycle_id,
        "name": "2026 H1",
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 7, 1),
        "plan_due_on": date(2026, 1, 15),
        "late_policy": "defaulted",
        "confirmation_threshold": Decimal("0.25"),
        "history_mark": Decimal("0.3"),
        "growth": Decimal(0),
        "positions": "allocate",
        "phase": "running",
        "sequence": 1,
        "opened_at": LONG_AGO,
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
    }


def _target(sellers: Sellers, employee_id: UUID, value: str) -> dict[str, Any]:
    return {
        "tenant_id": sellers.tenant_id,
        "id": _ids.new(),
        "cycle_id": sellers.cycle_id,
        "metric": "sales",
        "subject_kind": "employee",
        "subject_id": employee_id,
        "department_id": sellers.department_id,
        "value": Decimal(value),
        "unassigned": Decimal(0),
        "origin": "manual",
        "override_reason": "as agreed",
        "reason": {"zh": "不再适用", "en": "no longer applies"},
        "history": [],
        "far_off": False,
        "sequence": 1,
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
    }


async def set_plan(wiring: Wiring, sellers: Sellers, weights: Mapping[str, int], *, state: str) -> None:
    """Give the department a plan in `state` with weights of its own, and let scores follow."""
    stamps: dict[str, Any] = {"sequence": 1, "created_at": LONG_AGO, "updated_at": LONG_AGO}
    row = {"cycle_id": sellers.cycle_id, "department_id": sellers.department_id, "due_on": date(2026, 1, 15), **stamps}
    own = {"state": state, "weights": {str(sellers.scheme_id): dict(weights)}}
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await uow.tx.execute(delete(plans))
        await uow.tx.execute(insert(plans).values(tenant_id=sellers.tenant_id, id=_ids.new(), **row, **own))
        await rescore(uow, sellers.cycle_id, cause=Cause(kind="plan"))
        await uow.commit()


async def redefine(wiring: Wiring, sellers: Sellers, document: Mapping[str, Any]) -> None:
    """Let a metric that is in use already say something else, as if it had from the beginning."""
    async with wiring.works.begin(sellers.tenant_id) as uow:
        row = {"document": Metric.from_document(document).to_document()}
        await uow.tx.execute(update(metrics).where(metrics.c.key == document["key"]).values(**row))
        await uow.commit()
