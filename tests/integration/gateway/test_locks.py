"""What waits for what while people log in: no log-in for another, a suspension for log-ins, and nobody in a circle."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

import httpx
import pyotp
import pytest
from sqlalchemy import text

from services.gateway.domain.identity.account import Account
from services.gateway.domain.identity.identity_provider import FederatedIdentity, Identity, IdentityProvider
from services.gateway.domain.identity.opaque import Opaque
from services.gateway.usecases.identity.admission import require_active_tenant
from services.gateway.usecases.identity.linking import linked_account
from services.gateway.usecases.identity.refresh_session import refresh_session
from services.gateway.usecases.ports import UnitOfWork
from services.gateway.usecases.tenancy.suspend_tenant import suspend_tenant
from services.gateway.wiring import Wiring
from shared.core.errors import Forbidden, Unauthenticated
from tests.factories.front_end import FrontEnd, register
from tests.factories.waiting import eventually
from tests.integration.gateway.test_accounts import PASSWORD, Headers, create, log_in
from tests.integration.gateway.test_sessions import holding, new_session, refresh

pytestmark = pytest.mark.anyio
SECONDS = 10.0
"""Far more than anything here takes that waits for nobody."""
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND wait_event_type = 'Lock'")
Begin = Callable[[], Coroutine[Any, Any, Any]]


@asynccontextmanager
async def waiting(wiring: Wiring, begin: Begin) -> AsyncIterator[asyncio.Task[Any]]:
    """Begin something that has to wait for a lock, and go on once it waits."""

    async def waits() -> bool:
        async with wiring.database.transaction() as tx:
            return bool((await tx.execute(_WAITING)).scalar_one())

    task = asyncio.create_task(begin())
    try:
        await eventually(waits, seconds=SECONDS)
        yield task
        async with asyncio.timeout(SECONDS):
            await asyncio.wait([task])
    finally:
        task.cancel()
        await asyncio.wait([task])


async def log_out_everywhere(uow: UnitOfWork, account_id: UUID) -> None:
    """Do what a new password does, with the account already locked."""
    for session in await uow.sessions.all(account_id=account_id, ended_at=None):
        await uow.sessions.save(session.ended(at=uow.real_now()))
    await uow.commit()


async def test_log_ins_of_a_company_wait_for_no_other(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring, tenant_id: UUID
) -> None:
    name = f"wang-{uuid4()}"
    await create(client, admin, name, roles=["hr"])
    app = FrontEnd(client, (await register(client, admin))["id"])
    async with wiring.works.of(tenant_id)() as other, asyncio.timeout(SECONDS):
        await require_active_tenant(other)
        opened = await log_in(client, name)
        carried_on = await refresh(client, opened.json()["refresh_token"])
        through_front_end = await app.exchange((await app.log_in(name, PASSWORD))["code"])
        await other.commit()
    assert [each.status_code for each in (opened, carried_on, through_front_end)] == [201, 200, 200]


async def test_a_suspension_waits_for_log_ins_that_have_found_the_company_open(wiring: Wiring, tenant_id: UUID) -> None:
    work = wiring.works.of(tenant_id)

    async def suspend() -> None:
        await suspend_tenant(work, reason="late", by="operator", at=datetime.now(UTC))

    async with work() as log_in_in_hand:
        await require_active_tenant(log_in_in_hand)
        async with waiting(wiring, suspend) as suspension:
            assert not suspension.done()
            await log_in_in_hand.commit()
    assert (await wiring.companies.one(tenant_id))["status"] == "suspended"


async def test_a_log_in_that_meets_a_suspension_is_refused(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring, tenant_id: UUID
) -> None:
    name = f"li-{uuid4()}"
    await create(client, admin, name, roles=["hr"])
    async with wiring.works.of(tenant_id)() as uow:
        await uow.tenants.save((await uow.tenants.current()).suspended())
        async with waiting(wiring, lambda: log_in(client, name)) as late:
            await uow.commit()
        assert (late.result().status_code, late.result().json()["code"]) == (403, "tenant_suspended")


async def test_a_refresh_and_a_log_out_everywhere_do_not_wait_in_a_circle(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring, tenant_id: UUID
) -> None:
    session = await new_session(client, admin)
    shown = Opaque.read(session["refresh_token"], "rt")
    assert shown is not None

    async def carry_on() -> None:
        await refresh_session(wiring.works.of, shown, client_id=None, secret=bytes(32), at=datetime.now(UTC))

    async with wiring.works.of(tenant_id)() as uow:
        account = await uow.accounts.get(UUID(session["account_id"]))
        async with waiting(wiring, carry_on) as refreshing:
            await log_out_everywhere(uow, account.id)
    assert isinstance(refreshing.exception(), Unauthenticated), "its session has ended meanwhile"


@pytest.mark.parametrize(("path", "status"), [("/v1/second-factor", 201), ("/v1/second-factor/confirmation", 200)])
async def test_setting_up_a_device_and_a_log_out_everywhere_do_not_wait_in_a_circle(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring, tenant_id: UUID, *, path: str, status: int
) -> None:
    session = await new_session(client, admin)
    begun = await client.post("/v1/second-factor", headers=holding(session))
    code = {"code": pyotp.TOTP(begun.json()["secret"]).now()} if status == HTTPStatus.OK else None
    async with wiring.works.of(tenant_id)() as uow:
        account = await uow.accounts.get(UUID(session["account_id"]))
        async with waiting(wiring, lambda: client.post(path, json=code, headers=holding(session))) as setting_up:
            await uow.sessions.all(account_id=account.id, ended_at=None)
            await uow.second_factors.find(account_id=account.id)
            await uow.commit()
        assert setting_up.result().status_code == status, setting_up.result().text


async def test_a_code_shown_twice_and_a_log_out_everywhere_do_not_wait_in_a_circle(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring, tenant_id: UUID
) -> None:
    name = f"zhao-{uuid4()}"
    account = await create(client, admin, name, roles=["hr"])
    app = FrontEnd(client, (await register(client, admin))["id"])
    code = (await app.log_in(name, PASSWORD))["code"]
    assert (await app.exchange(code)).status_code == 200
    async with wiring.works.of(tenant_id)() as uow:
        await uow.accounts.get(UUID(account["id"]))
        async with waiting(wiring, lambda: app.exchange(code)) as again:
            assert await uow.authorization_codes.all(account_id=UUID(account["id"]))
            await log_out_everywhere(uow, UUID(account["id"]))
        assert again.result().json()["error"] == "invalid_grant"


async def test_two_whom_a_provider_takes_for_one_do_not_wait_in_a_circle(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring, tenant_id: UUID
) -> None:
    name, work, now = f"sun-{uuid4()}", wiring.works.of(tenant_id), datetime.now(UTC)
    account = await create(client, admin, name, roles=["hr"])
    provider = IdentityProvider(
        name="Acme Login",
        issuer="https://login.example.com",
        client_id="steelyard",
        client_secret=None,
        claim="preferred_username",
        attribute="username",
        unknown_people="refuse",
        default_roles=(),
        local_passwords=True,
        sequence=1,
        created_at=now,
        updated_at=now,
    )
    known, other = (Identity(provider.issuer, sub, {"preferred_username": name}) for sub in ("known", "other"))
    async with work() as uow:
        link = FederatedIdentity(provider.issuer, known.subject, UUID(account["id"]), now)
        await uow.federated_identities.add(link)
        await uow.commit()

    async def log_in_again() -> Account:
        async with work() as uow:
            return await linked_account(uow, provider, known, spare_hash="")

    async with work() as uow:
        await uow.accounts.get(UUID(account["id"]))
        async with waiting(wiring, log_in_again) as again:
            with pytest.raises(Forbidden, match="Somebody else"):
                await linked_account(uow, provider, other, spare_hash="")
            await uow.commit()
        assert again.result().username == name
