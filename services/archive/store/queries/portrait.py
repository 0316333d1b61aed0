"""The portrait: everything the archive knows of one person, read in one round."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import RowMapping, Select, func, select

from services.archive.domain.portrait import Assessment, against_model
from services.archive.domain.position import Competency
from services.archive.domain.record import RecordKind
from services.archive.store.queries.employees import EMPLOYMENT_FIELDS, MASTER_DATA, WITH_POSITION, leaves_of
from services.archive.store.queries.nested import nested
from services.archive.store.queries.records import standing_records
from services.archive.store.reach import employees_within
from services.archive.store.tables import departments, employees, employments, positions
from shared.core.access import Reach, Sight
from shared.core.errors import NotFound
from shared.core.paging import Row
from shared.kit import queries

NEWEST = 50
"""Records of each kind that a portrait shows; the list of records has all of them."""

_managers = employees.alias("managers")
_HISTORY = nested(
    "history",
    {
        **EMPLOYMENT_FIELDS,
        "department_name": departments.c.name,
        "manager_name": _managers.c.name,
        "competencies": positions.c.competencies,
    },
    source=WITH_POSITION.join(departments, departments.c.id == employments.c.department_id).outerjoin(
        _managers, _managers.c.id == employments.c.manager_id
    ),
    where=employments.c.employee_id == employees.c.id,
    order=employments.c.starts_on.desc(),
    owner=employees,
)


class PortraitQueries(queries.Queries):
    async def portrait(self, employee_id: UUID, reach: Reach, *, sight: Sight) -> Row:
        async with self.reading() as (tx, tenant):
            today = tenant.today(self._works.clock)
            visible = employees_within(reach, today=today)
            person = select(*MASTER_DATA, _HISTORY, leaves_of(sight, today=today)).where(
                employees.c.id == employee_id, visible
            )
            employee = (await tx.execute(person)).mappings().one_or_none()
            if employee is None:
                raise NotFound.of("employee")
            newest = (await tx.execute(_newest(standing_records(employee_id, sight=sight, today=today)))).mappings()
            return _compose(employee, [dict(row) for row in newest], today)


def _newest(standing: Select[Any]) -> Select[Any]:
    rows = standing.subquery()
    order = (rows.c.occurred_on.desc(), rows.c.id.desc())
    ranked = select(rows, func.row_number().over(partition_by=rows.c.kind, order_by=order).label("rank")).subquery()
    return select(ranked).where(ranked.c.rank <= NEWEST).order_by(ranked.c.kind, ranked.c.rank)


def _compose(employee: RowMapping, records: Sequence[Row], today: date) -> Row:
    """Put the pieces together; performance goes by the period that was assessed, all else by the day it happened."""
    by_kind: dict[str, list[Row]] = {kind: [] for kind in get_args(RecordKind)}
    by_kind |= {kind: list(rows) for kind, rows in groupby(records, key=itemgetter("kind"))}
    performance = by_kind.pop("performance")
    performance.sort(key=lambda record: record["performance"]["ends_on"], reverse=True)
    current = [spell for spell in employee["history"] if _holds(spell, today.isoformat())]
    model = [Competency(**asked) for spell in current for asked in spell["competencies"]]
    return {
        "employee": employee,
        "employments": current,
        "history": employee["history"],
        "leaves": employee["leaves"],
        "performance": performance,
        "records": by_kind,
        "competencies": against_model(model, _assessments(by_kind["competency"])),
    }


def _holds(spell: Mapping[str, Any], today: str) -> bool:
    ends_on: str | None = spell["ends_on"]
    return bool(spell["starts_on"] <= today) and (ends_on is None or ends_on > today)


def _assessments(records: Sequence[Row]) -> list[Assessment]:
    return [
        Assessment(measured["measure"], Decimal(measured["value"]), record["occurred_on"])
        for record in reversed(records)  # the newest last, so that it decides among those of one day
        for measured in record["measurements"]
    ]
