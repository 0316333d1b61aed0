"""What a directory, such as a company's identity provider, says of people beside what the archive itself knows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

Values = tuple[Mapping[str, Any], ...]
"""Addresses or numbers of one person, each with its `value` and what it is for, the primary one first."""
LEFT_OPEN = "left_open"
"""The member of a kept document that names what the directory leaves open: the archive knows it, and does not tell."""
_KEPT = ("given_name", "family_name", "formatted_name", "organization", "division", "cost_center")
_OPTIONAL = ("display_name", "employee_number", "active", "title", "department")
_HAN = re.compile("[㐀-鿿]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person as a directory describes them; None is what it leaves open."""

    user_name: str
    external_id: str | None = None
    display_name: str | None = None
    formatted_name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    employee_number: str | None = None
    active: bool | None = None
    title: str | None = None
    department: str | None = None
    organization: str | None = None
    division: str | None = None
    cost_center: str | None = None
    manager_id: UUID | None = None
    emails: Values = ()
    phone_numbers: Values = ()

    @property
    def name(self) -> str:
        """What to call the person."""
        return self.display_name or self._full_name or self.user_name

    @property
    def email(self) -> str | None:
        """The address to write to."""
        return next((each["value"] for each in self.emails if each.get("value")), None)

    def renames(self, name: str, kept: Mapping[str, Any]) -> bool:
        """Tell whether the parts of a name have changed from which alone the present `name` was made."""
        before = _full_name(kept.get("formatted_name"), kept.get("given_name"), kept.get("family_name"))
        return self.display_name == name == before != self._full_name

    def called(self, name: str, kept: Mapping[str, Any]) -> str:
        """Decide what the person is called who is called `name` now."""
        return (self._full_name or name) if self.renames(name, kept) else self.name

    def document(self, *, employed: bool, department_found: bool, title_found: bool) -> dict[str, Any]:
        """Give what is kept of it as it was said: what names nothing here, and the manager of whom is not employed."""
        kept: dict[str, Any] = {part: getattr(self, part) for part in _KEPT}
        kept["title"] = None if title_found else self.title
        kept["department"] = None if department_found else self.department
        kept["manager_id"] = None if employed or self.manager_id is None else str(self.manager_id)
        kept["emails"] = [dict(each) for each in self.emails] or None
        kept[LEFT_OPEN] = [part for part in _OPTIONAL if getattr(self, part) is None] or None
        return {part: said for part, said in kept.items() if said is not None}

    @property
    def _full_name(self) -> str | None:
        return _full_name(self.formatted_name, self.given_name, self.family_name)


def _full_name(formatted: str | None, given_name: str | None, family_name: str | None) -> str | None:
    """Write a name as its own language does: Chinese begins with the family and has no space."""
    if formatted:
        return formatted
    parts = [part for part in (given_name, family_name) if part]
    if any(_HAN.search(part) for part in parts):
        return "".join(reversed(parts))
    return " ".join(parts) or None
