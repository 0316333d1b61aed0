"""Long work: followed, given up, and finished by another worker when the first one dies in the middle of it."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.performance.usecases.simulations.run_simulation import SIMULATION, run_simulation
from services.performance.wiring import Wiring
from shared.core.errors import Conflict
from shared.core.operation import Operation, Step
from shared.kit.operations.lease import Claimed, LeaseLost, Leases, end_within
from shared.kit.operations.runner import Runner, Task
from tests.factories import dying_worker
from tests.factories.access import make_admin, make_client, make_hr, make_person
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.sellers import Sellers, draft_version, sales_scheme, three_facts
from tests.factories.tenancy import make_tenant
from tests.factories.waiting import eventually
from tests.integration.performance.conftest import Observe

pytestmark = pytest.mark.anyio
BRIEF = timedelta(seconds=1)
ASYNC = {"Prefer": "respond-async, wait=10"}
Json = dict[str, Any]


class Asked:
    """Asks for simulations as HR, and looks at what becomes of them."""

    def __init__(self, client: httpx.AsyncClient, sellers: Sellers) -> None:
        self.client = client
        self.headers = bearer(make_hr(sellers.tenant_id))
        self.path = f"/v1/cycles/{sellers.cycle_id}/simulations"
        self.body = {"scheme_id": str(sellers.scheme_id), "version": 2}

    async def post(self, **headers: str) -> httpx.Response:
        return await self.client.post(self.path, json=self.body, headers={**self.headers, **ASYNC, **headers})

    async def begin(self) -> str:
        """Ask for one, and give where to follow it."""
        response = await self.post()
        assert response.status_code == 202, response.text
        return response.headers["location"]

    async def get(self, path: str) -> Json:
        response = await self.client.get(path, headers=self.headers)
        assert response.status_code == 200, response.text
        found: Json = response.json()
        return found

    async def cancel(self, path: str) -> httpx.Response:
        return await self.client.post(f"{path}/cancel", headers=self.headers)

    async def simulations(self) -> list[Json]:
        rows: list[Json] = (await self.get(self.path))["data"]
        return rows


@pytest.fixture
async def asked(client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe) -> Asked:
    async with wiring.database.transaction() as tx:
        await tx.execute(text("DELETE FROM operation_queue"))  # workers serve all tenants, those of other tests too
        await tx.commit()
    await observe(*three_facts(sellers))
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000, teamwork=1000))
    return Asked(client, sellers)


@asynccontextmanager
async def working(wiring: Wiring, task: Task = run_simulation) -> AsyncIterator[asyncio.Event]:
    """Keep a worker running beside the test; gives what tells it to stop."""
    stop = asyncio.Event()
    runner = Runner(wiring.works, {SIMULATION: task}, leases=Leases(wiring.database, lease=BRIEF), poll=0.02)
    running = asyncio.create_task(runner.run(stop))
    try:
        yield stop
    finally:
        stop.set()
        await running


async def becomes(asked: Asked, path: str, state: str) -> Json:
    async def is_so() -> bool:
        return bool((await asked.get(path))["state"] == state)

    await eventually(is_so)
    return await asked.get(path)


async def test_who_does_not_wait_follows_an_operation_to_its_result(asked: Asked, wiring: Wiring) -> None:
    response = await asked.post()
    operation = response.json()
    assert response.headers["location"] == f"/v1/operations/{operation['id']}"
    assert response.headers["preference-applied"] == "respond-async"
    assert (operation["kind"], operation["state"], operation["percent"]) == ("simulation", "pending", None)
    async with working(wiring):
        done = await becomes(asked, response.headers["location"], "succeeded")
    assert (done["done"], done["total"], done["percent"], done["problem"]) == (3, 3, 100, None)
    found = await asked.get(done["result_url"])
    waited = (await asked.client.post(asked.path, json=asked.body, headers=asked.headers)).json()
    assert (found["summary"], found["people"]) == (waited["summary"], waited["people"])
    assert [row["id"] for row in (await asked.get("/v1/operations"))["data"]] == [operation["id"]]


async def test_a_repeated_request_begins_one_operation(asked: Asked) -> None:
    first, again = [await asked.post(**{"Idempotency-Key": "once"}) for _ in range(2)]
    assert (again.status_code, again.json(), again.headers["location"]) == (
        202,
        first.json(),
        first.headers["location"],
    )
    assert len((await asked.get("/v1/operations"))["data"]) == 1


async def test_what_cannot_be_begun_is_refused_at_once(asked: Asked) -> None:
    missing = {**asked.body, "version": 99}
    response = await asked.client.post(asked.path, json=missing, headers={**asked.headers, **ASYNC})
    assert response.status_code == 404
    assert (await asked.get("/v1/operations"))["data"] == []


async def test_a_worker_that_is_killed_loses_nothing_and_nothing_is_made_twice(
    asked: Asked, wiring: Wiring, installation: Installation
) -> None:
    path = await asked.begin()
    settings = json.dumps(installation.settings("performance"), default=str)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", dying_worker.__name__, settings, "1", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    while b"in the middle" not in await asyncio.wait_for(process.stdout.readline(), 60):
        assert process.returncode is None
    middle = await asked.get(path)
    assert (middle["state"], middle["percent"]) == ("running", 100)
    assert await asked.simulations() == []
    process.kill()
    await process.wait()
    async with working(wiring):
        done = await becomes(asked, path, "succeeded")
    assert [row["id"] for row in await asked.simulations()] == [done["result_url"].rpartition("/")[2]]


async def test_who_was_thought_dead_makes_nothing_when_waking_up(asked: Asked, wiring: Wiring) -> None:
    """As after a long pause of the machine: another worker has it by then."""
    path = await asked.begin()
    leases = Leases(wiring.database, lease=timedelta(seconds=0))
    late = await leases.claim(wiring.works.ids.new(), wiring.works.clock, kinds=[SIMULATION])
    assert late is not None

    async with working(wiring):
        await becomes(asked, path, "succeeded")
    with pytest.raises((LeaseLost, Conflict)):
        await run_simulation(late.operation, wiring.works.of(late.tenant_id), Late(late))
    assert len(await asked.simulations()) == 1


class Late:
    """The steps of a worker that does not notice how the time passes."""

    def __init__(self, claimed: Claimed) -> None:
        self._claimed = claimed

    async def reached(self, done: int, *, total: int) -> None: ...

    async def succeeded(self, unit: Any, *, result: str) -> None:
        await end_within(unit.tx, self._claimed, "succeeded", at=unit.now(), result=result)


async def test_what_has_not_begun_is_cancelled_at_once(asked: Asked, wiring: Wiring) -> None:
    path = await asked.begin()
    cancelled = await asked.cancel(path)
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert (await asked.cancel(path)).json() == cancelled.json()
    after = await asked.begin()
    async with working(wiring):
        await becomes(asked, after, "succeeded")
    assert (await asked.get(path))["state"] == "cancelled"
    assert len(await asked.simulations()) == 1
    refused = await asked.cancel(after)
    assert (refused.status_code, refused.json()["code"]) == (409, "operation_finished")


async def test_what_has_begun_ends_after_the_step_in_hand(asked: Asked, wiring: Wiring) -> None:
    path = await asked.begin()
    begun, going_on = asyncio.Event(), asyncio.Event()
    async with working(wiring, halting(begun, going_on)):
        await begun.wait()
        wanted = (await asked.cancel(path)).json()
        assert (wanted["state"], wanted["cancel_requested"]) == ("running", True)
        going_on.set()
        await becomes(asked, path, "cancelled")
    assert await asked.simulations() == []


async def test_a_worker_that_is_told_to_stop_hands_over(asked: Asked, wiring: Wiring) -> None:
    path = await asked.begin()
    begun, going_on = asyncio.Event(), asyncio.Event()
    async with working(wiring, halting(begun, going_on)) as stop:
        await begun.wait()
        stop.set()
        going_on.set()
    assert (await asked.get(path))["state"] == "running"
    async with working(wiring):
        await becomes(asked, path, "succeeded")
    assert len(await asked.simulations()) == 1


def halting(begun: asyncio.Event, going_on: asyncio.Event) -> Task:
    """Give a task that waits in its first step."""

    class Halting:
        def __init__(self, step: Step) -> None:
            self._step = step

        async def reached(self, done: int, *, total: int) -> None:
            begun.set()
            await going_on.wait()
            await self._step.reached(done, total=total)

        async def succeeded(self, unit: Any, *, result: str) -> None:
            await self._step.succeeded(unit, result=result)

    async def run(operation: Operation, work: Any, step: Step) -> None:
        await run_simulation(operation, work, Halting(step))

    return run


def refusing(error: Exception) -> Callable[[Operation, Any, Step], Awaitable[None]]:
    async def run(operation: Operation, work: Any, step: Step) -> None:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Conflict("cycle_not_plannable", "Too late."), "cycle_not_plannable"),
        (ZeroDivisionError("secret"), "internal_error"),
    ],
)
async def test_a_failure_says_why_and_nothing_internal(
    asked: Asked, wiring: Wiring, error: Exception, code: str
) -> None:
    path = await asked.begin()
    async with working(wiring, refusing(error)):
        failed = await becomes(asked, path, "failed")
    assert failed["problem"]["code"] == code
    assert "secret" not in json.dumps(failed)
    assert failed["result_url"] is None


async def test_only_who_may_begin_one_sees_it(
    asked: Asked, client: httpx.AsyncClient, installation: Installation, sellers: Sellers
) -> None:
    path = await asked.begin()
    tenant_id = sellers.tenant_id
    other = make_tenant()
    await announce_tenant(installation, other)
    for principal, status in (
        (make_admin(tenant_id), 200),
        (make_client(tenant_id, "schemes:write"), 200),
        (make_client(tenant_id, "schemes:read"), 403),
        (make_person(tenant_id, sellers.people[0]), 403),
        (make_admin(other.tenant_id), 404),
    ):
        for method, at in (("GET", path), ("POST", f"{path}/cancel")):
            response = await client.request(method, at, headers=bearer(principal))
            assert response.status_code == status, (principal, at)


@pytest.mark.parametrize("name", ["nonsense", "archive-0192b7ea-2770-7000-8000-000000000001", "performance-nonsense"])
async def test_another_name_is_not_there(asked: Asked, name: str) -> None:
    response = await asked.client.get(f"/v1/operations/{name}", headers=asked.headers)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_a_suspended_companys_operation_waits_until_it_is_resumed(
    asked: Asked, wiring: Wiring, sellers: Sellers, installation: Installation
) -> None:
    path, runner = await asked.begin(), Runner(wiring.works, {SIMULATION: run_simulation})
    for sequence, status, done in ((2, "suspended", False), (3, "active", True)):
        tenant = make_tenant(tenant_id=sellers.tenant_id, sequence=sequence, status=status)
        await announce_tenant(installation, tenant)
        assert await runner.run_one(asyncio.Event()) is done

    async def let_in() -> bool:
        """The application may have looked while the company was suspended; it looks again within a second."""
        return (await asked.client.get(path, headers=asked.headers)).is_success

    await eventually(let_in)
    await becomes(asked, path, "succeeded")
