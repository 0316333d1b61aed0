"""Accounts: how people log in, what they were appointed to, and whose employee record is theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from shared.core.access import Principal
from shared.core.errors import Conflict, Invalid

Role = Literal["hr", "admin", "auditor"]


@dataclass(frozen=True, slots=True)
class Employee:
    """What the gateway needs to know of somebody in the archive."""

    id: UUID
    left_on: date | None
    deleted: bool

    def works_on(self, day: date) -> bool:
        return not self.deleted and (self.left_on is None or day < self.left_on)


@dataclass(frozen=True, slots=True)
class Account:
    id: UUID
    username: str
    """Unique within the tenant, in lower case."""
    password_hash: str = field(repr=False)
    employee_id: UUID | None
    roles: tuple[Role, ...]
    hr_departments: tuple[UUID, ...] | None
    """Departments an HR person is confined to, subtrees included; None for the whole company."""
    active: bool
    sequence: int
    created_at: datetime
    updated_at: datetime

    def __post_init__(self) -> None:
        if self.username.split() != [self.username]:
            raise Invalid.at("/username", "username_invalid", "A user name has no spaces.")
        if self.hr_departments is not None and "hr" not in self.roles:
            raise Invalid.at("/hr_departments", "hr_role_missing", "Only HR is confined to departments; add the role.")

    def changed(self, changes: Mapping[str, Any], *, by: Principal, at: datetime) -> "Account":
        """Apply a merge patch of any fields but the key.

        Raises Conflict (`own_account`) where administrators would decide what they themselves are, Invalid.
        """
        after = replace(self, **changes, sequence=self.sequence + 1, updated_at=at)
        if by.subject == str(self.id) and _standing(self) != _standing(after):
            raise Conflict("own_account", "Another administrator must change your roles, your person or your access.")
        return after.checked()

    def checked(self) -> "Account":
        """Give itself, unless who watches would also act. Raises Invalid (`roles_incompatible`)."""
        if "auditor" in self.roles and len(set(self.roles)) > 1:
            raise Invalid.at("/roles", "roles_incompatible", "An auditor watches the others and holds no other role.")
        return self

    def principal(self, tenant_id: UUID) -> Principal:
        return Principal(
            tenant_id=tenant_id,
            subject=str(self.id),
            kind="person",
            employee_id=self.employee_id,
            roles=frozenset(self.roles),
            hr_departments=self.hr_departments,
        )


def _standing(account: Account) -> tuple[object, ...]:
    """Give what an account is by appointment, apart from how its owner logs in."""
    return account.active, account.employee_id, frozenset(account.roles), account.hr_departments
