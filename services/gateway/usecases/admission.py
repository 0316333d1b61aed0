"""What keeps a proven caller out nevertheless: a suspended tenant, a closed access, a person who left."""

from services.gateway.domain.account import Account
from services.gateway.usecases.ports import UnitOfWork
from shared.core.errors import Forbidden


async def require_active_tenant(uow: UnitOfWork) -> None:
    """Raise Forbidden (`tenant_suspended`)."""
    if (await uow.tenants.current()).status != "active":
        raise Forbidden("tenant_suspended", "This company's access is suspended.")


async def require_active_account(uow: UnitOfWork, account: Account) -> None:
    """Raise Forbidden (`account_inactive`), also for somebody who is no longer with the company."""
    employee = await uow.org.find_employee(id=account.employee_id) if account.employee_id else None
    if not account.active or (employee is not None and not employee.works_on(uow.today())):
        detail = "This account is closed."
        raise Forbidden("account_inactive", detail, tenant_id=uow.tenant_id, subject=str(account.id))
