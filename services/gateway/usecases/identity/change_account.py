"""Change an account: its password, person, roles, or whether it is open."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.gateway.domain.identity.account import Account
from services.gateway.usecases.identity.end_sessions import end_everywhere
from services.gateway.usecases.identity.passwords import hash_password
from services.gateway.usecases.identity.references import find_employee, require_departments
from services.gateway.usecases.ports import UnitOfWork, Work
from shared.core.access import Principal
from shared.core.versions import require_version


async def change_account(
    work: Work, account_id: UUID, changes: Mapping[str, Any], *, by: Principal, expected: int | None
) -> Account:
    """Apply a merge patch of `password`, `employee_id`, `work_number`, `roles`, `hr_departments`, `active`.

    Tokens issued until now are void; a new password and a closed account end every session as well.
    Raises NotFound, PreconditionFailed, Conflict (`own_account`), Invalid (`hr_role_missing`).
    """
    hashed = {"password_hash": await hash_password(changes["password"])} if "password" in changes else {}
    async with work() as uow:
        account = await uow.accounts.get(account_id)
        require_version(account.sequence, expected)
        fields = {**hashed, **await _resolved(uow, changes)}
        changed = account.changed(fields, by=by, at=uow.now())
        await uow.accounts.save(changed)
        if hashed or not changed.active:
            await end_everywhere(uow, changed)
        else:
            await uow.revoke(account.id)  # tokens say what the account was
        await uow.commit()
    return changed


async def _resolved(uow: UnitOfWork, changes: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: changes[name] for name in ("roles", "hr_departments", "active") if name in changes}
    await require_departments(uow, fields.get("hr_departments") or ())
    if "employee_id" in changes or "work_number" in changes:
        employee_id, work_number = changes.get("employee_id"), changes.get("work_number")
        fields["employee_id"] = await find_employee(uow, employee_id=employee_id, work_number=work_number)
    return fields
