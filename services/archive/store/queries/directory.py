"""People and departments as a directory sees them: those it looks after or may yet, as of today."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Label, Select, Text, cast, func, literal, null, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.archive.domain.search import Search
from services.archive.store.conditions import DEPARTMENTS, PEOPLE, Attributes, matching, ordering
from services.archive.store.masking import masked
from services.archive.store.queries.nested import nested
from services.archive.store.reach import departments_within, employees_within
from services.archive.store.tables import departments, employees, employments, positions
from shared.core.access import Reach, Sight
from shared.core.paging import Row
from shared.kit import queries

_SPELL: dict[str, ColumnElement[Any]] = {
    **{name: employments.c[name] for name in ("department_id", "manager_id", "starts_on")},
    "fte": cast(employments.c.fte, Text),
    "department_name": departments.c.name,
    "position_name": positions.c.name,
}
_SPELLS_SOURCE = employments.join(positions, positions.c.id == employments.c.position_id).join(
    departments, departments.c.id == employments.c.department_id
)
Found = tuple[int, Sequence[Row]]
"""How many match, and those of the part that was asked for."""


def _holds(today: date) -> ColumnElement[bool]:
    """Admit employments of today; of who has yet to join, those of the first day."""
    day = func.greatest(today, employees.c.joined_on)
    return (employments.c.starts_on <= day) & or_(employments.c.ends_on.is_(None), employments.c.ends_on > day)


class DirectoryQueries(queries.Queries):
    async def people(self, search: Search, reach: Reach, *, sight: Sight) -> Found:
        """Find people; raises Invalid (`filter_unsupported`)."""
        today = await self.today()
        visible = [employees.c.released_at.is_(None), employees_within(reach, today=today)]
        return await self._found(_people(sight, today), search, visible, PEOPLE(today), of=employees)

    async def person(self, employee_id: UUID, reach: Reach, *, sight: Sight) -> Row:
        today = await self.today()
        visible = [employees.c.released_at.is_(None), employees_within(reach, today=today)]
        return await self.one(_people(sight, today).where(employees.c.id == employee_id, *visible), noun="user")

    async def groups(self, search: Search, reach: Reach, *, people: Reach, members: bool) -> Found:
        """Find departments, with those of their `people` whom the caller reaches; raises like `people`."""
        today = await self.today()
        visible = [departments.c.released_at.is_(None), departments_within(reach, today=today)]
        whole = _departments(people, today, members=members)
        return await self._found(whole, search, visible, DEPARTMENTS, of=departments)

    async def group(self, department_id: UUID, reach: Reach, *, people: Reach, members: bool) -> Row:
        today = await self.today()
        visible = [departments.c.released_at.is_(None), departments_within(reach, today=today)]
        whole = _departments(people, today, members=members)
        return await self.one(whole.where(departments.c.id == department_id, *visible), noun="group")

    async def _found(
        self,
        whole: Select[Any],
        search: Search,
        visible: Sequence[ColumnElement[bool]],
        attributes: Attributes,
        *,
        of: FromClause,
    ) -> Found:
        conditions = [*visible, *([matching(search.condition, attributes)] if search.condition else [])]
        order = ordering(search, attributes)
        page = whole.where(*conditions).order_by(*order, of.c.id).offset(search.offset).limit(search.limit)
        async with self.reading() as (tx, _):
            total = (await tx.execute(select(func.count()).select_from(of).where(*conditions))).scalar_one()
            rows = (await tx.execute(page)).mappings() if search.limit != 0 else ()
            return total, [dict(row) for row in rows]


def _people(sight: Sight, today: date) -> Select[Any]:
    shown = [masked(column, sight, today=today).label(column.name) for column in employees.c]
    theirs = (employments.c.employee_id == employees.c.id) & _holds(today)
    order = employments.c.fte.desc()
    spells = nested("spells", _SPELL, source=_SPELLS_SOURCE, where=theirs, order=order, owner=employees)
    return select(*shown, spells, literal(today).label("today"))


def _departments(people: Reach, today: date, *, members: bool) -> Select[Any]:
    spell = (employments.c.employee_id == employees.c.id) & (employments.c.department_id == departments.c.id)
    works_here = select(employments.c.id).where(spell, _holds(today)).correlate(employees, departments).exists()
    here = [works_here, employees.c.released_at.is_(None), employees_within(people, today=today)]
    listed = _members(here) if members else null().label("members")
    return select(departments, listed, _digest(here))


def _members(here: Sequence[ColumnElement[bool]]) -> Label[Any]:
    return _over_members(func.jsonb_agg(aggregate_order_by(employees.c.id, employees.c.id)), here, "members")


def _digest(here: Sequence[ColumnElement[bool]]) -> Label[Any]:
    """Tell one set of members from another, without listing them."""
    ids = func.string_agg(cast(employees.c.id, Text), aggregate_order_by(literal(""), employees.c.id))
    return _over_members(func.left(func.md5(func.coalesce(ids, "")), 8), here, "digest")


def _over_members(value: ColumnElement[Any], here: Sequence[ColumnElement[bool]], label: str) -> Label[Any]:
    return select(value).select_from(employees).where(*here).correlate(departments).scalar_subquery().label(label)
