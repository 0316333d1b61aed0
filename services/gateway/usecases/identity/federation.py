"""Log in for a front end by what the company's OIDC provider says (OpenID Connect Core 1.0, code flow with PKCE)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.gateway.domain.identity.authorization import AuthorizationRequest, challenge_of
from services.gateway.domain.identity.identity_provider import Identity, IdentityProvider
from services.gateway.domain.identity.redirect_uri import answering
from services.gateway.usecases.identity.admission import require_active, require_active_account, tried_with
from services.gateway.usecases.identity.id_tokens import Expected, key_id_of, read_id_token, refused
from services.gateway.usecases.identity.issue_code import Issued, issue
from services.gateway.usecases.identity.linking import linked_account
from services.gateway.usecases.identity.passwords import hash_password
from services.gateway.usecases.ports import Work
from services.gateway.usecases.ports.identity import Credentials
from services.gateway.usecases.ports.providers import Exchange, Providers
from shared.core.errors import Unauthenticated

_SCOPE = "openid profile email"
_REMEMBERED = timedelta(minutes=15)
"""For longer than anybody may take to come back from the provider."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A log-in that waits for the provider's answer; who began it holds it sealed."""

    tenant_id: UUID
    issuer: str
    nonce: str
    verifier: str
    """Of the challenge that we sent to the provider (RFC 7636)."""
    asked: AuthorizationRequest
    """What the front end asked us for."""


async def provider_url(
    providers: Providers, provider: IdentityProvider, pending: Pending, *, state: str, redirect_uri: str
) -> str:
    """Give the address at which the provider lets people log in for us. Raises Unavailable (`provider_unavailable`)."""
    described = await providers.describe(provider)
    return answering(
        described.authorization_endpoint,
        response_type="code",
        client_id=provider.client_id,
        redirect_uri=redirect_uri,
        scope=_SCOPE,
        state=state,
        nonce=pending.nonce,
        code_challenge=challenge_of(pending.verifier),
        code_challenge_method="S256",
    )


async def present_provider(work: Work) -> IdentityProvider | None:
    """Give the company's provider, where it has one."""
    async with work() as uow:
        return await uow.identity_providers.find()


async def identify(
    providers: Providers,
    credentials: Credentials,
    provider: IdentityProvider,
    pending: Pending,
    answer: Mapping[str, str],
    *,
    redirect_uri: str,
    at: datetime,
) -> Identity:
    """Find out whom the provider's answer names; each is taken once.

    Raises Unauthenticated (`provider_answer_invalid`, `identity_token_invalid`), Unavailable (`provider_unavailable`).
    """
    described = await providers.describe(provider)
    said = answer.get("iss")
    if (said is None and described.names_itself) or (said is not None and said != pending.issuer):
        raise _unexpected("it came from another provider")  # RFC 9207: a mix-up
    if provider.issuer != pending.issuer or not answer.get("code"):
        raise _unexpected("it brings nothing that was asked for")
    if not await credentials.use_assertion(pending.asked.client_id, pending.nonce, expires_at=at + _REMEMBERED):
        raise _unexpected("it was used before")
    exchange = Exchange(answer["code"], pending.verifier, redirect_uri)
    token = await providers.id_token(provider, described, exchange)
    expected = Expected(provider.issuer, provider.client_id, pending.nonce, at)
    keys = await providers.keys(described, key_id=key_id_of(token))
    if not keys:
        raise refused("it was signed by a key that the provider does not show")
    return read_id_token(token, keys, expected)


async def issue_code_by_provider(
    work: Work,
    provider: IdentityProvider,
    identity: Identity,
    asked: AuthorizationRequest,
    *,
    spare_password: str,
    secret: bytes,
    at: datetime,
) -> Issued:
    """Let in the account that the identity is linked to, or is found to be.

    An account that is made gets `spare_password`, which nobody learns.
    Raises Forbidden (`identity_unknown`, `identity_unusable`, `identity_taken`, `email_unverified`, `account_inactive`,
    `tenant_suspended`).
    """
    spare_hash = await hash_password(spare_password) if provider.unknown_people == "create_account" else ""
    async with work() as uow:
        tenant = await uow.tenants.as_it_stays()
        account = await linked_account(uow, provider, identity, spare_hash=spare_hash)
        with tried_with(uow.tenant_id, account.id):
            require_active(tenant)
            await require_active_account(uow, account)
        issued = await issue(uow, account, asked, methods=("oidc",), secret=secret, at=at)
        await uow.commit()
    return issued


def _unexpected(why: str) -> Unauthenticated:
    return Unauthenticated("provider_answer_invalid", f"The provider's answer cannot be used: {why}.")
