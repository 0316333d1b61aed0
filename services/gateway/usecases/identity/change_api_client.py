"""Change what a system is called and may do, or close its access."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.gateway.domain.identity.api_client import ApiClient
from services.gateway.usecases.ports import Work
from shared.core.versions import require_version


async def change_api_client(
    work: Work, client_id: UUID, changes: Mapping[str, Any], *, expected: int | None
) -> ApiClient:
    """Apply a merge patch of `name`, `scopes`, `networks`, `redirect_uris`, `active`.

    Raises NotFound, PreconditionFailed, Conflict (`already_exists`), Invalid (`scope_unknown`, `scope_missing`,
    `scope_of_public_client`, `network_invalid`, `redirect_uri_invalid`).
    """
    async with work() as uow:
        client = await uow.api_clients.get(client_id)
        require_version(client.sequence, expected)
        changed = client.changed(changes, at=uow.now())
        await uow.api_clients.save(changed)
        if client.grants_more_than(changed):
            await uow.revoke(client.id)
        await uow.commit()
    return changed
