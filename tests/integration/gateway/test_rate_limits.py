"""Rate limits over real state: shared by several gateways, apart for each caller, alive in an outage."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from limits.aio.storage import MemoryStorage
from sqlalchemy import text

from deploy.standalone.postgres import HOST
from services.gateway.app import build_app
from services.gateway.config import Settings
from services.gateway.domain.rate_limit import Quota
from services.gateway.store.quotas.blocks import Quotas
from services.gateway.store.quotas.windows import QuotaWindows
from services.gateway.wiring import Wiring, wire
from shared.kit.db import Database
from tests.factories.access import make_admin, make_client
from tests.factories.installation import PLENTY, Installation, bearer, client_of
from tests.factories.redis import running_redis
from tests.factories.serving import serving_whole
from tests.factories.upstream import Upstream

pytestmark = pytest.mark.anyio
Clients = list[httpx.AsyncClient]
FORTY = {"reads": {"amount": 40, "seconds": 3600}}
GRANT = {"grant_type": "client_credentials"}
_numbers = count()


@pytest.fixture(scope="module")
async def wiring(installation: Installation) -> AsyncIterator[Wiring]:
    """Give a gateway's parts without its application, which would close them."""
    wiring = wire(Settings.model_validate(installation.settings("gateway")))
    yield wiring
    await wiring.close_quotas()
    await wiring.database.close()


@asynccontextmanager
async def gateways(installation: Installation, count: int, **settings: Any) -> AsyncIterator[Clients]:
    """Give clients of so many gateways, each with its own wiring, in front of an archive that answers."""
    given = installation.settings("gateway") | settings
    given["rate_limits"] = {**PLENTY, **settings.get("rate_limits", {})}
    async with AsyncExitStack() as stack:
        clients = []
        for _ in range(count):
            archive = Upstream(answers={"/v1/employees": (200, {})})
            app = build_app(wire(Settings.model_validate(given)), {"archive": archive})
            clients.append(await stack.enter_async_context(client_of(app)))
        yield clients


def caller(tenant_id: UUID, name: str = "") -> dict[str, str]:
    return bearer(make_client(tenant_id, "employees:read", subject=name or f"client-{uuid4()}"))


async def flood(clients: Clients, headers: dict[str, str], times: int) -> Counter[int]:
    """Ask each gateway so often, all at once, and count the answers by status."""
    asked = (client.get("/v1/employees", headers=headers) for client in clients for _ in range(times))
    return Counter(response.status_code for response in await asyncio.gather(*asked))


def standing(response: httpx.Response, name: str) -> tuple[int, int]:
    """Read a policy's quota and what is left of it."""
    quota = re.search(rf'"{name}";q=(\d+)', response.headers["ratelimit-policy"])
    left = re.search(rf'"{name}";r=(\d+)', response.headers["ratelimit"])
    assert quota
    assert left
    return int(quota[1]), int(left[1])


async def test_every_answer_says_what_is_left(installation: Installation, tenant_id: UUID) -> None:
    headers = caller(tenant_id)
    async with gateways(installation, 1, rate_limits=FORTY) as [client]:
        first = await client.get("/v1/employees", headers=headers)
        unknown = await client.get("/v1/nothing", headers=headers)
        written = await client.post("/v1/employees", headers=headers)
    assert [standing(answer, "reads") for answer in (first, unknown)] == [(40, 39), (40, 38)]
    assert standing(written, "writes")[0] == PLENTY["writes"]["amount"]
    assert standing(written, "in-flight") == (64, 63)
    assert [answer.status_code for answer in (first, unknown, written)] == [200, 404, 200]


async def test_a_refusal_is_a_problem_with_the_time_to_wait(installation: Installation, tenant_id: UUID) -> None:
    headers = caller(tenant_id)
    async with gateways(installation, 1, rate_limits=FORTY) as [client]:
        await flood([client], headers, 60)
        refused = await client.get("/v1/employees", headers=headers)
    problem = refused.json()
    assert refused.status_code == problem["status"] == 429
    assert (problem["code"], problem["retryable"]) == ("rate_limited", True)
    assert problem["request_id"] == refused.headers["x-request-id"]
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["retry-after"]) <= 3600
    assert standing(refused, "reads") == (40, 0)
    reset = re.search(r'"reads";r=0;t=(\d+)', refused.headers["ratelimit"])
    assert reset
    assert int(reset[1]) <= int(refused.headers["retry-after"])


async def test_two_gateways_together_exceed_a_quota_by_no_more_than_a_block_each(
    installation: Installation, tenant_id: UUID
) -> None:
    async with gateways(installation, 2, rate_limits=FORTY) as clients:
        answers = await flood(clients, caller(tenant_id), 60)
    quota = Quota(40, 3600)
    assert 40 <= answers[200] <= quota.amount + 2 * quota.block
    assert answers[429] == 120 - answers[200]


