"""What must come, written from the design and from nothing else: it imports neither policies nor services.

Rows follow the relation: oneself, the subtree one heads today, the departments of an HR person, everything of the
tenant for administrators, for HR that is not confined and for systems with the scope. Out of reach is not there.
Nobody decides about what is their own. The auditor reads the log, and nothing of the business.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from tests.integration.access import chart

Place = Literal["ours", "theirs", "absent"]


@dataclass(frozen=True, slots=True)
class Caller:
    """A person with an account, or a system."""

    name: str
    person: str | None = None
    roles: frozenset[str] = frozenset()
    confined_to: tuple[str, ...] | None = None
    """Departments of an HR person; None for the whole company."""
    is_system: bool = False
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom or what a row is about: a person, a department, or the company as a whole."""

    place: Place
    person: str | None = None
    department: str | None = None

    @property
    def name(self) -> str:
        return self.person or self.department or "company"

    def __str__(self) -> str:
        return self.name if self.place == "ours" else self.place


class Verdict(Enum):
    ADMITTED = "admitted"
    FORBIDDEN = "forbidden"
    """The role never does this, whatever the row: 403."""
    HIDDEN = "hidden"
    """404, the same as for what is not there."""
    OWN = "own"
    """403: the row is the caller's own affair."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who does something: everybody who works here, people about themselves, heads, HR, administrators, systems."""

    everybody: bool = False
    oneself: bool = False
    heads: bool = False
    very_heads: bool = False
    """Only who heads the very department, not who heads one above."""
    general_manager: bool = False
    """Only who heads the top of the line, and not about the top itself."""
    hr: Literal["any", "scope", "company"] | None = None
    """`any`: all of HR, `scope`: its departments' rows, `company`: only HR that is not confined."""
    admin: bool = False
    auditor: bool = False
    scope: str | None = None
    logged_in: bool = False
    """Whoever has an account, whatever the role, about nothing but the own."""
    shares_company: bool = False
    """Rows of the company as a whole are for everybody who does this at all."""
    own_forbidden: bool = False
    """Nobody does it about their own."""
    own_headship_forbidden: bool = False
    """Nobody appoints or dismisses themselves."""
    needs_employee: bool = False
    """Only for people who work here, whatever their role."""
    sees: "Audience | None" = None
    """Who may know of the row although they may not do this: they are told 403 instead of 404."""

    def judge(self, caller: Caller, subject: Subject) -> Verdict:
        if not self.ever(caller):
            return Verdict.FORBIDDEN
        if subject.place != "ours":
            return Verdict.HIDDEN
        if not self.reaches(caller, subject):
            known = self.sees is not None and self.sees.reaches(caller, subject)
            return Verdict.FORBIDDEN if known else Verdict.HIDDEN
        if (self.own_forbidden and is_own(caller, subject)) or (
            self.own_headship_forbidden and caller.person in chart.moved_by_appointing(subject.department or "")
        ):
            return Verdict.OWN
        return Verdict.ADMITTED

    def reaches(self, caller: Caller, subject: Subject) -> bool:
        """Tell whether a row of our tenant is within reach."""
        if caller.is_system:
            return self.scope in caller.scopes
        if self.shares_company and subject.person is None and subject.department is None:
            return self.ever(caller)
        return self._by_role(caller, subject) or (caller.person is not None and self._as_employee(caller, subject))

    def ever(self, caller: Caller) -> bool:
        """Tell whether the caller does this about anything; who is a head is told by the organisation, row by row."""
        if caller.is_system:
            return self.scope in caller.scopes
        if self.needs_employee and caller.person is None:
            return False
        if self.logged_in:
            return True
        by_organisation = self.everybody or self.oneself or self.heads or self.very_heads or self.general_manager
        return (caller.person is not None and by_organisation) or self._ever_by_role(caller)

    def _ever_by_role(self, caller: Caller) -> bool:
        hr = self.hr in {"any", "scope"} or (self.hr == "company" and caller.confined_to is None)
        by_role = {"hr": hr, "admin": self.admin, "auditor": self.auditor}
        return any(by_role[role] for role in caller.roles)

    def _by_role(self, caller: Caller, subject: Subject) -> bool:
        if (self.admin and "admin" in caller.roles) or (self.auditor and "auditor" in caller.roles):
            return True
        if self.hr is None or "hr" not in caller.roles:
            return False
        if self.hr == "any" or caller.confined_to is None:
            return True
        return self.hr == "scope" and _in_scope(caller.confined_to, subject)

    def _as_employee(self, caller: Caller, subject: Subject) -> bool:
        person, department = caller.person or "", _department(subject)
        return (
            self.everybody
            or (self.oneself and subject.person == person)
            or (self.heads and department is not None and chart.leads(person, department))
            or (self.very_heads and department is not None and person in chart.heads_of(department))
            or (self.general_manager and department not in {None, chart.TOP} and person in chart.heads_of(chart.TOP))
        )


@dataclass(frozen=True, slots=True)
class OfParts(Audience):
    """Who sees a list of several kinds of rows: of each kind what that kind's own audience sees."""

    parts: Mapping[str, Audience] = field(default_factory=dict)

    def ever(self, caller: Caller) -> bool:
        return any(part.ever(caller) for part in self.parts.values())


def is_own(caller: Caller, subject: Subject) -> bool:
    """Tell whether it is about the caller, or about the department where the caller works or that the caller heads."""
    if caller.person is None:
        return False
    if subject.person is not None:
        return subject.person == caller.person
    department = subject.department
    return department is not None and (
        chart.HOMES[caller.person] == department or caller.person in chart.heads_of(department)
    )


def _department(subject: Subject) -> str | None:
    return chart.HOMES[subject.person] if subject.person is not None else subject.department


def _in_scope(departments: tuple[str, ...], subject: Subject) -> bool:
    department = _department(subject)
    return department is not None and not set(departments).isdisjoint(chart.line(department))


def everybody_reads(scope: str) -> Audience:
    """Give who reads what the whole company shares."""
    return Audience(everybody=True, hr="any", admin=True, scope=scope)


def of_people(scope: str) -> Audience:
    """Give who reads what is about a person."""
    return Audience(oneself=True, heads=True, hr="scope", admin=True, scope=scope)


def hr_decides(scope: str | None) -> Audience:
    """Give who writes what is about somebody, never about themselves."""
    return Audience(hr="scope", admin=True, scope=scope, own_forbidden=True)


def company_hr(scope: str | None = None) -> Audience:
    """Give who writes what holds for the whole company."""
    return Audience(hr="company", admin=True, scope=scope)


ADMINISTRATORS = Audience(admin=True)
