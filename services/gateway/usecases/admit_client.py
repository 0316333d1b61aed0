"""Let a system in by its client credentials."""

from uuid import UUID

from services.gateway.usecases.admission import require_active_tenant
from services.gateway.usecases.ports import Credentials, WorkOf
from shared.core.access import Principal
from shared.core.errors import Unauthenticated


async def admit_client(
    credentials: Credentials, work_of: WorkOf, *, client_id: UUID, secret: str, requested: frozenset[str]
) -> Principal:
    """Tell which system it is, with the requested part of its scopes.

    Raises Unauthenticated (`client_invalid`), Forbidden (`scope_not_granted`, `tenant_suspended`).
    """
    found = await credentials.api_client(client_id)
    if found is None or not found[1].is_proven_by(secret) or not found[1].active:
        detail = "The client is unknown, closed, or its secret is wrong."
        raise Unauthenticated("client_invalid", detail, tenant_id=found and found[0], subject=str(client_id))
    tenant_id, client = found
    async with work_of(tenant_id)() as uow:
        await require_active_tenant(uow)
    return client.principal(tenant_id, requested=requested)
