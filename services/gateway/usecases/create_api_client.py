"""Register a system."""

from collections.abc import Sequence

from services.gateway.domain.api_client import ApiClient, digest_of
from services.gateway.usecases.ports import Work


async def create_api_client(work: Work, *, name: str, scopes: Sequence[str], secret: str) -> ApiClient:
    """Keep nothing of the secret but its digest. Raises Conflict (`already_exists`), Invalid (`scope_unknown`)."""
    async with work() as uow:
        now = uow.now()
        client = ApiClient(
            id=uow.new_id(),
            name=name,
            secret_digest=digest_of(secret),
            scopes=tuple(scopes),
            active=True,
            sequence=1,
            created_at=now,
            updated_at=now,
        )
        await uow.api_clients.add(client)
        await uow.commit()
    return client
