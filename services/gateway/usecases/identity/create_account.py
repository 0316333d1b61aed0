"""Give a person an account."""

from collections.abc import Sequence
from uuid import UUID

from services.gateway.domain.identity.account import Account, Role
from services.gateway.usecases.identity.passwords import hash_password
from services.gateway.usecases.identity.references import find_employee, require_departments
from services.gateway.usecases.ports import UnitOfWork, Work


async def create_account(
    work: Work,
    *,
    username: str,
    password: str,
    roles: Sequence[Role],
    hr_departments: Sequence[UUID] | None = None,
    employee_id: UUID | None = None,
    work_number: str | None = None,
) -> Account:
    """Raise Conflict (`already_exists`), NotFound (`employee_unknown`, `department_unknown`), Invalid."""
    password_hash = await hash_password(password)
    async with work() as uow:
        await require_departments(uow, hr_departments or ())
        account = new_account(
            uow,
            username=username,
            password_hash=password_hash,
            roles=roles,
            hr_departments=hr_departments,
            employee_id=await find_employee(uow, employee_id=employee_id, work_number=work_number),
        )
        await uow.accounts.add(account)
        await uow.commit()
    return account


def new_account(
    uow: UnitOfWork,
    *,
    username: str,
    password_hash: str,
    roles: Sequence[Role],
    hr_departments: Sequence[UUID] | None = None,
    employee_id: UUID | None = None,
) -> Account:
    """Build an open account; user names do not tell upper from lower case."""
    return Account(
        id=uow.new_id(),
        username=username.lower(),
        password_hash=password_hash,
        employee_id=employee_id,
        roles=tuple(roles),
        hr_departments=None if hr_departments is None else tuple(hr_departments),
        active=True,
        sequence=1,
        created_at=uow.now(),
        updated_at=uow.now(),
    ).checked()
