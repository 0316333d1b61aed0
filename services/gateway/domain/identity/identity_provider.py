"""Who vouches for a company's people: its OIDC provider, and by which of its claims it tells who somebody is."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.core.errors import Forbidden

Attribute = Literal["work_number", "email", "username"]
"""What the claim's value is here: an employee's work number or address, or the user name of an account."""
UnknownPeople = Literal["refuse", "create_account"]
DefaultRole = Literal["hr"]
"""Nobody becomes an administrator or an auditor by logging in."""
EMAIL = "email"
LONGEST_NAME = 200
"""As long as a user name may be."""


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """A company has one or none."""

    name: str
    """What the log-in page calls it."""
    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    """Sealed where it is stored; None where the provider knows us by PKCE alone."""
    claim: str
    attribute: Attribute
    unknown_people: UnknownPeople
    default_roles: tuple[DefaultRole, ...]
    """Of accounts that are made for unknown people."""
    local_passwords: bool
    """Whether passwords kept here still open anything; those of administrators always do."""
    sequence: int
    created_at: datetime
    updated_at: datetime

    def value_of(self, identity: "Identity") -> str:
        """Tell who somebody says they are. Raises Forbidden (`identity_unusable`, `email_unverified`)."""
        value = identity.claims.get(self.claim)
        if not isinstance(value, str) or not value.isprintable() or not 0 < len(value.strip()) <= LONGEST_NAME:
            detail = f"The provider did not send the claim `{self.claim}`, or no name in it."
            raise Forbidden("identity_unusable", detail)
        if EMAIL in {self.claim, self.attribute} and identity.claims.get("email_verified") is not True:
            raise Forbidden("email_unverified", "The provider does not vouch for the e-mail address.")
        return value.strip()


@dataclass(frozen=True, slots=True)
class Identity:
    """What a provider says of somebody, once its signature was checked."""

    issuer: str
    subject: str
    claims: "dict[str, object]" = field(repr=False)


@dataclass(frozen=True, slots=True)
class FederatedIdentity:
    """Whose account a provider's subject is: found out once, and then no longer by what the claims say."""

    issuer: str
    subject: str
    account_id: UUID
    linked_at: datetime
