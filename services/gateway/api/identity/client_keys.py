"""`/v1/api-clients/{id}/keys`: what a system proves itself with, replaced without a break."""

from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Response
from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from services.gateway.api.deps import IssuerDep, QueriesDep, WorkDep
from services.gateway.api.identity.tokens import new_secret
from services.gateway.api.policy import POLICY
from services.gateway.domain.identity.client_key import KeyKind
from services.gateway.domain.identity.opaque import SECRET_BYTES, Opaque, digest_of
from services.gateway.usecases.identity.assertions import require_usable
from services.gateway.usecases.identity.change_client_keys import add_client_key, remove_client_key
from shared.core.access import Grant
from shared.kit.http.answers import Secret
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.days import Instant
from shared.kit.http.paging import Listed, WholeParams, listed

router = new_router(tag="api-clients")
ToManage = Annotated[Grant, POLICY.allow("api_clients:manage")]
_LONGEST_OVERLAP_HOURS = 24 * 90


def _usable(jwk: dict[str, Any]) -> dict[str, Any]:
    """Refuse by a rule what no schema can tell from a key."""
    try:
        require_usable(jwk)
    except ValueError as error:
        raise PydanticCustomError("public_key_unusable", "No usable key: {why}.", {"why": str(error)}) from error
    return jwk


class NewClientKey(Body):
    kind: KeyKind
    """`secret` for client credentials; `static_key` to be sent with each request, for systems that know no OAuth 2.0;
    `public_key` for assertions that the system signs itself (RFC 7523)."""
    jwk: Annotated[dict[str, Any], AfterValidator(_usable)] | None = None
    """The public key of a `public_key`, as RFC 7517 has it."""
    expires_at: Instant | None = None
    retire_others_after_hours: Annotated[int, Field(strict=True, ge=0, le=_LONGEST_OVERLAP_HOURS)] | None = None
    """How long the other keys of this kind are still good; for ever where it is left out."""

    @model_validator(mode="after")
    def _with_its_key(self) -> Self:
        if (self.jwk is not None) != (self.kind == "public_key"):
            raise PydanticCustomError("key_kind_mismatched", "A `public_key` has its `jwk`, and nothing else has one.")
        return self


class ClientKeyView(View):
    id: UUID
    kind: str
    jwk: dict[str, Any] | None
    created_at: datetime
    expires_at: datetime | None


class NewClientKeyView(ClientKeyView):
    secret: Secret = None
    """The secret or static key: shown in the first answer and never again."""


@router.get("/api-clients/{client_id}/keys", dependencies=[POLICY.allow("api_clients:manage")])
async def list_client_keys(client_id: UUID, queries: QueriesDep, page: WholeParams) -> Listed[ClientKeyView]:
    await queries.api_client(client_id)
    return listed(await queries.client_keys(client_id, page), ClientKeyView.model_validate)


@router.post("/api-clients/{client_id}/keys", status_code=201)
async def post_client_key(
    client_id: UUID, body: NewClientKey, response: Response, *, grant: ToManage, work: WorkDep, issuer: IssuerDep
) -> NewClientKeyView:
    """Add a key; with `retire_others_after_hours` it takes the place of the others."""
    shown, digest = _made(body.kind, grant.principal.tenant_id, client_id)
    hours = body.retire_others_after_hours
    key = await add_client_key(
        work,
        client_id,
        body.kind,
        digest=digest,
        jwk=body.jwk,
        expires_at=body.expires_at,
        retire_others_at=None if hours is None else issuer.clock.now() + timedelta(hours=hours),
    )
    response.headers["Cache-Control"] = "no-store"
    return NewClientKeyView.model_validate(key).model_copy(update={"secret": shown})


@router.delete("/api-clients/{client_id}/keys/{key_id}", status_code=204)
async def delete_client_key(client_id: UUID, key_id: UUID, _: ToManage, work: WorkDep) -> None:
    """Take a key away, within seconds everywhere."""
    await remove_client_key(work, client_id, key_id)


def _made(kind: KeyKind, tenant_id: UUID, client_id: UUID) -> tuple[str | None, bytes | None]:
    """Make a secret of a kind: as it is shown, and what is kept of it."""
    match kind:
        case "secret":
            secret = token_urlsafe(SECRET_BYTES)
            return secret, digest_of(secret.encode())
        case "static_key":
            key = Opaque(tenant_id, client_id, new_secret())
            return key.written("sk"), key.digest
        case "public_key":
            return None, None
