"""`steelyard tenant suspend | resume`: what operators do by the API, done by whoever holds the installation's keys."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from deploy.errors import DeployError
from deploy.standalone.services import wire_service
from deploy.standalone.settings import Settings
from deploy.tenants import until_all_know
from services.gateway.usecases.ports import Work
from services.gateway.usecases.tenancy.suspend_tenant import resume_tenant, suspend_tenant
from shared.core.access import Principal
from shared.core.errors import Unavailable
from shared.kit.audit import Call, let_in, watching

_MADE = 200


def suspend(settings: Settings, tenant_id: UUID, *, reason: str) -> None:
    """Shut a company in every service, and return once all of them know. Raises DeployError."""

    async def shut(gateway: Any, work: Work) -> None:  # noqa: ANN401 -- the gateway's wiring
        await suspend_tenant(work, reason=reason, by=by_user(), at=gateway.works.clock.now())

    asyncio.run(_act(settings, tenant_id, "suspend", shut))


def resume(settings: Settings, tenant_id: UUID) -> None:
    """Open it again, and return once all services know. Raises DeployError."""

    async def reopen(_: object, work: Work) -> None:
        await resume_tenant(work)

    asyncio.run(_act(settings, tenant_id, "resume", reopen))


async def _act(settings: Settings, tenant_id: UUID, command: str, act: Callable[[Any, Work], Awaitable[None]]) -> None:
    gateway = wire_service(settings, "gateway", pool=2)
    try:
        with by_command(tenant_id, command):
            await act(gateway, gateway.works.of(tenant_id))
    except Unavailable:
        raise DeployError(f"There is no company {tenant_id}.") from None
    finally:
        await gateway.close_quotas()
        await gateway.database.close()
    status = "suspended" if command == "suspend" else "active"
    await until_all_know(settings, tenant_id, status=status)


@contextmanager
def by_command(tenant_id: UUID, command: str) -> Iterator[None]:
    """Let the company's audit log name who gave a command at this machine."""
    call = Call(
        scope={},
        action=f"tenants:{command}",
        method="COMMAND",
        route=f"steelyard tenant {command}",
        resource=f"steelyard tenant {command} {tenant_id}",
        status=_MADE,
        request_id=None,
        client_address=None,
    )
    with watching(call):
        let_in(Principal(tenant_id, by_user(), "operator"))
        yield


def by_user() -> str:
    return f"command:{getpass.getuser()}"
