"""Endpoints, a subscriber that verifies what it is sent, and dispatchers that do not wait long."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from aiohttp import web
from standardwebhooks.webhooks import Webhook

from services.notifier.clients.webhook import WebhookClient
from services.notifier.domain.delivery import Parcel
from services.notifier.usecases.dispatch_deliveries import Dispatcher, Limits
from services.notifier.usecases.ports import DeliveryQueue
from services.notifier.wiring import Wiring
from shared.core.ids import Uuid7
from tests.factories.access import make_admin
from tests.factories.installation import bearer
from tests.factories.waiting import eventually

_ids = Uuid7()
SOON = (timedelta(0), timedelta(seconds=0.05), timedelta(seconds=0.05))
"""A retry schedule of three attempts."""
BRISK = Limits(poll=timedelta(seconds=0.05), drain=timedelta(seconds=0.2))


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

    async def becomes(self, *states: str) -> None:
        """Wait until its deliveries are in these states, in whatever order."""

        async def holds() -> bool:
            return sorted(await self.states()) == sorted(states)

        await eventually(holds)


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
