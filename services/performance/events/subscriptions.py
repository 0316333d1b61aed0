"""What the performance engine listens to."""

from services.performance.events.on_business_target_changed import on_business_target_changed
from services.performance.events.on_calendar_changed import on_calendar_changed
from services.performance.events.on_completeness_declared import on_completeness_declared
from services.performance.events.on_department_changed import on_department_changed
from services.performance.events.on_employee_changed import on_employee_changed
from services.performance.events.on_observations_recorded import on_observations_recorded
from services.performance.events.on_record_changed import on_record_changed
from shared.contracts.observations import BusinessTargetChanged, CompletenessDeclared, ObservationsRecorded
from shared.contracts.organisation import CalendarChanged, DepartmentChanged, EmployeeChanged
from shared.contracts.records import RecordChanged
from shared.kit.subscriptions import Subscriptions

SUBSCRIPTIONS = Subscriptions(
    {
        EmployeeChanged: on_employee_changed,
        DepartmentChanged: on_department_changed,
        CalendarChanged: on_calendar_changed,
        RecordChanged: on_record_changed,
        BusinessTargetChanged: on_business_target_changed,
        ObservationsRecorded: on_observations_recorded,
        CompletenessDeclared: on_completeness_declared,
    },
)
