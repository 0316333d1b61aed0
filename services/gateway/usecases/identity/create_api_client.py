"""Register a system."""

from collections.abc import Sequence

from services.gateway.domain.identity.api_client import ApiClient
from services.gateway.domain.identity.client_key import ClientKey
from services.gateway.domain.identity.opaque import digest_of
from services.gateway.usecases.ports import Work


async def create_api_client(
    work: Work, *, name: str, scopes: Sequence[str], networks: Sequence[str], secret: str
) -> ApiClient:
    """Keep nothing of the secret but its digest.

    Raises Conflict (`already_exists`), Invalid (`scope_unknown`, `network_invalid`).
    """
    async with work() as uow:
        now = uow.now()
        client = ApiClient(
            id=uow.new_id(),
            name=name,
            scopes=tuple(scopes),
            networks=tuple(networks),
            active=True,
            sequence=1,
            created_at=now,
            updated_at=now,
        )
        key = ClientKey(
            id=uow.new_id(),
            client_id=client.id,
            kind="secret",
            digest=digest_of(secret.encode()),
            jwk=None,
            created_at=uow.real_now(),
            expires_at=None,
        )
        await uow.api_clients.add(client)
        await uow.client_keys.add(key)
        await uow.commit()
    return client
