"""Whose account somebody is whom a provider names."""

from uuid import UUID

from services.gateway.domain.identity.account import Account
from services.gateway.domain.identity.identity_provider import FederatedIdentity, Identity, IdentityProvider
from services.gateway.usecases.identity.admission import tried_with
from services.gateway.usecases.identity.create_account import new_account
from services.gateway.usecases.identity.owners import owner_of
from services.gateway.usecases.ports import UnitOfWork
from shared.core.errors import Conflict, Forbidden, Invalid


async def linked_account(
    uow: UnitOfWork, provider: IdentityProvider, identity: Identity, *, spare_hash: str
) -> Account:
    """Give the account that this subject was linked to; at first find it by the claim, or make it, and link it.

    Raises Forbidden (`identity_unknown`, `identity_unusable`, `identity_taken`, `email_unverified`).
    """
    linked = await owner_of(uow, uow.federated_identities, issuer=identity.issuer, subject=identity.subject)
    if linked is not None:
        return linked
    value = provider.value_of(identity)
    account = await _account_of(uow, provider, value, spare_hash=spare_hash)
    with tried_with(uow.tenant_id, account.id):
        if await uow.federated_identities.find(issuer=identity.issuer, account_id=account.id) is not None:
            raise _taken()  # a work number or an address that somebody else had before
    link = FederatedIdentity(identity.issuer, identity.subject, account.id, uow.real_now())
    await uow.federated_identities.add(link)
    return account


async def _account_of(uow: UnitOfWork, provider: IdentityProvider, value: str, *, spare_hash: str) -> Account:
    """Find or make the account whose person, or whose name, the claim's value is."""
    if provider.attribute == "username":
        found = await uow.accounts.all(username=value.lower())
        return found[0] if found else await _made(uow, provider, value, None, spare_hash)
    employee = await uow.org.find_employee(**{provider.attribute: value})
    if employee is None or employee.deleted:
        raise _unknown()
    found = await uow.accounts.all(employee_id=employee.id)
    if len(found) > 1:
        raise _taken()
    return found[0] if found else await _made(uow, provider, value, employee.id, spare_hash)


async def _made(
    uow: UnitOfWork, provider: IdentityProvider, name: str, employee_id: UUID | None, spare_hash: str
) -> Account:
    if provider.unknown_people == "refuse":
        raise _unknown()
    try:
        account = new_account(
            uow, username=name, password_hash=spare_hash, roles=provider.default_roles, employee_id=employee_id
        )
        await uow.accounts.add(account)
    except Invalid:
        raise Forbidden("identity_unusable", "What the provider calls this person cannot be a user name.") from None
    except Conflict:
        raise _taken() from None
    return account


def _unknown() -> Forbidden:
    return Forbidden("identity_unknown", "Nobody here is whom the provider names; ask an administrator.")


def _taken() -> Forbidden:
    return Forbidden("identity_taken", "Somebody else has the account that this would be; ask an administrator.")
