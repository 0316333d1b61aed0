"""Conditions of a directory's searches as SQL; an attribute that is not in a table here is refused."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal, not_, nullslast, or_, true

from services.archive.domain.search import Compared, Condition, Negated, Operand, Operator, Present, Search
from services.archive.store.tables import departments, employees
from shared.core.errors import Invalid

Comparison = Callable[[ColumnElement[Any], Any], ColumnElement[bool]]
_COMPARISONS: Mapping[Operator, Comparison] = {
    "eq": lambda column, value: column == value,
    "ne": lambda column, value: column.is_distinct_from(value),
    "co": lambda column, value: func.strpos(column, value) > 0,
    "sw": func.starts_with,
    "ew": lambda column, value: func.right(column, func.length(value)) == value,
    "gt": lambda column, value: column > value,
    "ge": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "le": lambda column, value: column <= value,
}
_OF_TEXTS = frozenset({"co", "sw", "ew"})


@dataclass(frozen=True, slots=True)
class Attribute:
    column: ColumnElement[Any]
    caseless: bool = False
    key: ColumnElement[Any] | None = None
    """The same in lower case, where a column keeps it."""

    def compared(self, operator: Operator, operand: Operand) -> ColumnElement[bool]:
        if operand is None:
            return self.column.is_(None) if operator == "eq" else self.column.is_not(None)
        if operator in _OF_TEXTS and not isinstance(operand, str):
            raise unsupported("Only a text contains, starts or ends with something.")
        column, value = self._alike(operand) if isinstance(operand, str) and self.caseless else (self.column, operand)
        return func.coalesce(_COMPARISONS[operator](column, value), false())

    def _alike(self, operand: str) -> tuple[ColumnElement[Any], Any]:
        """Put both sides into lower case, each by the same hand."""
        if self.key is not None:
            return self.key, operand.lower()
        return func.lower(self.column), func.lower(operand)

    def sorted_by(self) -> ColumnElement[Any]:
        return func.lower(self.column) if self.caseless else self.column


Attributes = Mapping[str, Attribute]


def PEOPLE(today: date) -> Attributes:  # noqa: N802 -- a table, but for the day
    """Give what people are found by."""
    gone = (employees.c.left_on <= today) | (employees.c.left_on <= employees.c.joined_on)
    email = Attribute(employees.c.email, caseless=True)
    name = Attribute(employees.c.name, caseless=True)
    return {
        "id": Attribute(employees.c.id),
        "externalid": Attribute(employees.c.external_id),
        "username": Attribute(
            func.coalesce(employees.c.user_name, employees.c.work_number), caseless=True, key=employees.c.user_key
        ),
        "displayname": name,
        "name.formatted": name,
        "name.familyname": Attribute(employees.c.directory["family_name"].astext, caseless=True),
        "name.givenname": Attribute(employees.c.directory["given_name"].astext, caseless=True),
        "emails": email,
        "emails.value": email,
        "emails.type": Attribute(
            func.coalesce(employees.c.directory["emails"][0]["type"].astext, "work"), caseless=True
        ),
        "emails.primary": Attribute(literal(True)),  # noqa: FBT003 -- SQL's own: the address that is kept is the primary one
        "active": Attribute(not_(func.coalesce(gone, false()))),
        "employeenumber": Attribute(employees.c.work_number),
        "meta.created": Attribute(employees.c.created_at),
        "meta.lastmodified": Attribute(employees.c.updated_at),
    }


DEPARTMENTS: Attributes = {
    "id": Attribute(departments.c.id),
    "externalid": Attribute(departments.c.external_id),
    "displayname": Attribute(departments.c.name, caseless=True),
    "meta.created": Attribute(departments.c.created_at),
    "meta.lastmodified": Attribute(departments.c.updated_at),
}


def matching(condition: Condition, attributes: Attributes) -> ColumnElement[bool]:
    """Raise Invalid (`filter_unsupported`) for an attribute or an operator that does not go with it."""
    if isinstance(condition, Compared):
        return _attribute(condition.attribute, attributes).compared(condition.operator, condition.operand)
    if isinstance(condition, Present):
        return _attribute(condition.attribute, attributes).column.is_not(None)
    if isinstance(condition, Negated):
        return not_(matching(condition.term, attributes))
    terms = [matching(term, attributes) for term in condition.terms]
    return and_(true(), *terms) if condition.every else or_(false(), *terms)


def ordering(search: Search, attributes: Attributes) -> Sequence[ColumnElement[Any]]:
    if search.sort_by is None:
        return ()
    column = _attribute(search.sort_by, attributes).sorted_by()
    return (nullslast(column.desc() if search.descending else column),)


def _attribute(name: str, attributes: Attributes) -> Attribute:
    if name not in attributes:
        raise unsupported(f"Nothing is found or sorted by {name}.")
    return attributes[name]


def unsupported(detail: str) -> Invalid:
    return Invalid.at("#/query/filter", "filter_unsupported", detail)
