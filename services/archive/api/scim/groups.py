"""Groups as SCIM has them: departments, and who works in them today."""

from collections.abc import Collection
from uuid import UUID

from scim2_models import Meta

from services.archive.api.scim.people import id_of
from services.archive.api.scim.resources import Group, Member
from shared.core.paging import Row


def group_of(row: Row) -> Group:
    """Show a department; `members` are None where they were not asked for."""
    return Group(
        id=str(row["id"]),
        external_id=row["external_id"],
        display_name=row["name"],
        members=[_member(each) for each in row["members"] or ()] or None,
        meta=Meta(
            resource_type="Group",
            created=row["created_at"],
            last_modified=row["updated_at"],
            version=f'W/"{row["sequence"]}-{row["digest"]}"',
        ),
    )


def member_ids(group: Group) -> Collection[UUID]:
    """Read who is to work there. Raises NotFound (`reference_not_found`)."""
    values = [(place, each.value) for place, each in enumerate(group.members or ()) if each.value]
    return dict.fromkeys(id_of(value, pointer=f"/members/{place}") for place, value in values)


def _member(employee_id: str) -> Member:
    return Member(value=employee_id, ref=f"Users/{employee_id}", type="User")
