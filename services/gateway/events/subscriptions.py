"""What the gateway listens to."""

from services.gateway.events.on_audit_recorded import on_audit_recorded
from services.gateway.events.on_department_changed import on_department_changed
from services.gateway.events.on_employee_changed import on_employee_changed
from shared.contracts.audit import AuditRecorded
from shared.contracts.organisation import DepartmentChanged, EmployeeChanged
from shared.kit.subscriptions import Subscriptions

SUBSCRIPTIONS = Subscriptions(
    {
        EmployeeChanged: on_employee_changed,
        DepartmentChanged: on_department_changed,
        AuditRecorded: on_audit_recorded,
    },
)
