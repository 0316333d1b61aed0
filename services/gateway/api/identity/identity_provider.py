"""`/v1/tenant/identity-provider`: who vouches for a company's people, by OpenID Connect."""

from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field, StringConstraints

from services.gateway.api.deps import IssuersDep, QueriesDep, WorkDep
from services.gateway.api.policy import POLICY
from services.gateway.domain.identity.identity_provider import Attribute, DefaultRole, UnknownPeople
from services.gateway.usecases.identity.set_identity_provider import remove_identity_provider, set_identity_provider
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.problems import refused_with
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="tenant")
_PATH = "/tenant/identity-provider"
Name = Annotated[str, Field(min_length=1, max_length=100)]
ClientId = Annotated[str, Field(min_length=1, max_length=500)]
Claim = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_:/.-]{1,200}$")]


class NewIdentityProvider(Body):
    name: Name
    """What the log-in page calls it."""
    issuer: Annotated[str, Field(min_length=1, max_length=500, examples=["https://login.example.com/acme"])]
    """As the provider's own description has it, to the letter."""
    client_id: ClientId
    client_secret: Annotated[str, Field(min_length=1, max_length=1000)] | None = Field(default=None, repr=False)
    """Left out, it stays as it was while the issuer does; null where the provider knows us by PKCE alone."""
    claim: Claim = "sub"
    """Which says who somebody is: `sub`, `email`, `preferred_username`, `employee_number`, …"""
    attribute: Attribute = "username"
    """And of what, here: an employee's work number or e-mail address, or the user name of an account."""
    unknown_people: UnknownPeople = "refuse"
    default_roles: Annotated[tuple[DefaultRole, ...], Field(max_length=1)] = ()
    """Of accounts that are made for unknown people."""
    local_passwords: bool = True
    """Whether passwords kept here open anything still; those of administrators always do."""


class IdentityProviderView(View):
    name: str
    issuer: str
    client_id: str
    has_secret: bool
    claim: str
    attribute: str
    unknown_people: str
    default_roles: list[str]
    local_passwords: bool
    created_at: datetime
    updated_at: datetime
    sequence: int


@router.get(_PATH, dependencies=[POLICY.allow("identity_provider:manage")], responses=refused_with(404))
async def get_identity_provider(queries: QueriesDep, response: Response) -> IdentityProviderView:
    return tagged(response, IdentityProviderView.model_validate(await queries.identity_provider()))


@router.put(_PATH, dependencies=[POLICY.allow("identity_provider:manage")])
async def put_identity_provider(
    body: NewIdentityProvider, response: Response, *, work: WorkDep, issuers: IssuersDep, expected: ExpectedVersion
) -> IdentityProviderView:
    """Let people log in by it; register `/oauth/callback` there as the address to which answers go."""
    issuers.check(body.issuer)
    fields = body.model_dump()
    if "client_secret" not in body.model_fields_set:
        del fields["client_secret"]
    provider = await set_identity_provider(work, fields, expected=expected)
    shown = {name: getattr(provider, name) for name in IdentityProviderView.model_fields if name != "has_secret"}
    return tagged(response, IdentityProviderView(**shown, has_secret=provider.client_secret is not None))


@router.delete(
    _PATH, status_code=204, dependencies=[POLICY.allow("identity_provider:manage")], responses=refused_with(404)
)
async def delete_identity_provider(work: WorkDep) -> None:
    """Let people log in by what is kept here alone, as of now; who is logged in stays so."""
    await remove_identity_provider(work)
