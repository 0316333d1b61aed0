"""Let a system in by what it proves itself with."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.gateway.domain.identity.opaque import Opaque
from services.gateway.usecases.identity.admission import client_refused, require_active_tenant, tried_with
from services.gateway.usecases.identity.assertions import read_assertion
from services.gateway.usecases.ports import WorkOf
from services.gateway.usecases.ports.identity import Credentials, KnownClient
from shared.core.access import Principal
from shared.core.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Entrance:
    """What decides about every system that wants in; `address` is where it comes from, `at` is real time."""

    credentials: Credentials
    work_of: WorkOf
    address: str
    at: datetime


async def admit_by_secret(
    entrance: Entrance, client_id: UUID, secret: str, *, requested: frozenset[str] = frozenset()
) -> Principal:
    """Tell which system it is, with the requested part of its scopes.

    Raises Unauthenticated (`client_invalid`), Forbidden (`scope_not_granted`, `network_not_allowed`,
    `tenant_suspended`).
    """
    known = await _known(entrance, client_id)
    with tried_with(known.tenant_id, known.client.id):
        _require_proof(known, "secret", secret.encode(), at=entrance.at)
        return await _admitted(entrance, known, requested)


async def admit_by_assertion(
    entrance: Entrance, assertion: str, *, audience: frozenset[str], requested: frozenset[str] = frozenset()
) -> Principal:
    """Let a system in by a JWT that it signed with its own key, good for one use (RFC 7523). Raises as by secret."""
    claimed = read_assertion(assertion)
    known = await _known(entrance, claimed.client_id)
    with tried_with(known.tenant_id, known.client.id):
        keys = [key for key in known.keys if key.kind == "public_key" and key.is_good(entrance.at)]
        claimed.require_sound(keys, audience=audience, at=entrance.at)
        if not await entrance.credentials.use_assertion(claimed.client_id, claimed.id, expires_at=claimed.expires_at):
            raise client_refused()
        return await _admitted(entrance, known, requested)


async def admit_by_static_key(entrance: Entrance, shown: Opaque) -> tuple[Principal, datetime | None]:
    """Let a system in that shows the same key each time, with all its scopes; tells until when the key is good.

    Raises as by secret.
    """
    known = await _known(entrance, shown.id)
    if known.tenant_id != shown.tenant_id:
        raise client_refused()
    with tried_with(known.tenant_id, known.client.id):
        expires_at = _require_proof(known, "static_key", shown.secret, at=entrance.at)
        return await _admitted(entrance, known, frozenset()), expires_at


async def admit_by_name(entrance: Entrance, client_id: UUID) -> Principal:
    """Let a front end ask that can keep no secret: it proves nothing, and so nothing is granted to itself.

    Raises as by secret, also for a client that could prove itself.
    """
    known = await _known(entrance, client_id)
    with tried_with(known.tenant_id, known.client.id):
        if not known.client.public:
            raise client_refused()
        return await _admitted(entrance, known, frozenset())


async def _known(entrance: Entrance, client_id: UUID) -> KnownClient:
    known = await entrance.credentials.api_client(client_id)
    if known is None:
        raise client_refused()
    return known


def _require_proof(known: KnownClient, kind: str, secret: bytes, *, at: datetime) -> datetime | None:
    keys = [key for key in known.keys if key.kind == kind and key.is_good(at)]
    proven = [key for key in keys if key.is_proven_by(secret)]
    if not proven:
        raise client_refused()
    return proven[0].expires_at


async def _admitted(entrance: Entrance, known: KnownClient, requested: frozenset[str]) -> Principal:
    if not known.client.active:
        raise client_refused()
    if not known.client.may_come_from(entrance.address):
        raise Forbidden("network_not_allowed", "This client may not come from this network.")
    async with entrance.work_of(known.tenant_id)() as uow:
        await require_active_tenant(uow)
    return known.client.principal(known.tenant_id, requested=requested)
