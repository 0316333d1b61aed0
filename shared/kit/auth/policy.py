"""One table says who may do what: action → for each role the rows it reaches, and the scope systems need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from fastapi import Depends, Request

from shared.core.access import EVERYTHING, Grant, Grants, Principal, Reach, Sight
from shared.core.errors import Forbidden
from shared.kit.http.caller import caller_of


class Rows(Enum):
    """Which rows a role reaches with an action."""

    ALL = "all"
    HR_SCOPE = "hr_scope"
    """The departments an HR person is responsible for; the whole company where no limit is set."""
    HR_COMPANY = "hr_company"
    """Everything, for HR without such a limit only: who is confined to departments decides nothing for the others."""
    HEADED = "headed"
    """Departments the caller heads today, subtrees included."""
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Rule:
    """For one action: the rows of every role that may do it, and the scope with which a system may."""

    person: Rows | None = None
    """What everybody with an account may, whoever it is: about nothing but that account."""
    employee: Rows | None = None
    """What every person with an employee record may."""
    head: Rows | None = None
    """What being a head adds; it follows from the organisation, so it is decided by rows, not by a claim."""
    hr: Rows | None = None
    admin: Rows | None = None
    auditor: Rows | None = None
    scope: str | None = None
    watched: bool = False
    """Every use of it stands in the audit log, whoever it is about."""

    @property
    def personal(self) -> bool:
        """Whether it is about what not everybody may see; the audit log tells who saw it."""
        return Rows.ALL not in {self.person, self.employee}


class Policy:
    """A service's table of rules; asking for an action that is not in it fails at import."""

    def __init__(self, rules: Mapping[str, Rule], *, labels: Mapping[str, Rule] | None = None) -> None:
        self.rules = rules
        self.labels = labels or {}
        """For each sensitivity label who sees the fields that bear it, of the rows that an action reaches."""

    def allow(self, action: str) -> Any:  # noqa: ANN401 -- an annotation marker, only FastAPI reads it
        """Give the dependency that admits callers to `action` and tells how far they reach."""
        rule = self.rules[action]

        async def permitted(request: Request) -> Grant:
            return self.decide(caller_of(request), rule)

        permitted.action = action  # type: ignore[attr-defined]  # the registry test reads it off the route
        permitted.rule = rule  # type: ignore[attr-defined]  # and the audit log both
        return Depends(permitted)

    def allow_any(self, action: str, *, among: Iterable[str]) -> Any:  # noqa: ANN401 -- as above
        """Give the dependency that admits whoever may do any of several actions, and tells how far with each."""
        rules = {name: self.rules[name] for name in among}

        async def permitted(request: Request) -> Grants:
            principal = caller_of(request)
            reaches = {name: _reach(principal, rule) for name, rule in rules.items()}
            if all(reach.nothing for reach in reaches.values()):
                raise Forbidden("not_permitted", "Your role does not permit this.")
            return Grants(principal, reaches)

        permitted.action = action  # type: ignore[attr-defined]  # as above
        permitted.rule = Rule()  # type: ignore[attr-defined]  # personal: some of what it shows is not for everybody
        return Depends(permitted)

    def reach(self, principal: Principal, action: str) -> Reach:
        """Tell how far an action reaches that another one only includes, such as seeing a masked field."""
        return _reach(principal, self.rules[action])

    def reaches(self, principal: Principal, *actions: str) -> Grants:
        """Tell the same of several actions that another one may include, each as far as it is permitted by itself."""
        return Grants(principal, {action: _reach(principal, self.rules[action]) for action in actions})

    def expanding(self, principal: Principal, actions: Mapping[str, str], names: Iterable[str]) -> Mapping[str, Reach]:
        """Tell for each reference to expand how far its reader reaches, by the action that reads what it stands for."""
        return {name: self.reach(principal, actions[name]) for name in dict.fromkeys(names)}

    def sight(self, principal: Principal) -> Sight:
        """Decide by label and relation what a caller sees of delicate fields: in reads, and in answers to writes."""
        return {label: _reach(principal, rule) for label, rule in self.labels.items()}

    def hides(self, grant: Grant, label: str) -> bool:
        """Decide the same for the answer to a write: its row lies within the grant, and so within what covers that."""
        return not self.sight(grant.principal)[label].covers(grant.reach)

    @staticmethod
    def decide(principal: Principal, rule: Rule) -> Grant:
        """Deny by default; else unite the rows of every role the caller has. Raises Forbidden."""
        reach = _reach(principal, rule)
        if reach.nothing:
            raise Forbidden("not_permitted", "Your role does not permit this.")
        return Grant(principal, reach)


def _reach(principal: Principal, rule: Rule) -> Reach:
    return _client_reach(principal, rule) if principal.kind == "client" else _person_reach(principal, rule)


def _client_reach(principal: Principal, rule: Rule) -> Reach:
    return EVERYTHING if rule.scope is not None and rule.scope in principal.scopes else Reach()


def _person_reach(principal: Principal, rule: Rule) -> Reach:
    rows = {getattr(rule, role) for role in principal.roles & {"hr", "admin", "auditor"}}
    if principal.kind == "person":
        rows.add(rule.person)
    if principal.employee_id is not None:
        rows |= {rule.employee, rule.head}
    in_hr = principal.hr_departments
    if Rows.ALL in rows or (in_hr is None and not rows.isdisjoint({Rows.HR_SCOPE, Rows.HR_COMPANY})):
        return EVERYTHING
    return Reach(
        own=principal.employee_id if Rows.OWN in rows else None,
        headed_by=principal.employee_id if Rows.HEADED in rows else None,
        departments=(in_hr or ()) if Rows.HR_SCOPE in rows else (),
    )
