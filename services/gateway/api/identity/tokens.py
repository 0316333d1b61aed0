"""Access tokens as answers, never stored on the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any, Literal
from uuid import UUID

from fastapi import Response

from services.gateway.domain.identity.opaque import SECRET_BYTES
from shared.core.access import Principal
from shared.core.clock import Clock
from shared.kit.audit import let_in
from shared.kit.auth.tokens import LIFETIME, SigningKey, sign
from shared.kit.http.app import View


class TokenView(View):
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 -- the name of a scheme
    expires_in: int
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Signs tokens with the gateway's key, in real time whatever a sandbox's clock says."""

    key: SigningKey
    clock: Clock

    def issue(
        self, principal: Principal, *, session: UUID | None = None, client: UUID | None = None
    ) -> Mapping[str, Any]:
        """Give the members of a `TokenView`."""
        let_in(principal)
        token = sign(principal, key=self.key, now=self.clock.now(), session=session, client=client)
        return {"access_token": token, "expires_in": int(LIFETIME.total_seconds())}


def new_secret() -> bytes:
    return token_bytes(SECRET_BYTES)


def keep_out_of_caches(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"
