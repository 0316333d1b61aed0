"""People and departments as the archive announces them."""

from datetime import date
from typing import Any

from shared.contracts.organisation import DepartmentChanged, EmployeeChanged
from shared.core.ids import Uuid7

_ids = Uuid7()


def make_employee(**overrides: Any) -> EmployeeChanged:
    employee_id = _ids.new()
    fields: dict[str, Any] = {
        "employee_id": employee_id,
        "sequence": 1,
        "work_number": f"W{employee_id.hex[:16]}",
        "name": "王建国",
        "joined_on": date(2020, 1, 1),
        "employments": (),
    }
    return EmployeeChanged(**{**fields, **overrides})


def make_department(**overrides: Any) -> DepartmentChanged:
    department_id = _ids.new()
    fields: dict[str, Any] = {
        "department_id": department_id,
        "sequence": 1,
        "code": f"D{department_id.hex[:16]}",
        "name": "销售部",
    }
    return DepartmentChanged(**{**fields, **overrides})
