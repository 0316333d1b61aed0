"""Let a person in by user name and password."""

from uuid import UUID

from services.gateway.usecases.admission import require_active_account, require_active_tenant
from services.gateway.usecases.passwords import matches
from services.gateway.usecases.ports import Credentials, WorkOf
from shared.core.access import Principal
from shared.core.errors import Unauthenticated


async def open_session(
    credentials: Credentials, work_of: WorkOf, *, username: str, password: str, tenant_id: UUID | None
) -> Principal:
    """Tell who logged in.

    Without a tenant the user name must be the only one of its kind in the installation.
    Raises Unauthenticated (`credentials_invalid`), Forbidden (`account_inactive`, `tenant_suspended`).
    """
    found = await credentials.accounts(username.lower(), tenant_id=tenant_id)
    tenant, account = found[0] if len(found) == 1 else (None, None)
    if not await matches(account.password_hash if account else None, password) or tenant is None or account is None:
        raise Unauthenticated(
            "credentials_invalid",
            "User name or password is wrong; where companies use the same user name, name the tenant too.",
        )
    async with work_of(tenant)() as uow:
        await require_active_tenant(uow)
        await require_active_account(uow, account)
    return account.principal(tenant)