async def test_one_clients_flood_leaves_anothers_requests_alone(installation: Installation, tenant_id: UUID) -> None:
    loud, quiet = caller(tenant_id, "loud"), caller(tenant_id, "quiet")
    async with gateways(installation, 1, rate_limits=FORTY, requests_in_flight=8) as [client]:
        flooding, asked = await asyncio.gather(
            flood([client], loud, 300), asyncio.gather(*(flood([client], quiet, 2) for _ in range(4)))
        )
    assert flooding[429] >= 260
    assert sum(asked, Counter()) == Counter({200: 8})


async def test_log_ins_are_counted_by_address_whoever_they_claim_to_be(installation: Installation) -> None:
    quota = {"logins": {"amount": 5, "seconds": 3599}}
    async with gateways(installation, 1, rate_limits=quota) as [client]:
        answers = [await client.post("/oauth/token", data=GRANT, auth=(str(uuid4()), "wrong")) for _ in range(8)]
        opened = await client.post("/v1/sessions", json={"username": "x", "password": "y"})
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 3
    assert (opened.status_code, opened.json()["code"]) == (429, "rate_limited")


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("203.0.113.1", "203.0.113.1", True),
        ("203.0.113.1", "203.0.113.2", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
    ],
)
async def test_addresses_behind_a_proxy_are_told_apart_as_far_as_they_cost_something(
    installation: Installation, first: str, second: str, *, together: bool
) -> None:
    amount = {"amount": 1, "seconds": 3000 + next(_numbers)}  # another quota counts anew
    given = installation.settings("gateway") | {"rate_limits": {"logins": amount}}
    async with (
        serving_whole(build_app(wire(Settings.model_validate(given)), {})) as url,
        httpx.AsyncClient(base_url=url) as client,
    ):
        answers = [
            await client.post("/oauth/token", data=GRANT, headers={"X-Forwarded-For": address})
            for address in (first, second)
        ]
    assert [answer.status_code for answer in answers] == [401, 429 if together else 401]


async def test_a_forged_token_counts_for_its_address(installation: Installation, tenant_id: UUID) -> None:
    forged = {"Authorization": "Bearer forged"}
    async with gateways(installation, 1, rate_limits={"reads": {"amount": 3, "seconds": 3598}}) as [client]:
        forgeries = await flood([client], forged, 5)
        honest = await client.get("/v1/employees", headers=caller(tenant_id))
    assert forgeries == Counter({401: 3, 429: 2})
    assert honest.status_code == 200


