"""Users as SCIM has them, out of the archive's rows and back into what a directory says of a person."""

import zlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from scim2_models import Meta, Resource

from services.archive.api.scim.resources import (
    Email,
    EnterpriseUser,
    Manager,
    Membership,
    Name,
    PhoneNumber,
    User,
)
from services.archive.domain.directory import LEFT_OPEN, Entry, Values
from shared.core.errors import NotFound, Violation
from shared.core.paging import Row

_NAMES = {"formatted": "formatted_name", "family_name": "family_name", "given_name": "given_name"}
_TEXTS = ("organization", "division", "cost_center")
Person = User[EnterpriseUser]


def user_of(row: Row) -> Person:
    """Show a person."""
    kept, spells = row["directory"], row["spells"]
    user = Person(id=str(row["id"]), external_id=row["external_id"], meta=_meta(row))
    user.user_name = row["user_name"] or row["work_number"]
    user.display_name = _unless_open(kept, "display_name", row["name"])
    user.name = _name(row)
    user.active = _unless_open(kept, "active", _is_active(row))
    user.title = _unless_open(kept, "title", kept.get("title") or (spells[0]["position_name"] if spells else None))
    user.emails = [Email(**each) for each in _emails(row)] or None
    user.phone_numbers = [PhoneNumber(**each) for each in row["phone_numbers"] or ()] or None
    departments = {spell["department_id"]: spell["department_name"] for spell in spells}
    user.groups = [_membership(each, name) for each, name in departments.items()] or None
    user[EnterpriseUser] = _enterprise(row)
    return user


def entry_of(user: Resource[Any]) -> Entry:
    """Read what a directory says. Raises NotFound (`reference_not_found`) for a manager who is no User."""
    assert isinstance(user, User)  # noqa: S101 -- scim2-server made it of our model
    more = user[EnterpriseUser] or EnterpriseUser()
    name = user.name or Name()
    return Entry(
        user_name=user.user_name or "",
        external_id=user.external_id,
        display_name=user.display_name,
        **{ours: getattr(name, theirs) for theirs, ours in _NAMES.items()},
        employee_number=more.employee_number,
        active=user.active,
        title=user.title,
        department=more.department,
        **{text: getattr(more, text) for text in _TEXTS},
        manager_id=_manager_id(more.manager),
        emails=_values(user.emails),
        phone_numbers=_values(user.phone_numbers),
    )


def id_of(text: str, *, pointer: str) -> UUID:
    """Read the id of somebody who is referred to. Raises NotFound (`reference_not_found`)."""
    try:
        return UUID(text)
    except ValueError:
        detail = "There is nothing with this id."
        violation = Violation(pointer, "reference_not_found", detail)
        raise NotFound("reference_not_found", detail, violations=[violation]) from None


def _meta(row: Row) -> Meta:
    shown = zlib.crc32(orjson.dumps([row["spells"], _is_active(row)]))
    return Meta(
        resource_type="User",
        created=row["created_at"],
        last_modified=row["updated_at"],
        version=f'W/"{row["sequence"]}-{shown:08x}"',
    )


def _is_active(row: Row) -> bool:
    left_on = row["left_on"]
    return left_on is None or (left_on > row["today"] and left_on > row["joined_on"])


def _unless_open(kept: dict[str, Any], part: str, value: Any) -> Any:  # noqa: ANN401 -- whatever the archive has there
    return None if part in kept.get(LEFT_OPEN, ()) else value


def _name(row: Row) -> Name | None:
    kept = row["directory"]
    parts = {theirs: kept[ours] for theirs, ours in _NAMES.items() if ours in kept}
    if not parts and not kept:
        parts = {"formatted": row["name"]}
    return Name(**parts) if parts else None


def _emails(row: Row) -> Sequence[dict[str, Any]]:
    """Give the addresses as they were said; what HR has written down since comes instead of them."""
    said: Sequence[dict[str, Any]] = row["directory"].get("emails", ())
    if row["email"] is None or any(each.get("value") == row["email"] for each in said):
        return said
    return [{"value": row["email"], "type": "work", "primary": True}]


def _enterprise(row: Row) -> EnterpriseUser | None:
    kept, main = row["directory"], row["spells"][0] if row["spells"] else None
    department = kept.get("department") or (main["department_name"] if main else None)
    manager = main["manager_id"] if main else kept.get("manager_id")
    more = EnterpriseUser(
        employee_number=_unless_open(kept, "employee_number", row["work_number"]),
        department=_unless_open(kept, "department", department),
        manager=Manager(value=str(manager), ref=f"Users/{manager}") if manager else None,
        **{text: kept.get(text) for text in _TEXTS},
    )
    return more if more.model_dump() else None


def _membership(department_id: str, name: str) -> Membership:
    return Membership(value=department_id, ref=f"Groups/{department_id}", display=name)


def _manager_id(manager: Manager | None) -> UUID | None:
    return id_of(manager.value, pointer="/manager") if manager is not None and manager.value else None


def _values(attributes: Sequence[Any] | None) -> Values:
    """Give the primary one first."""
    said = [each.model_dump(exclude_none=True, by_alias=False) for each in attributes or () if each.value]
    return tuple(sorted(said, key=lambda each: not each.get("primary")))
