"""What is asked of OIDC providers, over the network."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import jwt

from services.gateway.domain.identity.identity_provider import IdentityProvider

ClientAuthentication = Literal["client_secret_basic", "client_secret_post"]
"""By HTTP Basic, or in the form (OpenID Connect Core §9)."""


@dataclass(frozen=True, slots=True)
class Described:
    """What a provider says of itself (OpenID Connect Discovery 1.0)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    names_itself: bool
    """Whether its answers bear `iss` (RFC 9207)."""
    authentication: ClientAuthentication | None
    """How our secret is shown to it; None where we have none."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What buys an ID token."""

    code: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect_uri: str


class Providers(Protocol):
    """All raise Unavailable (`provider_unavailable`) where a provider does not answer, or not as it should."""

    async def describe(self, provider: IdentityProvider) -> Described: ...

    async def id_token(self, provider: IdentityProvider, described: Described, exchange: Exchange) -> str:
        """Exchange a code. Raises Unauthenticated (`provider_answer_invalid`) where the provider refuses it."""
        ...

    async def keys(self, described: Described, *, key_id: str | None) -> Sequence[jwt.PyJWK]:
        """Give the keys of an id, or all where there is none; an unknown id is looked for anew, for keys change."""
        ...
