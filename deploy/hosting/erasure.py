"""`steelyard tenant erase`, and the ledger that keeps who is erased erased."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from deploy.errors import DeployError
from deploy.hosting.suspension import by_command, by_user
from deploy.migrate import SERVICES
from deploy.standalone.database import runtime_urls
from deploy.standalone.postgres import database_url
from deploy.standalone.services import wire_service
from deploy.standalone.settings import Settings
from services.gateway.clients.ledger import FILE, read_ledger
from services.gateway.clients.signed_lines import LineInvalid
from services.gateway.domain.hosting.erasure import LedgerEntry
from services.gateway.usecases.tenancy.erase_tenant import order_tenant_erasure
from shared.contracts.tenancy import TenantErased
from shared.core.errors import DomainError, TenantGone
from shared.kit.bus.postgres.bus import PostgresBus
from shared.kit.bus.postgres.log import SCHEMA as BUS
from shared.kit.db import Database
from shared.kit.tenancy import digest_of, keep_erasure

PATIENCE_SECONDS = 600.0
_STATE = "SELECT erased_at FROM {}.erasures WHERE digest = $1"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an entry of the ledger is carried out."""

    entry: LedgerEntry
    erased: frozenset[str]
    """Services that hold nothing any more."""
    pending: frozenset[str]
    """Services that know of it."""

    @property
    def complete(self) -> bool:
        return self.erased == frozenset(SERVICES)

    @property
    def unheard(self) -> frozenset[str]:
        return frozenset(SERVICES) - self.erased - self.pending


def order(settings: Settings, tenant_id: UUID, *, name: str, wait: timedelta) -> datetime:
    """Order a suspended company to be erased; gives when that begins. Raises DeployError."""
    return asyncio.run(_order(settings, tenant_id, name, wait))


def erase_now(settings: Settings, tenant_id: UUID) -> None:
    """Begin what is ordered and due, and return once no service holds anything. Raises DeployError."""
    asyncio.run(_erase_now(settings, tenant_id))


def standings(settings: Settings) -> Sequence[Standing]:
    """Compare the ledger with what every service has erased. Raises DeployError where it is not as it was signed."""
    return asyncio.run(_standings(settings))


def replay(settings: Settings) -> int:
    """Let every service that does not know of an entry, after a backup was restored, erase; gives how many."""
    return asyncio.run(_replay(settings))


async def _order(settings: Settings, tenant_id: UUID, name: str, wait: timedelta) -> datetime:
    gateway = wire_service(settings, "gateway", pool=2)
    try:
        with by_command(tenant_id, "erase"):
            work, now = gateway.works.of(tenant_id), gateway.works.clock.now()
            return (await order_tenant_erasure(work, name=name, by=by_user(), at=now, wait=wait)).due_at
    except DomainError as error:
        raise DeployError(error.detail) from None
    finally:
        await _closed(gateway)


async def _erase_now(settings: Settings, tenant_id: UUID) -> None:
    gateway = wire_service(settings, "gateway", pool=2)
    try:
        with suppress(TenantGone):  # a worker was quicker
            await gateway.begin_erasure(gateway.works.of(tenant_id))
        await _until_erased(settings, digest_of(tenant_id))
        if settings.bus == "postgres":
            await _erase_from_bus(settings, digest_of(tenant_id))
        await gateway.tidy_ledger()
    except DomainError as error:
        raise DeployError(error.detail) from None
    finally:
        await _closed(gateway)


async def _until_erased(settings: Settings, digest: bytes) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while left := [service for service, done in (await _states(settings, digest)).items() if not done]:
        if asyncio.get_running_loop().time() > deadline:
            raise DeployError(
                f"It has begun, but {', '.join(left)} did not finish within {PATIENCE_SECONDS:g} seconds; it goes on "
                "by itself once their workers run, and `steelyard tenant erasures` tells how far it is."
            )
        await asyncio.sleep(0.2)


async def _erase_from_bus(settings: Settings, digest: bytes) -> None:
    bus = PostgresBus(runtime_urls(settings)[BUS])
    try:
        await bus.erase([digest])
    finally:
        await bus.close()


async def _states(settings: Settings, digest: bytes) -> dict[str, bool | None]:
    """Ask each service's schema: finished, known of, or (None) unheard of."""
    connection = await asyncpg.connect(database_url(settings).replace("+asyncpg", "", 1))
    try:
        found = {service: await connection.fetchrow(_STATE.format(service), digest) for service in SERVICES}
    finally:
        await connection.close()
    return {service: None if row is None else row["erased_at"] is not None for service, row in found.items()}


async def _standings(settings: Settings) -> Sequence[Standing]:
    entries = {entry.tenant_id: entry for entry in _ledger(settings)}
    return [_standing(entry, await _states(settings, digest_of(entry.tenant_id))) for entry in entries.values()]


def _standing(entry: LedgerEntry, states: Mapping[str, bool | None]) -> Standing:
    erased = frozenset(service for service, done in states.items() if done)
    return Standing(entry, erased, frozenset(service for service, done in states.items() if done is False))


async def _replay(settings: Settings) -> int:
    told = 0
    urls = runtime_urls(settings)
    for standing in await _standings(settings):
        entry = standing.entry
        event = TenantErased(tenant_id=entry.tenant_id, ordered_at=entry.erased_at)
        for service in standing.unheard:
            await _tell(Database(urls[service], schema=service, pool_size=1), event)
            told += 1
    return told


async def _tell(database: Database, event: TenantErased) -> None:
    try:
        async with database.transaction() as tx:
            await keep_erasure(tx, event)
            await tx.commit()
    finally:
        await database.close()


def _ledger(settings: Settings) -> Sequence[LedgerEntry]:
    files = [file for name in ("jwks.json", "retired-jwks.json") if (file := settings.secrets / name).exists()]
    keys = [key for file in files for key in json.loads(Path(file).read_text("utf-8"))["keys"]]
    try:
        return read_ledger(settings.audit / FILE, {"keys": keys})
    except LineInvalid as error:
        raise DeployError(f"The ledger is not what was signed: {error}") from None


async def _closed(gateway: Any) -> None:  # noqa: ANN401 -- the gateway's wiring
    await gateway.close_quotas()
    await gateway.database.close()
