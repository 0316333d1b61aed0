"""A company is founded once, however often an operator sends the same with one `Idempotency-Key`."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from services.gateway.domain.hosting.operator import Operator
from services.gateway.usecases.tenancy.erase_tenant import order_tenant_erasure
from services.gateway.usecases.tenancy.suspend_tenant import suspend_tenant
from services.gateway.wiring import Wiring
from services.gateway.worker import build_loops
from shared.kit.http.answers import KEEP_DAYS
from shared.kit.worker import run_loops
from tests.factories.hosting import make_operator
from tests.factories.waiting import eventually
from tests.integration.gateway.test_hosting import recorded

pytestmark = pytest.mark.anyio
Headers = dict[str, str]
_STORED = text("SELECT convert_from(body, 'UTF8') FROM answers")
_AGE = text("UPDATE answers SET stored_at = stored_at - CAST(:by AS interval)")


@pytest.fixture
async def operator(wiring: Wiring) -> tuple[Operator, Headers]:
    return await make_operator(wiring)


def new_company(**fields: Any) -> dict[str, Any]:
    return {"name": f"company-{uuid4()}", "admin": "root", **fields}


async def found(
    client: httpx.AsyncClient, headers: Headers, body: dict[str, Any], *, key: str = "one"
) -> httpx.Response:
    return await client.post("/v1/tenants", json=body, headers={**headers, "Idempotency-Key": key})


async def companies(wiring: Wiring, name: str) -> int:
    async with wiring.database.transaction() as tx:
        named = await tx.execute(text("SELECT count(*) FROM tenants WHERE name = :name"), {"name": name})
        count: int = named.scalar_one()
    return count


async def stored(wiring: Wiring, operator: Operator) -> list[str]:
    async with wiring.database.transaction(operator.id) as tx:
        return list((await tx.execute(_STORED)).scalars())


@pytest.mark.parametrize("chosen", [False, True])
async def test_the_same_again_founds_no_second_company(
    client: httpx.AsyncClient, wiring: Wiring, operator: tuple[Operator, Headers], *, chosen: bool
) -> None:
    body = new_company(**({"id": str(uuid4())} if chosen else {}))
    first, again = [await found(client, operator[1], body) for _ in range(2)]
    assert [each.status_code for each in (first, again)] == [201, 201]
    assert again.json() == {**first.json(), "password": None}
    assert (first.json()["password"] is None, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert await companies(wiring, body["name"]) == 1
    assert len(await recorded(wiring, UUID(first.json()["id"]))) == 1
    login = {"username": "root", "password": first.json()["password"], "tenant": first.json()["id"]}
    assert (await client.post("/v1/sessions", json=login)).status_code == 201
    assert all(first.json()["password"] not in answer for answer in await stored(wiring, operator[0]))


async def test_a_key_is_for_one_request_of_one_operator(
    client: httpx.AsyncClient, wiring: Wiring, operator: tuple[Operator, Headers]
) -> None:
    body, (_, other) = new_company(), await make_operator(wiring)
    first = await found(client, operator[1], body)
    reused = await found(client, operator[1], new_company())
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    by_other, next_one = await found(client, other, body), await found(client, operator[1], body, key="two")
    assert len({each.json()["id"] for each in (first, by_other, next_one)}) == 3


async def test_a_refused_founding_may_be_mended_under_the_same_key(
    client: httpx.AsyncClient, operator: tuple[Operator, Headers]
) -> None:
    taken = new_company(id=(await found(client, operator[1], new_company())).json()["id"])
    refused = await found(client, operator[1], taken, key="two")
    mended = await found(client, operator[1], {**taken, "id": str(uuid4())}, key="two")
    assert (refused.status_code, refused.json()["code"], mended.status_code) == (409, "already_exists", 201)


async def test_many_at_once_found_one(
    client: httpx.AsyncClient, wiring: Wiring, operator: tuple[Operator, Headers]
) -> None:
    body = new_company()
    answers = await asyncio.gather(*(found(client, operator[1], body) for _ in range(5)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"idempotency_in_flight"}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert await companies(wiring, body["name"]) == 1


async def test_the_answer_is_forgotten_like_others(
    client: httpx.AsyncClient, wiring: Wiring, operator: tuple[Operator, Headers]
) -> None:
    await found(client, operator[1], new_company())
    async with wiring.database.transaction(operator[0].id) as tx:
        await tx.execute(_AGE, {"by": timedelta(days=KEEP_DAYS, minutes=1)})
        await tx.commit()

    async def forgotten() -> bool:
        return not await stored(wiring, operator[0])

    stop = asyncio.Event()
    loops = [loop for loop in build_loops(wiring) if loop.name == "gateway.forget-foundings"]
    running = asyncio.create_task(run_loops(loops, stop))
    await eventually(forgotten)
    stop.set()
    await running


async def test_the_answer_goes_with_its_company(
    client: httpx.AsyncClient, wiring: Wiring, operator: tuple[Operator, Headers]
) -> None:
    body, kept = new_company(), new_company()
    company = (await found(client, operator[1], body)).json()["id"]
    await found(client, operator[1], kept, key="two")
    work, now = wiring.works.of(UUID(company)), datetime.now(UTC)
    await suspend_tenant(work, reason="over", by="operator", at=now)
    await order_tenant_erasure(work, name=body["name"], by="operator", at=now, wait=timedelta(0))
    assert await wiring.begin_erasure(work)
    (left,) = await stored(wiring, operator[0])
    assert (body["name"] in left, kept["name"] in left) == (False, True)
