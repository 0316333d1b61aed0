"""Whole documents of the archive's entities as the events that carry them."""

from services.archive.domain.department import Department
from shared.contracts import organisation


def department_changed(department: Department) -> organisation.DepartmentChanged:
    """Describe a department as it now is."""
    return organisation.DepartmentChanged(
        department_id=department.id,
        sequence=department.sequence,
        code=department.code,
        name=department.name,
        parent_id=department.parent_id,
        heads=tuple(
            organisation.Headship(
                employee_id=head.employee_id, kind=head.kind, starts_on=head.starts_on, ends_on=head.ends_on
            )
            for head in department.heads
        ),
    )
