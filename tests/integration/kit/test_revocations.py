"""Revocations: what was issued until then is void, in this process within a second, and nothing else is."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from shared.contracts.tenancy import PrincipalRevoked, TenantChanged
from shared.contracts.work import Work
from shared.core.errors import Forbidden, Unauthenticated
from shared.kit.auth.revocations import Revocations, forget_revocations, keep_revocation
from shared.kit.auth.tokens import LIFETIME, AccessToken
from shared.kit.db import Database
from shared.kit.service import every_tenant
from shared.kit.tenancy import keep_tenant
from shared.kit.unit_of_work import UnitOfWork, Works
from tests.factories.access import make_hr
from tests.factories.installation import Installation
from tests.factories.tenancy import make_tenant
from tests.factories.waiting import eventually

pytestmark = pytest.mark.anyio
_INSTANT = timedelta(milliseconds=1)


@pytest.fixture
def now() -> datetime:
    """Give the time of the test: what is older than a token's life is forgotten."""
    return datetime.now(UTC)


@pytest.fixture
async def database(installation: Installation) -> AsyncIterator[Database]:
    database = Database(installation.urls["archive"], schema="archive", pool_size=2)
    yield database
    await database.close()


def token(subject: str, *, at: datetime, session: UUID | None = None) -> AccessToken:
    return AccessToken(make_hr(uuid4(), subject=subject), at, at + LIFETIME, session)


async def revoke(database: Database, principal: str, *, at: datetime | None, **fields: object) -> None:
    async with database.transaction() as tx:
        event = PrincipalRevoked.model_validate({"principal": principal, "revoked_at": at, **fields})
        await keep_revocation(tx, event)
        await tx.commit()


def is_refused(revocations: Revocations, token: AccessToken) -> bool:
    try:
        revocations.refuse(token)
    except Unauthenticated as refusal:
        return refusal.code == "token_revoked"
    return False


async def test_what_was_issued_until_then_is_void_and_what_comes_after_not(database: Database, now: datetime) -> None:
    revocations, wang, li = Revocations(database), str(uuid4()), str(uuid4())
    await revoke(database, wang, at=now)
    await revocations.look()
    assert is_refused(revocations, token(wang, at=now - _INSTANT))
    assert is_refused(revocations, token(wang, at=now, session=uuid4()))
    assert not is_refused(revocations, token(wang, at=now + _INSTANT))
    assert not is_refused(revocations, token(li, at=now - _INSTANT))


async def test_one_session_may_end_alone(database: Database, now: datetime) -> None:
    revocations, wang, phone, desk = Revocations(database), str(uuid4()), uuid4(), uuid4()
    await revoke(database, wang, at=now, session=phone)
    await revocations.look()
    assert is_refused(revocations, token(wang, at=now - _INSTANT, session=phone))
    assert not is_refused(revocations, token(wang, at=now - _INSTANT, session=desk))
    assert not is_refused(revocations, token(wang, at=now - _INSTANT))


async def test_an_older_word_that_comes_late_takes_nothing_back(database: Database, now: datetime) -> None:
    revocations, wang = Revocations(database), str(uuid4())
    await revoke(database, wang, at=now)
    await revoke(database, wang, at=now - timedelta(minutes=1))
    await revocations.look()
    assert is_refused(revocations, token(wang, at=now - _INSTANT))


async def test_an_event_without_a_time_means_now(database: Database, now: datetime) -> None:
    revocations, wang = Revocations(database), str(uuid4())
    await revoke(database, wang, at=None)
    await revocations.look()
    assert is_refused(revocations, token(wang, at=now - _INSTANT))


async def test_a_running_process_hears_of_it_by_itself(database: Database, now: datetime) -> None:
    revocations, wang = Revocations(database), str(uuid4())

    async def refused() -> bool:
        return is_refused(revocations, token(wang, at=now - _INSTANT))

    async with revocations.followed():
        assert not await refused()
        await revoke(database, wang, at=now)
        await eventually(refused)


async def test_what_concerns_no_living_token_is_forgotten(database: Database, now: datetime) -> None:
    long_ago, lately = str(uuid4()), str(uuid4())
    await revoke(database, long_ago, at=now - timedelta(hours=1))
    await revoke(database, lately, at=now)
    await forget_revocations(database)
    async with database.transaction() as tx:
        kept = set((await tx.execute(text("SELECT principal FROM revocations"))).scalars())
    assert lately in kept
    assert long_ago not in kept


async def keep(database: Database, tenant: TenantChanged) -> None:
    async with database.transaction() as tx:
        await keep_tenant(tx, tenant)
        await tx.commit()


async def test_nobody_of_a_suspended_company_is_let_in_until_it_is_resumed(database: Database, now: datetime) -> None:
    revocations, shut, beside = Revocations(database), make_tenant(), make_tenant()
    for sequence, status in enumerate(("active", "suspended", "active"), start=1):
        await keep(database, shut.model_copy(update={"status": status, "sequence": sequence}))
        await keep(database, beside)
        await revocations.look()
        for tenant in (shut, beside):
            old = AccessToken(make_hr(tenant.tenant_id), now, now + LIFETIME, None)
            if tenant is shut and status == "suspended":
                with pytest.raises(Forbidden, match="suspended") as refused:
                    revocations.refuse(old)
                assert refused.value.code == "tenant_suspended"
            else:
                revocations.refuse(old)


async def test_timers_leave_a_suspended_company_alone(database: Database) -> None:
    shut, beside = make_tenant(status="suspended"), make_tenant()
    await keep(database, shut)
    await keep(database, beside)
    seen: set[UUID] = set()
    stop = asyncio.Event()

    async def note(work: Work[UnitOfWork]) -> None:
        async with work() as uow:
            seen.add(uow.tenant_id)
        stop.set()

    await every_tenant("test", timedelta(0), Works(database, UnitOfWork), note).run(stop)
    assert (beside.tenant_id in seen, shut.tenant_id in seen) == (True, False)
