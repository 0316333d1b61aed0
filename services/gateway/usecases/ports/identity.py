"""What is asked about people and systems, and what they show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.gateway.domain.identity.account import Account
from services.gateway.domain.identity.api_client import ApiClient
from services.gateway.domain.identity.authorization import AuthorizationCode
from services.gateway.domain.identity.client_key import ClientKey
from services.gateway.domain.identity.identity_provider import FederatedIdentity, IdentityProvider
from services.gateway.domain.identity.second_factor import SecondFactor
from services.gateway.domain.identity.session import Session
from shared.contracts import work
from shared.core.paging import Page, PageRequest, Row


class Owned(Protocol):
    """Things of which each is one account's for ever."""

    async def owner_of(self, **equals: object) -> UUID | None:
        """Name the account of the one whose columns equal these, and lock nothing."""
        ...


class ClientKeys(work.Repository[ClientKey], Protocol):
    async def remove(self, key: ClientKey) -> None: ...

    async def forget(self, *, before: datetime) -> None:
        """Delete those that have been good for nothing since before."""
        ...


class SecondFactors(work.Repository[SecondFactor], Protocol):
    async def remove(self, factor: SecondFactor) -> None: ...


class AuthorizationCodes(work.Repository[AuthorizationCode], Owned, Protocol):
    async def forget(self, *, before: datetime) -> None:
        """Delete those that were made before."""
        ...


class Sessions(work.Repository[Session], Owned, Protocol):
    async def forget(self, *, at: datetime) -> None:
        """Delete those that have run out by then, ended before or not."""
        ...


class FederatedIdentities(work.Repository[FederatedIdentity], Owned, Protocol):
    pass


class IdentityProviders(work.Repository[IdentityProvider], Protocol):
    async def remove(self) -> None: ...


class Repositories(Protocol):
    @property
    def accounts(self) -> work.Repository[Account]: ...

    @property
    def api_clients(self) -> work.Repository[ApiClient]: ...

    @property
    def client_keys(self) -> ClientKeys: ...

    @property
    def second_factors(self) -> SecondFactors: ...

    @property
    def authorization_codes(self) -> AuthorizationCodes: ...

    @property
    def identity_providers(self) -> IdentityProviders: ...

    @property
    def federated_identities(self) -> FederatedIdentities: ...

    @property
    def sessions(self) -> Sessions: ...

    async def revoke(self, principal: UUID, *, session: UUID | None = None) -> None:
        """Let no service accept what was issued to an account or client until now, or in one session of it."""
        ...

    async def was_revoked(self, principal: UUID, *, since: datetime) -> bool:
        """Tell whether all that was issued to an account or client then is void by now."""
        ...


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A client that was found by its id alone, with all its keys."""

    tenant_id: UUID
    client: ApiClient
    keys: Sequence[ClientKey]


class Credentials(Protocol):
    """Looks up who might be logging in, before their tenant is known."""

    async def accounts(self, username: str, *, tenant_id: UUID | None) -> Sequence[tuple[UUID, Account]]: ...

    async def api_client(self, client_id: UUID) -> KnownClient | None: ...

    async def use_assertion(self, client_id: UUID, assertion_id: str, *, expires_at: datetime) -> bool:
        """Note that a signed assertion, or a log-in at a provider, was shown; gives False where it was before."""
        ...


class Attempts(Protocol):
    """Counts failed log-ins, by account or by a name that is nobody's."""

    async def begin(self, subject: str | UUID, *, at: datetime) -> int:
        """Count a try as failed until it is cleared; gives the seconds to wait where it is not allowed yet."""
        ...

    async def clear(self, subject: str | UUID) -> None: ...


class Queries(Protocol):
    async def accounts(self, page: PageRequest) -> Page: ...

    async def account(self, account_id: UUID) -> Row: ...

    async def api_clients(self, page: PageRequest) -> Page: ...

    async def api_client(self, client_id: UUID) -> Row: ...

    async def client_keys(self, client_id: UUID, page: PageRequest) -> Page: ...

    async def identity_provider(self) -> Row: ...

    async def second_factor(self, account_id: UUID) -> Row: ...

    async def sessions(self, page: PageRequest, *, account_id: UUID, at: datetime) -> Page:
        """List an account's open sessions."""
        ...
