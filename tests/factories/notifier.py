"""Events that the notifier hears, a subscriber that verifies what it is sent, and dispatchers that do not wait long."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
from aiohttp import web
from standardwebhooks.webhooks import Webhook

from services.notifier.clients.webhook import WebhookClient
from services.notifier.domain.change import Change
from services.notifier.domain.delivery import Parcel
from services.notifier.events.subscriptions import SUBSCRIPTIONS
from services.notifier.usecases.dispatch_deliveries import Dispatcher, Limits
from services.notifier.usecases.ports import DeliveryQueue
from services.notifier.wiring import Wiring
from shared.contracts.envelope import EventData
from shared.contracts.observations import ObservationItem
from shared.contracts.procedure import PlanChanged, SchemePublished, TaskDue, WeightChange
from shared.contracts.scores import Cause, CauseKind, ItemResult, ScoreChange, ScorePublished, ScoresChanged
from shared.core.ids import Uuid7
from tests.factories.access import make_admin, make_person
from tests.factories.events import tell
from tests.factories.installation import bearer

_ids = Uuid7()
SOON = (timedelta(0), timedelta(seconds=0.05), timedelta(seconds=0.05))
"""A retry schedule of three attempts."""
BRISK = Limits(poll=timedelta(seconds=0.05), drain=timedelta(seconds=0.2))
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


@dataclass(frozen=True, slots=True)
class Hook:
    """A registered endpoint, and its owner's view of it."""

    client: httpx.AsyncClient
    tenant_id: UUID
    id: str
    secret: str

    @property
    def url(self) -> str:
        return f"/v1/webhooks/{self.id}"

    @property
    def headers(self) -> dict[str, str]:
        return bearer(make_admin(self.tenant_id))

    async def read(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.client.get(self.url, headers=self.headers)).json()
        return found

    async def deliveries(self) -> list[dict[str, Any]]:
        """Read the log, oldest first."""
        response = await self.client.get(f"{self.url}/deliveries", params={"limit": 200}, headers=self.headers)
        assert response.status_code == 200, response.text
        return list(reversed(response.json()["data"]))

    async def states(self) -> list[str]:
        return [delivery["state"] for delivery in await self.deliveries()]


async def make_hook(client: httpx.AsyncClient, tenant_id: UUID, url: str, **fields: Any) -> Hook:
    """Register an endpoint that wants changed scores, thin, unless told otherwise."""
    body = {"url": url, "event_types": ["score.changed.v1"], **fields}
    response = await client.post("/v1/webhooks", json=body, headers=bearer(make_admin(tenant_id)))
    assert response.status_code == 201, response.text
    return Hook(client, tenant_id, response.json()["id"], response.json()["secret"])


@dataclass
class Subscriber:
    """A real HTTP server: answers as told, remembers what came, counts what was in its hands at once."""

    base: str = ""
    answers: defaultdict[str, Iterator[web.Response]] = field(default_factory=lambda: defaultdict(lambda: iter(())))
    """By path; 204 once they are used up."""
    requests: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    held: Counter[str] = field(default_factory=Counter)
    most_held: int = 0
    """How often the same message was being received at one time, at most."""
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    """By path: answers wait until the gate is opened."""

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.requests.append(request)
        self.bodies.append(body)
        message_id = request.headers.get("webhook-id", "")
        self.held[message_id] += 1
        self.most_held = max(self.most_held, self.held[message_id])
        try:
            if gate := self.gates.get(request.path):
                await gate.wait()
            await asyncio.sleep(0)
            return next(self.answers[request.path], web.Response(status=204))
        finally:
            self.held[message_id] -= 1

    def at(self, path: str) -> str:
        return f"{self.base}{path}"

    def ids(self, path: str) -> list[str]:
        """Give the `webhook-id`s that came to a path, in order."""
        return [request.headers["webhook-id"] for request in self.requests if request.path == path]

    def verified(self, hook: Hook, path: str) -> list[dict[str, Any]]:
        """Verify everything that came to a path, and give the events."""
        return [
            Webhook(hook.secret).verify(body, dict(request.headers))
            for request, body in zip(self.requests, self.bodies, strict=True)
            if request.path == path
        ]


@asynccontextmanager
async def subscribing(subscriber: Subscriber) -> AsyncIterator[Subscriber]:
    """Serve on a free loopback port."""
    app = web.Application()
    app.router.add_post("/{path:.*}", subscriber.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    subscriber.base = f"http://{host}:{port}"
    try:
        yield subscriber
    finally:
        for gate in subscriber.gates.values():
            gate.set()
        await runner.cleanup()


@asynccontextmanager
async def dispatcher_of(
    wiring: Wiring, *, queue: DeliveryQueue | None = None, limits: Limits = BRISK, schedule: Sequence[timedelta] = SOON
) -> AsyncIterator[Dispatcher]:
    async with WebhookClient.opened(wiring.targets, patience=timedelta(seconds=5)) as courier:
        yield Dispatcher(
            queue or wiring.deliveries,
            courier,
            wiring.works.of,
            clock=wiring.works.clock,
            schedule=schedule,
            limits=limits,
            spread=lambda: 0.0,
        )


@asynccontextmanager
async def dispatching(wiring: Wiring, **options: Any) -> AsyncIterator[None]:
    """Keep a dispatcher running beside the test, stopped as a worker process stops it."""
    async with dispatcher_of(wiring, **options) as dispatcher:
        stop = asyncio.Event()
        task = asyncio.create_task(dispatcher.run(stop))
        try:
            yield
        finally:
            stop.set()
            await task


def make_parcel(**overrides: Any) -> Parcel:
    """Give the first attempt of a delivery."""
    fields: dict[str, Any] = {
        "tenant_id": _ids.new(),
        "delivery_id": _ids.new(),
        "endpoint_id": _ids.new(),
        "message_id": _ids.new(),
        "lease_token": _ids.new(),
        "attempt": 1,
        "url": "https://hr.example.com/hook",
        "wanted": True,
        "secrets": ("whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ=",),
        "body": b'{"total":"63.40"}',
    }
    return Parcel(**{**fields, **overrides})


NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
