"""Find out whose user name and password somebody shows, and hold on to that until a session is opened."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from services.gateway.domain.identity.account import Account
from services.gateway.domain.identity.session import Method
from services.gateway.usecases.identity.admission import (
    begin_attempt,
    require_active_account,
    require_active_tenant,
    tried_with,
)
from services.gateway.usecases.identity.passwords import matches
from services.gateway.usecases.ports import UnitOfWork
from services.gateway.usecases.ports.identity import Attempts, Credentials
from shared.core.errors import Forbidden, Unauthenticated


@dataclass(frozen=True, slots=True)
class PasswordProof:
    """Whose password was right, and of which password that is true."""

    tenant_id: UUID
    account_id: UUID
    fingerprint: str

    async def account(self, uow: UnitOfWork, *, code: str | None, at: datetime) -> tuple[Account, tuple[Method, ...]]:
        """Give the account as it is now, and how its owner has proven to be it, the second factor included.

        It may have been closed, or given another password, since. Raises Unauthenticated (`credentials_invalid`,
        `second_factor_required`), Forbidden (`account_inactive`, `tenant_suspended`, `password_log_in_off`).
        """
        with tried_with(self.tenant_id, self.account_id):
            await require_active_tenant(uow)
            account = await uow.accounts.get(self.account_id)
            if fingerprint_of(account) != self.fingerprint:
                raise Unauthenticated("credentials_invalid", "The password was changed meanwhile; log in again.")
            await require_active_account(uow, account)
            await _require_passwords(uow, account)
            return account, ("password", *await _second_factor(uow, account, code, at=at))


async def prove_password(
    credentials: Credentials,
    attempts: Attempts,
    *,
    username: str,
    password: str,
    tenant_id: UUID | None,
    at: datetime,
) -> PasswordProof:
    """Compare; the try counts as failed until the account's attempts are cleared.

    Without a tenant the user name must be the only one of its kind in the installation.
    Raises Unauthenticated (`credentials_invalid`), RateLimited (`too_many_attempts`).
    """
    found = await credentials.accounts(username.lower(), tenant_id=tenant_id)
    tenant, account = found[0] if len(found) == 1 else (None, None)
    await begin_attempt(attempts, account.id if account else f"{tenant_id}\n{username.lower()}", at=at)
    if not await matches(account.password_hash if account else None, password) or tenant is None or account is None:
        raise Unauthenticated(
            "credentials_invalid",
            "User name or password is wrong; where companies use the same user name, name the tenant too.",
            tenant_id=tenant,
            subject=str(account.id) if account else None,
        )
    return PasswordProof(tenant, account.id, fingerprint_of(account))


def fingerprint_of(account: Account) -> str:
    """Tell one password from the next without telling anything of either."""
    return sha256(account.password_hash.encode()).hexdigest()


async def _require_passwords(uow: UnitOfWork, account: Account) -> None:
    """Let administrators in by password always, so that a provider that fails shuts no company out."""
    provider = await uow.identity_providers.find()
    if provider is not None and not provider.local_passwords and "admin" not in account.roles:
        detail = "This company lets people log in by its own provider only."
        raise Forbidden("password_log_in_off", detail)


async def _second_factor(uow: UnitOfWork, account: Account, code: str | None, *, at: datetime) -> tuple[Method, ...]:
    """Take the code of a device where one is set up; gives how the person proved who it is besides."""
    factor = await uow.second_factors.find(account_id=account.id)
    if factor is None or factor.confirmed_at is None:
        return ()
    used, method = factor.used(code, at=at)
    await uow.second_factors.save(used)
    return (method,)
