"""Who is calling and how far that caller reaches, as plain data that every layer may read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from shared.core.errors import Forbidden

PrincipalKind = Literal["person", "client", "operator"]
"""An operator stands outside of every company, and is named in the audit log of the one it did something to."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified caller: a person with an account, a system with credentials, or whoever runs the installation."""

    tenant_id: UUID
    subject: str
    """Account or client id; what audit and idempotency remember."""
    kind: PrincipalKind
    employee_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    """Roles held by appointment (`hr`, `admin`, …); being a head follows from the organisation instead."""
    scopes: frozenset[str] = frozenset()
    hr_departments: tuple[UUID, ...] | None = None
    """Departments (with their subtrees) an HR person is confined to; None reaches the whole company."""

    def as_account(self) -> UUID:
        """Give the id of a person's account, or refuse a system."""
        try:
            return UUID(self.subject if self.kind == "person" else "")
        except ValueError:
            raise Forbidden("not_a_person", "Only a person with an account can do this.") from None

    def as_employee(self) -> UUID:
        """Give the caller's employee id, or refuse a caller that is nobody in the archive."""
        if self.employee_id is None:
            raise Forbidden("not_an_employee", "Only a person with an employee record can do this.")
        return self.employee_id


@dataclass(frozen=True, slots=True)
class Reach:
    """The rows a caller may touch: everything, or the union of the other three."""

    everything: bool = False
    own: UUID | None = None
    """Rows about this employee."""
    headed_by: UUID | None = None
    """Rows of departments this employee heads today, subtrees included."""
    departments: tuple[UUID, ...] = ()
    """Rows of these departments, subtrees included."""

    @property
    def nothing(self) -> bool:
        return not (self.everything or self.own or self.headed_by or self.departments)

    def covers(self, other: "Reach") -> bool:
        """Tell whether every row within `other` is surely within this one, without looking at the organisation."""
        if self.everything or other.everything:
            return self.everything
        people = other.own in {None, self.own} and other.headed_by in {None, self.headed_by}
        return people and set(other.departments) <= set(self.departments)


Sight = Mapping[str, Reach]
"""By sensitivity label: the rows of which a caller sees the fields that bear it."""
Expand = Mapping[str, Reach]
"""Which references to expand, and how far the caller reads what each stands for."""
EVERYTHING = Reach(everything=True)


@dataclass(frozen=True, slots=True)
class Grant:
    """A permitted call: who makes it, and how far it reaches."""

    principal: Principal
    reach: Reach


@dataclass(frozen=True, slots=True)
class Grants:
    """A permitted call that touches several kinds of rows: how far it reaches with the action for each."""

    principal: Principal
    reaches: Mapping[str, Reach]

    def of(self, action: str) -> Grant:
        """Give the grant for one of the actions. Raises Forbidden (`not_permitted`)."""
        if self.reaches[action].nothing:
            raise Forbidden("not_permitted", "Your role does not permit this.")
        return Grant(self.principal, self.reaches[action])
