"""Let a company's people log in by its OIDC provider, or no longer."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.gateway.domain.identity.identity_provider import IdentityProvider
from services.gateway.usecases.ports import Work
from shared.core.errors import NotFound
from shared.core.versions import require_version


async def set_identity_provider(work: Work, fields: Mapping[str, Any], *, expected: int | None) -> IdentityProvider:
    """Take one, or change it; a `client_secret` that is left out stays as it was while the issuer is the same.

    Accounts stay linked by issuer and subject. Raises PreconditionFailed.
    """
    async with work() as uow:
        before, now = await uow.identity_providers.find(), uow.now()
        require_version(before.sequence if before else 0, expected)
        if before is None:
            wanted = {"client_secret": None, **fields}
            provider = IdentityProvider(**wanted, sequence=1, created_at=now, updated_at=now)
            await uow.identity_providers.add(provider)
        else:
            forgotten = {} if fields["issuer"] == before.issuer else {"client_secret": None}
            changes = {**forgotten, **fields}
            provider = replace(before, **changes, sequence=before.sequence + 1, updated_at=now)
            await uow.identity_providers.save(provider)
        await uow.commit()
    return provider


async def remove_identity_provider(work: Work) -> None:
    """Let people log in by what is kept here alone. Raises NotFound."""
    async with work() as uow:
        if await uow.identity_providers.find() is None:
            raise NotFound.of("identity provider")
        await uow.identity_providers.remove()
        await uow.commit()
