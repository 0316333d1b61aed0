"""`expand` on what is about people: who, where, and in which cycle."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from services.performance.api.policy import POLICY
from shared.core.access import Expand, Grant
from shared.kit.http.app import View
from shared.kit.http.expand import CodedBrief, PersonBrief, expand_query
from shared.kit.http.paging import CommaSeparated

Part = Literal["employee", "department", "cycle"]
PersonPart = Literal["employee", "department"]
Parts = Annotated[list[Part] | None, CommaSeparated, expand_query(max_length=3)]
PersonParts = Annotated[list[PersonPart] | None, CommaSeparated, expand_query(max_length=2)]
"""For what belongs to a cycle only through its scorecard."""
_READ_BY: Mapping[str, str] = {
    "employee": "employees:read",
    "department": "departments:read",
    "cycle": "cycles:read",
}


class CycleBrief(View):
    id: UUID
    name: str
    phase: str
    starts_on: date
    ends_on: date


class ExpandedPerson(View):
    """Members that are there where they were asked for; null where one may not read what they stand for."""

    employee: PersonBrief | None = None
    department: CodedBrief | None = None


class Expanded(ExpandedPerson):
    cycle: CycleBrief | None = None


def expanding(grant: Grant, parts: Sequence[str] | None) -> Expand:
    return POLICY.expanding(grant.principal, _READ_BY, parts or ())
