"""Events that the notifier hears, and what it keeps of them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx

from services.notifier.domain.change import Change
from services.notifier.events.subscriptions import SUBSCRIPTIONS
from services.notifier.wiring import Wiring
from shared.contracts.envelope import EventData
from shared.contracts.observations import ObservationItem
from shared.contracts.procedure import PlanChanged, SchemePublished, TaskDue, WeightChange
from shared.contracts.scores import Cause, CauseKind, ItemResult, ScoreChange, ScorePublished, ScoresChanged
from shared.core.ids import Uuid7
from tests.factories.access import make_person
from tests.factories.events import tell
from tests.factories.installation import bearer

_ids = Uuid7()
ITEM = ItemResult(
    key="sales",
    metric="sales",
    name="销售额",
    weight=6000,
    state="counted",
    target=Decimal(1000000),
    actual=Decimal("1260000.00"),
    points=Decimal(64),
)


def make_change(**overrides: Any) -> ScoreChange:
    """Give a scorecard that went from 63.40 to 61.00."""
    fields: dict[str, Any] = {
        "scorecard_id": _ids.new(),
        "employee_id": _ids.new(),
        "department_id": _ids.new(),
        "sequence": 1,
        "status": "provisional",
        "previous_total": Decimal("63.40"),
        "previous_grade": "fair",
        "total": Decimal("61.00"),
        "grade": "fair",
        "items": (ITEM,),
    }
    return ScoreChange(**{**fields, **overrides})


def make_scores_changed(
    *changes: ScoreChange, cause: CauseKind = "observations", reference: str | None = None, **overrides: Any
) -> ScoresChanged:
    why = Cause(kind=cause, reference=reference)
    fields: dict[str, Any] = {"cycle_id": _ids.new(), "run_id": _ids.new(), "cause": why}
    return ScoresChanged(changes=changes or (make_change(),), **{**fields, **overrides})


def make_score_published(**overrides: Any) -> ScorePublished:
    fields: dict[str, Any] = {
        "cycle_id": _ids.new(),
        "scorecard_id": _ids.new(),
        "employee_id": _ids.new(),
        "department_id": _ids.new(),
        "sequence": 9,
        "total": Decimal("60.50"),
        "grade": "fair",
        "items": (ITEM,),
        "cycle_starts_on": "2026-01-01",
        "cycle_ends_on": "2026-07-01",
    }
    return ScorePublished(**{**fields, **overrides})


def make_plan_changed(**overrides: Any) -> PlanChanged:
    fields: dict[str, Any] = {
        "plan_id": _ids.new(),
        "sequence": 1,
        "cycle_id": _ids.new(),
        "department_id": _ids.new(),
        "state": "draft",
        "due_on": date(2026, 1, 10),
    }
    return PlanChanged(**{**fields, **overrides})


def make_feed_change(subject: str, **overrides: Any) -> Change:
    """Give a change as the feed keeps it, of a plan unless told otherwise."""
    fields: dict[str, Any] = {
        "id": _ids.new(),
        "type": "plan.changed.v1",
        "subject": subject,
        "resource": "plans",
        "resource_id": None,
        "sequence": 1,
        "time": NOON,
        "url": f"/v1/{subject}",
    }
    return Change(**{**fields, **overrides})


def make_observation_of(employee_id: UUID | None) -> ObservationItem:
    """Give an order of an employee, or of the company."""
    return ObservationItem(
        observation_id=_ids.new(),
        revision=1,
        source="crm",
        remote_id=_ids.new().hex,
        measure="order.amount",
        subject_kind="company" if employee_id is None else "employee",
        subject_id=employee_id,
        value=Decimal(1),
        occurred_at=NOON,
        credit_date=NOON.date(),
    )


def make_task_due(plan: PlanChanged, **overrides: Any) -> TaskDue:
    fields: dict[str, Any] = {
        "task": "plan.submit",
        "about": plan.subject,
        "cycle_id": plan.cycle_id,
        "department_id": plan.department_id,
        "day": date(2026, 1, 12),
        "due_on": plan.due_on,
    }
    return TaskDue(**{**fields, **overrides})


def make_scheme_published(**overrides: Any) -> SchemePublished:
    weights = (
        WeightChange(key="sales", name="销售额", previous=6000, weight=5000),
        WeightChange(key="conversion", name="转化率", previous=3000, weight=4000),
        WeightChange(key="teamwork", name="协作", previous=1000, weight=1000),
    )
    fields: dict[str, Any] = {
        "scheme_id": _ids.new(),
        "sequence": 2,
        "name": "销售方案",
        "effect": "whole_cycle",
        "weights": weights,
    }
    return SchemePublished(**{**fields, **overrides})


async def tell_notifier(wiring: Wiring, tenant_id: UUID, *events: EventData) -> None:
    """Let the notifier consume events as one batch."""
    await tell(wiring.works, wiring.bus, SUBSCRIPTIONS, tenant_id, *events)


async def inbox_of(
    client: httpx.AsyncClient, tenant_id: UUID, employee_id: UUID, **params: str
) -> list[dict[str, Any]]:
    """Read a person's inbox, newest first."""
    headers = bearer(make_person(tenant_id, employee_id))
    response = await client.get("/v1/notifications", params=params, headers=headers)
    assert response.status_code == 200, response.text
    data: list[dict[str, Any]] = response.json()["data"]
    return data


NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
