"""Whole documents of the archive's entities as the events that carry them."""

from dataclasses import asdict

from services.archive.domain.calendar import Calendar
from services.archive.domain.department import Department
from services.archive.domain.employee import Employee
from services.archive.domain.position import Position
from services.archive.domain.record import Record
from shared.contracts import organisation, records


def department_changed(department: Department) -> organisation.DepartmentChanged:
    """Describe a department as it now is."""
    return organisation.DepartmentChanged(
        department_id=department.id,
        sequence=department.sequence,
        code=department.code,
        name=department.name,
        parent_id=department.parent_id,
        heads=tuple(organisation.Headship(**asdict(head)) for head in department.heads),
    )


def employee_changed(employee: Employee) -> organisation.EmployeeChanged:
    """Describe an employee as he or she now is; custom fields stay at home."""
    return organisation.EmployeeChanged(
        employee_id=employee.id,
        sequence=employee.sequence,
        work_number=employee.work_number,
        name=employee.name,
        email=employee.email,
        joined_on=employee.joined_on,
        left_on=employee.left_on,
        employments=tuple(organisation.Employment(**asdict(spell)) for spell in employee.employments),
        leaves=tuple(organisation.Leave(**asdict(leave)) for leave in employee.leaves),
    )


def position_changed(position: Position) -> organisation.PositionChanged:
    """Describe a position as it now is."""
    return organisation.PositionChanged(
        position_id=position.id, sequence=position.sequence, code=position.code, name=position.name
    )


def calendar_changed(calendar: Calendar) -> organisation.CalendarChanged:
    """Describe the work calendar as it now is."""
    return organisation.CalendarChanged(
        sequence=calendar.sequence, holidays=calendar.holidays, workdays=calendar.workdays
    )


def record_changed(record: Record) -> records.RecordChanged:
    """Describe what may be measured of a record; title and note stay at home."""
    performance = record.performance
    return records.RecordChanged(
        record_id=record.id,
        sequence=record.sequence,
        employee_id=record.employee_id,
        kind=record.kind,
        occurred_on=record.occurred_on,
        measurements=tuple(records.Measurement(**asdict(each)) for each in record.measurements),
        performance=records.PastPerformance.model_validate(asdict(performance)) if performance else None,
        deleted=record.deleted,
    )
