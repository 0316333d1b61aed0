"""A company of two divisions with different rules, and a team below one of them that HR thinks of moving."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, Table, Text, cast, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.store.tables import metadata
from services.performance.usecases.observations.record_observations import record_observations
from shared.contracts.observations import ObservationItem
from shared.contracts.organisation import DepartmentChanged, EmployeeChanged, Headship
from tests.factories.performance import make_observation
from tests.factories.procedure import SALES, make_item, make_scheme_document
from tests.factories.procedure_company import JOINED, Company
from tests.factories.sellers import MARGIN

Json = dict[str, Any]
TEAMS = {"s1": "SALES", "s2": "SALES", "s3": "TEAM", "s4": "TEAM", "s5": "WEST", "s6": "WEST"}
_KEPT_BY_ASKING = {"simulations", "outbox", "outbox_reach"}
SPRING = date(2026, 4, 1)
QUOTA = {"grade": "good", "kind": "max", "share": 5000}


class Divisions:
    """`GM` over `SALES` and `WEST`, each with a head, a scheme and a business target.

    Below them `TEAM` without a head, where half of the sellers are, and `NEW`, where there is a head alone.
    """

    def __init__(self, company: Company) -> None:
        self.company = company
        company.departments |= {"WEST": uuid4(), "TEAM": uuid4(), "NEW": uuid4()}
        company.people |= {name: uuid4() for name in ("s4", "s5", "s6", "west_head", "new_head")}

    @property
    def path(self) -> str:
        return f"/v1/cycles/{self.cycle['id']}"

    def id(self, department: str) -> str:
        return str(self.company.departments[department])

    async def found(self) -> None:
        """Let everything be told, half a year be opened, and everybody sell something else."""
        at = self.company
        await at.tell(self.told("WEST", "GM"), self.told("NEW", "WEST"), self.told("TEAM", "SALES", sequence=1))
        await at.tell(*(at.employee(name, place, sequence=2) for name, place in TEAMS.items()))
        await at.ask("POST", "/v1/metrics", SALES, by=at.hr)
        await at.send("POST", "/v1/metrics", MARGIN, by=at.hr)
        await at.publish_scheme(name="Sales", department_ids=[self.id("SALES")], position_ids=[])
        self.scheme = await at.publish_scheme(
            name="West", department_ids=[self.id("WEST")], position_ids=[], document=_western()
        )
        for department, value in (("SALES", "3000000"), ("WEST", "5000000")):
            own: Json = {"subject_kind": "department", "subject_id": at.departments[department]}
            await at.tell(at.business_target(value, business_target_id=uuid4(), **own))
        self.cycle = await at.open_cycle()
        quotas = [{"name": "Divisions", "kind": "level", "level": 2, "quotas": [QUOTA]}]
        await at.send("PUT", f"{self.path}/distribution-policy", {"populations": quotas}, by=at.hr)
        await record_observations(at.wiring.works.of(at.tenant.tenant_id), list(self._facts()))

    def _facts(self) -> list[ObservationItem]:
        sold = {name: Decimal(600_000 + 150_000 * nth) for nth, name in enumerate(TEAMS)}
        subject = self.company.people
        facts = [
            make_observation(subject_id=subject[name], measure=measure, value=str(value), **dates)
            for name, amount in sold.items()
            for measure, value, dates in (
                ("order.amount", amount, {"credit_date": "2026-02-02"}),
                ("order.amount", amount / 2, {"credit_date": "2026-05-05"}),
                ("lead.created", 400, {"credit_date": "2026-02-03"}),
                ("lead.won", 70, {"credit_date": "2026-02-10", "cohort_date": "2026-02-03"}),
                ("lead.created", 300, {"credit_date": "2026-05-03"}),
                ("lead.won", 40, {"credit_date": "2026-05-10", "cohort_date": "2026-05-03"}),
            )
        ]
        earned = (("WEST", "50000", "2026-03-04"), ("WEST", "40000", "2026-05-04"), ("TEAM", "45000", "2026-03-04"))
        return facts + [
            make_observation(
                subject_kind="department",
                subject_id=self.company.departments[department],
                measure="margin.amount",
                value=value,
                credit_date=day,
            )
            for department, value, day in earned
        ]

    async def approve_plan(self, department: str, head: str, weights: Json) -> None:
        """Let a head weigh otherwise than the scheme does, and HR approve it."""
        at = self.company
        path = f"/v1/plans/{(await at.plan(self.cycle, department))['id']}"
        body = {"scheme_id": self.scheme["id"], "weights": weights}
        await at.send("PUT", f"{path}/weights", body, by=at.person(head))
        await at.send("POST", f"{path}/submission", by=at.person(head))
        await at.send("POST", f"{path}/approval", by=at.hr)

    def told(self, department: str, parent: str | None, *, sequence: int = 2) -> DepartmentChanged:
        """Say what the archive says once a department lies below another."""
        heads = {"WEST": "west_head", "SALES": "sales_head", "NEW": "new_head"}
        led = [self.company.people[heads[department]]] if department in heads else []
        return DepartmentChanged(
            department_id=self.company.departments[department],
            sequence=sequence,
            code=department,
            name=f"Department {department}",
            parent_id=parent and self.company.departments[parent],
            heads=tuple(Headship(employee_id=each, kind="head", starts_on=JOINED) for each in led),
        )

    def transferred(self, name: str, department: str, on: date = SPRING) -> EmployeeChanged:
        """Say what the archive says once somebody works elsewhere from a day on."""
        former = self.company.employee(name, TEAMS.get(name, "SALES"), sequence=3, ends_on=on)
        later = self.company.employee(name, department, starts_on=on)
        return former.model_copy(update={"employments": (*former.employments, *later.employments)})

    async def simulate(self, **supposed: Any) -> Json:
        made: Json = await self.company.send("POST", f"{self.path}/simulations", supposed, by=self.company.hr)
        return made

    async def refused(self, **supposed: Any) -> tuple[int, str, list[str]]:
        """Give status, code and pointers of a simulation that is not made."""
        answer = await self.company.ask("POST", f"{self.path}/simulations", supposed, by=self.company.hr)
        problem = answer.json()
        return answer.status_code, problem["code"], [each["pointer"] for each in problem["errors"]]

    def placed(self, department: str, parent: str | None) -> Json:
        """Suppose a parent of a department."""
        return {"department_id": self.id(department), "parent_id": parent and self.id(parent)}

    def merged(self, department: str, into: str, on: date = SPRING) -> Json:
        return {"department_id": self.id(department), "merged_into": self.id(into), "on": on.isoformat()}

    async def cards(self) -> list[Scorecard]:
        async with self.company.wiring.works.begin(self.company.tenant.tenant_id) as uow:
            return list(await uow.scorecards.of_cycle(UUID(self.cycle["id"])))

    async def verdicts(self) -> Json:
        return {str(card.employee_id): card.verdict.to_document() for card in await self.cards()}

    async def distribution(self) -> list[Json]:
        shown = await self.company.send("GET", f"{self.path}/distribution", by=self.company.hr)
        found: list[Json] = shown["populations"]
        return found

    async def kept(self) -> dict[str, str]:
        """Give a sum of the tenant's rows of every table, without those that asking adds to."""
        async with self.company.wiring.works.begin(self.company.tenant.tenant_id) as uow:
            return {
                table.name: (await uow.tx.execute(_sum_of(table))).scalar_one()
                for table in metadata.sorted_tables
                if table.name not in _KEPT_BY_ASKING
            }


def _sum_of(table: Table) -> Select[tuple[str]]:
    row = cast(literal_column(table.name), Text)
    return select(func.md5(func.string_agg(row, aggregate_order_by(literal("|"), row)))).select_from(table)


def _western() -> Json:
    """Weigh conversion most, and what the department itself earns."""
    conversion = {"rule": {"kind": "ratio"}, "default_target": "0.2"}
    margin = {"rule": {"kind": "ratio"}, "default_target": "100000"}
    items = [
        make_item("sales", 3000),
        make_item("conversion_rate", 5000, **conversion),
        make_item("margin", 2000, **margin),
    ]
    return make_scheme_document(items=items)
