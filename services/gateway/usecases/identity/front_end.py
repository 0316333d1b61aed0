"""Which front end somebody comes from, before anybody is sent anywhere."""

from dataclasses import dataclass
from uuid import UUID

from services.gateway.domain.identity.redirect_uri import is_registered
from services.gateway.usecases.identity.admission import client_refused, require_active_tenant, tried_with
from services.gateway.usecases.ports import WorkOf
from services.gateway.usecases.ports.identity import Credentials, KnownClient
from shared.core.errors import Invalid


@dataclass(frozen=True, slots=True)
class FrontEnd:
    """A client through which people of its company log in, and of no other."""

    tenant_id: UUID
    client_id: UUID
    name: str
    company: str
    locale: str
    """The company's own language."""
    provider: str | None
    """What its OIDC provider is called, where it has one."""
    passwords: bool
    """Whether others than administrators may log in by password."""


async def find_front_end(
    credentials: Credentials, work_of: WorkOf, *, client_id: UUID | None, redirect_uri: str
) -> FrontEnd:
    """Tell who asks, if answers may go where it wants them.

    Raises Unauthenticated (`client_invalid`), Invalid (`redirect_uri_unregistered`), Forbidden (`tenant_suspended`).
    """
    known = await credentials.api_client(client_id) if client_id else None
    if known is None:
        raise client_refused()
    with tried_with(known.tenant_id, known.client.id):
        return await _found(known, work_of, redirect_uri)


async def _found(known: KnownClient, work_of: WorkOf, redirect_uri: str) -> FrontEnd:
    if not known.client.active:
        raise client_refused()
    if not is_registered(redirect_uri, known.client.redirect_uris):
        raise Invalid("redirect_uri_unregistered", "This address is none that the client has registered.")
    async with work_of(known.tenant_id)() as uow:
        tenant, provider = await require_active_tenant(uow), await uow.identity_providers.find()
    return FrontEnd(
        tenant_id=known.tenant_id,
        client_id=known.client.id,
        name=known.client.name,
        company=tenant.name,
        locale=tenant.locale,
        provider=provider.name if provider else None,
        passwords=provider is None or provider.local_passwords,
    )
