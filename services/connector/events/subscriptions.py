"""What the connector listens to."""

from services.connector.events.on_department_changed import on_department_changed
from services.connector.events.on_employee_changed import on_employee_changed
from services.connector.events.on_record_changed import on_record_changed
from shared.contracts.organisation import DepartmentChanged, EmployeeChanged
from shared.contracts.records import RecordChanged
from shared.kit.subscriptions import Subscriptions

SUBSCRIPTIONS = Subscriptions(
    {
        EmployeeChanged: on_employee_changed,
        DepartmentChanged: on_department_changed,
        RecordChanged: on_record_changed,
    }
)
