"""Give a system another key, beside those it has or in their place, and take one away."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.gateway.domain.identity.client_key import MOST_KEYS, ClientKey, KeyKind
from services.gateway.usecases.ports import UnitOfWork, Work
from shared.core.errors import Conflict, NotFound


async def add_client_key(
    work: Work,
    client_id: UUID,
    kind: KeyKind,
    *,
    digest: bytes | None,
    jwk: Mapping[str, Any] | None,
    expires_at: datetime | None,
    retire_others_at: datetime | None,
) -> ClientKey:
    """Add a key; those of its kind that were there before are good until `retire_others_at`, where one is given.

    Times are real. Raises NotFound, Conflict (`client_public`, `too_many_keys`).
    """
    async with work() as uow:
        if (await uow.api_clients.get(client_id)).public:
            raise Conflict("client_public", "This client keeps no secret; register another one that does.")
        keys = [key for key in await uow.client_keys.all(client_id=client_id) if key.is_good(uow.real_now())]
        if len(keys) >= MOST_KEYS:
            raise Conflict("too_many_keys", f"A client has at most {MOST_KEYS} keys; remove one first.")
        if retire_others_at is not None:
            await _retire(uow, client_id, [other for other in keys if other.kind == kind], at=retire_others_at)
        key = ClientKey(
            id=uow.new_id(),
            client_id=client_id,
            kind=kind,
            digest=digest,
            jwk=jwk,
            created_at=uow.real_now(),
            expires_at=expires_at,
        )
        await uow.client_keys.add(key)
        await uow.commit()
    return key


async def _retire(uow: UnitOfWork, client_id: UUID, keys: Iterable[ClientKey], *, at: datetime) -> None:
    """Let keys be good until then; where that is over, what was issued to the client is void."""
    for key in keys:
        await uow.client_keys.save(key.retired(at))
    if at <= uow.real_now():
        await uow.revoke(client_id)


async def remove_client_key(work: Work, client_id: UUID, key_id: UUID) -> None:
    """Let a key open nothing any more, and void what was issued to its client until now. Raises NotFound."""
    async with work() as uow:
        key = await uow.client_keys.find(id=key_id, client_id=client_id)
        if key is None:
            raise NotFound.of("key")
        await uow.client_keys.remove(key)
        await uow.revoke(client_id)
        await uow.commit()
