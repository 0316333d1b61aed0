"""Found a tenant, with its first administrator where one is named."""

from dataclasses import dataclass, field

from services.gateway.domain.tenant import Tenant
from services.gateway.usecases.identity.announce import tenant_changed
from services.gateway.usecases.identity.create_account import new_account
from services.gateway.usecases.identity.passwords import hash_password
from services.gateway.usecases.ports import Founding


@dataclass(frozen=True, slots=True)
class FirstAdmin:
    """Whoever will make all other accounts; nobody has a default password."""

    username: str
    password: str = field(repr=False)


async def found_tenant(founding: Founding, tenant: Tenant, *, admin: FirstAdmin | None) -> None:
    """Write the tenant and announce it to every service."""
    password_hash = await hash_password(admin.password) if admin else ""
    founded = tenant_changed(tenant)
    async with founding(founded) as uow:
        if admin is not None:
            account = new_account(uow, username=admin.username, password_hash=password_hash, roles=["admin"])
            await uow.accounts.add(account)
        uow.publish(founded)
        await uow.commit()
