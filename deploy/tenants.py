"""`steelyard tenant create`, and the sandbox that every local installation begins with."""

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

import asyncpg

from deploy.errors import DeployError
from deploy.migrate import SERVICES
from deploy.standalone import database
from deploy.standalone.postgres import database_url
from deploy.standalone.services import wire_service
from deploy.standalone.settings import Settings
from services.gateway.domain.tenant import Tenant
from services.gateway.usecases.tenancy.found_tenant import FirstAdmin, found_tenant
from shared.core.errors import DomainError
from shared.core.ids import Uuid7, derived_id

SANDBOX = derived_id("steelyard", "sandbox")
"""The sandbox tenant for which local tokens are made."""
PATIENCE_SECONDS = 30.0
_KNOWN = "SELECT 1 FROM {}.tenants WHERE id = $1 AND status = coalesce($2, status)"
Locale = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Founded:
    id: UUID
    password: str = field(repr=False)
    """The first administrator's, made by chance and kept nowhere."""


async def create_tenant(
    settings: Settings,
    *,
    name: str,
    admin: str,
    sandbox: bool = False,
    zone: str = "Asia/Shanghai",
    currency: str = "CNY",
    locale: Locale = "zh",
) -> Founded:
    """Found a tenant with its first administrator, and wait until every service of the running stack knows it."""
    tenant_id, password = Uuid7().new(), secrets.token_urlsafe(18)
    tenant = _tenant(tenant_id, name, zone=zone, currency=currency, locale=locale, sandbox=sandbox)
    await _found(settings, tenant, FirstAdmin(admin, password))
    await until_all_know(settings, tenant_id)
    return Founded(tenant_id, password)


def prepare(settings: Settings) -> None:
    """Make the database ready, with the sandbox in it; nobody has an account there, only `steelyard token` opens it."""
    database.prepare(settings)
    asyncio.run(_ensure_sandbox(settings))


def wait_for_sandbox(settings: Settings) -> None:
    """Wait until every service knows the sandbox."""
    asyncio.run(until_all_know(settings, SANDBOX))


async def _ensure_sandbox(settings: Settings) -> None:
    if "gateway" not in await _who_knows(settings, SANDBOX):
        await _found(settings, _tenant(SANDBOX, "Steelyard sandbox", sandbox=True), None)


def _tenant(
    tenant_id: UUID,
    name: str,
    *,
    sandbox: bool,
    zone: str = "Asia/Shanghai",
    currency: str = "CNY",
    locale: Locale = "zh",
) -> Tenant:
    try:
        return Tenant(
            id=tenant_id,
            sequence=1,
            name=name,
            status="active",
            zone=zone,
            currency=currency,
            locale=locale,
            sandbox=sandbox,
            clock_offset_seconds=0,
        )
    except DomainError as error:
        raise DeployError(error.detail) from None


async def _found(settings: Settings, tenant: Tenant, admin: FirstAdmin | None) -> None:
    gateway = wire_service(settings, "gateway", pool=2)
    try:
        await found_tenant(gateway.works.founding, tenant, admin=admin)
    finally:
        await gateway.database.close()


async def until_all_know(settings: Settings, tenant_id: UUID, *, status: str | None = None) -> None:
    """Wait until every service of the running stack knows a tenant, and that it has a status. Raises DeployError."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while missing := set(SERVICES) - await _who_knows(settings, tenant_id, status=status):
        if asyncio.get_running_loop().time() > deadline:
            raise DeployError(
                f"It is done, but {', '.join(sorted(missing))} did not hear of tenant {tenant_id} within "
                f"{PATIENCE_SECONDS:g} seconds; do their workers run (steelyard status)?"
            )
        await asyncio.sleep(0.1)


async def _who_knows(settings: Settings, tenant_id: UUID, *, status: str | None = None) -> set[str]:
    """Ask each service's own copy."""
    connection = await asyncpg.connect(database_url(settings).replace("+asyncpg", "", 1))
    try:
        return {service for service in SERVICES if await connection.fetchval(_KNOWN.format(service), tenant_id, status)}
    finally:
        await connection.close()