async def test_probes_are_never_refused(installation: Installation) -> None:
    async with gateways(installation, 1, rate_limits={"reads": {"amount": 1, "seconds": 3597}}) as [client]:
        answers = [await client.get("/healthz") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "ratelimit" not in answers[0].headers


class Slow:
    """An archive that answers when it is told to."""

    def __init__(self) -> None:
        self.asked = asyncio.Semaphore(0)
        self.answering = asyncio.Event()

    async def __call__(self, _: Any, __: Any, send: Any) -> None:
        self.asked.release()
        await self.answering.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


async def test_a_client_may_hold_only_so_many_requests_in_flight(installation: Installation, tenant_id: UUID) -> None:
    slow, mine, others = Slow(), caller(tenant_id), caller(tenant_id)
    given = {**installation.settings("gateway"), "requests_in_flight": 2}
    async with client_of(build_app(wire(Settings.model_validate(given)), {"archive": slow})) as client:
        waiting = [asyncio.create_task(client.get("/v1/employees", headers=mine)) for _ in range(2)]
        for _ in waiting:
            await slow.asked.acquire()
        refused = await client.get("/v1/employees", headers=mine)
        slow.answering.set()
        other = await client.get("/v1/employees", headers=others)
        answered = [response.status_code for response in await asyncio.gather(*waiting)]
        again = await client.get("/v1/employees", headers=mine)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_in_flight")
    assert (refused.headers["retry-after"], standing(refused, "in-flight")) == ("1", (2, 0))
    assert [*answered, other.status_code, again.status_code] == [200, 200, 200, 200]


async def test_a_tenant_and_a_client_may_have_quotas_of_their_own(
    installation: Installation, wiring: Wiring, tenant_id: UUID
) -> None:
    await wiring.quota_overrides.put(tenant_id, "reads", Quota(80, 3600))
    await wiring.quota_overrides.put(tenant_id, "reads", Quota(20, 3600), subject="small")
    async with gateways(installation, 1) as [client]:
        answers = {
            name: await client.get("/v1/employees", headers=caller(tenant_id, name)) for name in ("any", "small")
        }
        other = await client.get("/v1/employees", headers=bearer(make_admin(uuid4())))
    assert {name: standing(answer, "reads")[0] for name, answer in answers.items()} == {"any": 80, "small": 20}
    assert standing(other, "reads")[0] == PLENTY["reads"]["amount"]


async def test_an_override_can_be_taken_back(wiring: Wiring, tenant_id: UUID) -> None:
    await wiring.quota_overrides.put(tenant_id, "reads", Quota(80, 3600))
    assert await wiring.quota_overrides.of(tenant_id) == {("", "reads"): Quota(80, 3600)}
    await wiring.quota_overrides.put(tenant_id, "reads", None)
    assert await wiring.quota_overrides.of(tenant_id) == {}


async def test_without_its_store_each_gateway_counts_for_itself(installation: Installation, tenant_id: UUID) -> None:
    away = f"redis://{HOST}:1/0"
    async with gateways(installation, 2, rate_limits=FORTY, rate_limit_url=away) as clients:
        for client in clients:
            assert await flood([client], caller(tenant_id), 60) == Counter({200: 40, 429: 20})


async def test_an_outage_with_many_callers_does_not_take_all_memory() -> None:
    memory = MemoryStorage()
    quotas = Quotas(Away(), memory=memory, most_alone=10)
    for number in range(25):
        assert (await quotas.take(f"caller-{number}", Quota(40, 60))).taken == 2
    assert 0 < len(memory.storage) <= 10


class Away(QuotaWindows):
    """A shared count that never answers."""

    def __init__(self) -> None:
        super().__init__(Database("postgresql+asyncpg://nobody@localhost/none", schema="none", pool_size=1))

    async def acquire_sliding_window_entry(self, *_: object, **__: object) -> bool:
        raise OSError


async def test_a_database_that_is_away_neither_refuses_nor_unlocks_anything(
    installation: Installation, wiring: Wiring, tenant_id: UUID
) -> None:
    given = installation.settings("gateway") | {
        "database_url": installation.urls["gateway"].replace("gateway", "nobody", 1)
    }
    broken = wire(Settings.model_validate(given))
    quotas = replace(wiring, rationing=broken.rationing)
    archive = Upstream(answers={"/v1/employees": (200, {})})
    async with client_of(build_app(quotas, {"archive": archive})) as client:
        answer = await client.get("/v1/employees", headers=caller(tenant_id))
    await broken.quotas_database.close()
    await broken.database.close()
    assert (answer.status_code, standing(answer, "reads")[0]) == (200, PLENTY["reads"]["amount"])


MOVED = "UPDATE quota_windows SET number = number + :windows WHERE key LIKE :key"


@pytest.mark.parametrize("windows", [-10_000, -1, 1, 10_000])
async def test_a_clock_that_was_moved_neither_locks_out_nor_lets_through_without_end(
    wiring: Wiring, windows: int
) -> None:
    quotas, quota, key = Quotas(wiring.quota_windows), Quota(40, 3600), f"moved/{uuid4()}"
    before = await taken(quotas, key, quota, times=25)
    async with wiring.quotas_database.transaction() as tx:
        await tx.execute(text(MOVED), {"windows": windows, "key": f"%{key}%"})
        await tx.commit()
    after = await taken(quotas, key, quota, times=25)
    assert before == 40
    assert after <= 40
    assert after == 40 or windows == -1


async def taken(quotas: Quotas, key: str, quota: Quota, *, times: int) -> int:
    grants = [await quotas.take(key, quota) for _ in range(times)]
    return sum(grant.taken for grant in grants)


async def test_windows_that_weigh_no_longer_are_forgotten(wiring: Wiring) -> None:
    keys = [f"old/{uuid4()}", f"new/{uuid4()}"]
    for key in keys:
        await Quotas(wiring.quota_windows).take(key, Quota(40, 60))
    async with wiring.quotas_database.transaction() as tx:
        expire = "UPDATE quota_windows SET expires_at = now() - interval '1 second' WHERE key LIKE :key"
        await tx.execute(text(expire), {"key": f"%{keys[0]}%"})
        await tx.commit()
    await wiring.quota_windows.forget()
    assert [await found(wiring, key) for key in keys] == [False, True]


async def found(wiring: Wiring, key: str) -> bool:
    async with wiring.quotas_database.transaction() as tx:
        rows = await tx.execute(text("SELECT 1 FROM quota_windows WHERE key LIKE :key"), {"key": f"%{key}%"})
        return bool(rows.all())


async def test_the_storage_keeps_the_promises_of_its_library(wiring: Wiring) -> None:
    windows, key = wiring.quota_windows, f"plain/{uuid4()}"
    assert await windows.check()
    assert [await windows.incr(key, 3600, 2), await windows.incr(key, 3600)] == [2, 3]
    assert await windows.get(key) == 3
    assert await windows.get_expiry(key) > 0
    await windows.clear_sliding_window(key, 3600)
    assert (await windows.get(key), await windows.get_expiry(key)) == (0, 0)


@pytest.mark.needs("redis")
async def test_gateways_can_share_a_redis(
    installation: Installation, tenant_id: UUID, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with (
        running_redis(tmp_path_factory.mktemp("redis")) as url,
        gateways(installation, 2, rate_limits=FORTY, rate_limit_url=url) as clients,
    ):
        answers = await flood(clients, caller(tenant_id), 60)
    assert 40 <= answers[200] <= 44
