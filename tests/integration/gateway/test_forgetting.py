"""What the worker forgets of log-ins: what opens nothing any more, once nobody need be told what it was."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.gateway.domain.identity.client_key import KEPT
from services.gateway.domain.identity.session import IDLE, LONGEST
from services.gateway.wiring import Wiring
from services.gateway.worker import build_loops
from shared.kit.worker import run_loops
from tests.factories.waiting import eventually
from tests.integration.gateway.test_accounts import Headers
from tests.integration.gateway.test_api_clients import register
from tests.integration.gateway.test_client_keys import add
from tests.integration.gateway.test_sessions import age, holding, new_session, refresh

pytestmark = pytest.mark.anyio
_SESSIONS = text("SELECT id::text FROM sessions")
_LOGGED_IN_BEFORE = text("UPDATE sessions SET created_at = created_at - CAST(:by AS interval) WHERE id = :id")
_ENDED_BEFORE = text("UPDATE client_keys SET expires_at = clock_timestamp() - CAST(:by AS interval) WHERE id = :id")


@asynccontextmanager
async def forgetting(wiring: Wiring) -> AsyncIterator[None]:
    """Let the worker's timer run meanwhile."""
    loop, stop = next(each for each in build_loops(wiring) if each.name == "gateway.forget-identity"), asyncio.Event()
    running = asyncio.create_task(run_loops([loop], stop))
    yield
    stop.set()
    await running


async def write(wiring: Wiring, tenant_id: UUID, statement: Any, **values: object) -> None:
    async with wiring.database.transaction(tenant_id) as tx:
        await tx.execute(statement, values)
        await tx.commit()


async def test_a_session_is_forgotten_once_it_has_run_out_ended_or_not(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring, tenant_id: UUID
) -> None:
    living, ended, idle, old, ended_and_old = [await new_session(client, admin) for _ in range(5)]
    for session in (ended, ended_and_old):
        await client.delete(f"/v1/sessions/{session['session_id']}", headers=holding(session))
    await age(wiring, idle, IDLE)
    for session in (old, ended_and_old):
        await write(wiring, tenant_id, _LOGGED_IN_BEFORE, by=LONGEST, id=session["session_id"])

    async def kept() -> set[str]:
        async with wiring.database.transaction(tenant_id) as tx:
            return set((await tx.execute(_SESSIONS)).scalars())

    async def forgotten() -> bool:
        return await kept() == {living["session_id"], ended["session_id"]}

    async with forgetting(wiring):
        await eventually(forgotten)
    answers = [await refresh(client, session["refresh_token"]) for session in (living, ended, idle, old)]
    assert [answer.status_code for answer in answers] == [200, 400, 400, 400]
    assert len({answer.text for answer in answers[1:]}) == 1, "nobody learns which sessions there were"


async def test_a_key_that_has_come_to_its_end_is_shown_for_a_while(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring, tenant_id: UUID
) -> None:
    system = await register(client, admin)
    keys = [await add(client, admin, system["id"], kind="secret") for _ in range(2)]
    for key, ended_before in zip(keys, (KEPT - timedelta(days=1), KEPT + timedelta(days=1)), strict=True):
        await write(wiring, tenant_id, _ENDED_BEFORE, by=ended_before, id=key["id"])

    async def shown() -> list[str]:
        listed = (await client.get(f"/v1/api-clients/{system['id']}/keys", headers=admin)).json()["data"]
        return [row["id"] for row in listed]

    async def forgotten() -> bool:
        return keys[1]["id"] not in await shown()

    async with forgetting(wiring):
        await eventually(forgotten)
    assert len(await shown()) == 2, "the client's first one, and the one that ended not long ago"
    assert keys[0]["id"] in await shown()
