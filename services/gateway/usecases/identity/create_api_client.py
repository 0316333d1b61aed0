"""Register a system."""

from collections.abc import Sequence

from services.gateway.domain.identity.api_client import ApiClient
from services.gateway.domain.identity.client_key import ClientKey
from services.gateway.domain.identity.opaque import digest_of
from services.gateway.usecases.ports import UnitOfWork, Work


async def create_api_client(
    work: Work,
    *,
    name: str,
    scopes: Sequence[str],
    networks: Sequence[str],
    redirect_uris: Sequence[str],
    secret: str | None,
) -> ApiClient:
    """Keep nothing of the secret but its digest; a client without one is public.

    Raises Conflict (`already_exists`), Invalid (`scope_unknown`, `scope_missing`, `scope_of_public_client`,
    `network_invalid`, `redirect_uri_invalid`).
    """
    async with work() as uow:
        now = uow.now()
        client = ApiClient(
            id=uow.new_id(),
            name=name,
            scopes=tuple(scopes),
            networks=tuple(networks),
            redirect_uris=tuple(redirect_uris),
            public=secret is None,
            active=True,
            sequence=1,
            created_at=now,
            updated_at=now,
        )
        await uow.api_clients.add(client)
        if secret is not None:
            await uow.client_keys.add(_key(uow, client, secret))
        await uow.commit()
    return client


def _key(uow: UnitOfWork, client: ApiClient, secret: str) -> ClientKey:
    return ClientKey(
        id=uow.new_id(),
        client_id=client.id,
        kind="secret",
        digest=digest_of(secret.encode()),
        jwk=None,
        created_at=uow.real_now(),
        expires_at=None,
    )
