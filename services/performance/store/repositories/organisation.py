"""The organisation's copy: kept from the archive's events, read as domain objects."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from operator import attrgetter
from uuid import UUID

from sqlalchemy import ColumnElement, any_, bindparam, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.dialects.postgresql import insert as upsert

from services.performance.domain.cycle import Cycle
from services.performance.domain.leave import Leave
from services.performance.domain.organisation import Department, DepartmentTree, Employment, Headship
from services.performance.domain.simulation.reorganisation import Merger, Move, OtherParent, Reorganisation
from services.performance.store.tables.base import org
from services.performance.store.tables.procedure import cycle_departments
from shared.core.errors import NotFound
from shared.core.periods import Period, WorkCalendar
from shared.kit.db import Transaction
from shared.kit.org.replica import OrgReplica

_HEADS = select(org.headships).order_by(org.headships.c.starts_on)
_kept = select(*(org.departments.c[name] for name in ("id", "code", "name", "parent_id"))).where(
    ~org.departments.c.deleted
)
_then = cycle_departments.c
_DEPARTMENTS_THEN = (
    select(_then.department_id.label("id"), _then.code, _then.name, _then.parent_id)
    .where(_then.cycle_id == bindparam("cycle_id"))
    .order_by(_then.code, _then.department_id)
)
_DEPARTMENTS = _kept.order_by(org.departments.c.code, org.departments.c.id)
_asked = _kept.where(org.departments.c.id == any_(bindparam("department_ids", type_=ARRAY(PG_UUID))))
_line = _asked.cte("line", recursive=True)
_LINES = select(_line.union(_kept.join(_line, org.departments.c.id == _line.c.parent_id)))
_spell = org.employments.c
_EMPLOYMENTS = (
    select(*(_spell[name] for name in Employment.__dataclass_fields__))
    .join(org.employees, org.employees.c.id == _spell.employee_id)
    .where(~org.employees.c.deleted, _spell.starts_on < bindparam("ends_on"))
    .where(or_(_spell.ends_on.is_(None), _spell.ends_on > bindparam("starts_on")))
    .where(or_(_spell.ends_on.is_(None), _spell.ends_on > _spell.starts_on))
    .order_by(_spell.employee_id, _spell.starts_on, _spell.id)
)
_EMPLOYMENTS_OF = _EMPLOYMENTS.where(_spell.employee_id == any_(bindparam("employee_ids", type_=ARRAY(PG_UUID))))
_LEAVES_OF = select(org.employees.c.id, org.employees.c.leaves).where(
    org.employees.c.id == any_(bindparam("employee_ids", type_=ARRAY(PG_UUID))),
    org.employees.c.leaves != literal([], JSONB),
)
_HELD = (
    select(_spell.id)
    .where(
        or_(
            _spell.employee_id == any_(bindparam("employee_ids", type_=ARRAY(PG_UUID))),
            _spell.department_id == any_(bindparam("department_ids", type_=ARRAY(PG_UUID))),
        )
    )
    .order_by(_spell.employee_id, _spell.id)
    .with_for_update()
)
_OTHER_PARENT = (
    update(org.departments).where(org.departments.c.id == bindparam("moved")).values(parent_id=bindparam("above"))
)
"""Built once: every batch of events asks these, and to build a statement takes longer than to answer it."""


class OrganisationRepository(OrgReplica):
    """Adds to the copy's upkeep what the procedure and the scores read of it."""

    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        super().__init__(tx, org, tenant_id)
        self._tx = tx

    async def tree(self) -> DepartmentTree:
        heads = await self._heads()
        rows = await self._tx.execute(_DEPARTMENTS)
        return DepartmentTree(Department(**row, heads=tuple(heads[row["id"]])) for row in rows.mappings())

    async def tree_of(self, cycle: Cycle) -> DepartmentTree:
        if not cycle.is_closed:
            return await self.tree()
        rows = await self._tx.execute(_DEPARTMENTS_THEN, {"cycle_id": cycle.id})
        return DepartmentTree(Department(**row) for row in rows.mappings())

    async def keep_tree(self, cycle_id: UUID) -> None:
        today = _kept.add_columns(org.departments.c.tenant_id, literal(cycle_id))
        names = ("department_id", "code", "name", "parent_id", "tenant_id", "cycle_id")
        await self._tx.execute(upsert(cycle_departments).from_select(names, today).on_conflict_do_nothing())

    async def lines(self, department_ids: Collection[UUID]) -> DepartmentTree:
        rows = await self._tx.execute(_LINES, {"department_ids": list(department_ids)})
        return DepartmentTree(Department(**row) for row in rows.mappings())

    async def employments(
        self, period: Period, *, employee_ids: Collection[UUID] | None = None
    ) -> Sequence[Employment]:
        asked: dict[str, object] = {"starts_on": period.starts_on, "ends_on": period.ends_on}
        if employee_ids is not None:
            asked["employee_ids"] = list(employee_ids)
        statement = _EMPLOYMENTS if employee_ids is None else _EMPLOYMENTS_OF
        return [Employment(*row) for row in await self._tx.execute(statement, asked)]

    async def leaves(self, employee_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Leave]]:
        rows = await self._tx.execute(_LEAVES_OF, {"employee_ids": list(employee_ids)})
        return {row.id: [_leave(each) for each in row.leaves] for row in rows}

    async def suppose_parents(self, others: Collection[OtherParent]) -> None:
        ordered = sorted(others, key=attrgetter("department_id"))
        if ordered:
            named = [{"moved": each.department_id, "above": each.parent_id} for each in ordered]
            await self._tx.execute(_OTHER_PARENT, named)

    async def hold_places(self, supposed: Reorganisation) -> None:
        movers = [move.employee_id for move in supposed.moves]
        merged = [merger.department_id for merger in supposed.mergers]
        await self._tx.execute(_HELD, {"employee_ids": movers, "department_ids": merged})

    async def suppose_move(self, move: Move, *, new_id: Callable[[], UUID]) -> None:
        place = {"department_id": move.department_id, "position_id": move.position_id, "position_name": ""}
        if not await self._rehouse(_spell.employee_id == move.employee_id, place, move.on, new_id=new_id):
            raise NotFound.of("employee")

    async def suppose_merger(self, merger: Merger, *, new_id: Callable[[], UUID]) -> Collection[UUID]:
        place = {"department_id": merger.merged_into}
        return await self._rehouse(_spell.department_id == merger.department_id, place, merger.on, new_id=new_id)

    async def _rehouse(
        self, theirs: ColumnElement[bool], place: Mapping[str, object], on: date, *, new_id: Callable[[], UUID]
    ) -> Collection[UUID]:
        """Let some employments go on elsewhere from a day on; gives whose they are."""
        going_on = (theirs, _spell.starts_on < on, or_(_spell.ends_on.is_(None), _spell.ends_on > on))
        later = (theirs, _spell.starts_on >= on)
        lasting = (await self._tx.execute(select(org.employments).where(*going_on))).mappings().all()
        await self._tx.execute(update(org.employments).where(*going_on).values(ends_on=on))
        starting = update(org.employments).where(*later).values(**place).returning(_spell.employee_id)
        moved = set((await self._tx.execute(starting)).scalars())
        if lasting:
            spells = [{**each, **place, "id": new_id(), "starts_on": on} for each in lasting]
            await self._tx.execute(insert(org.employments), spells)
        return moved.union(each["employee_id"] for each in lasting)

    async def calendar(self) -> WorkCalendar:
        row = (await self._tx.execute(select(org.calendars))).mappings().one_or_none()
        if row is None:
            return WorkCalendar()
        return WorkCalendar.of(
            holidays=map(date.fromisoformat, row["holidays"]), workdays=map(date.fromisoformat, row["workdays"])
        )

    async def _heads(self) -> defaultdict[UUID, list[Headship]]:
        heads: defaultdict[UUID, list[Headship]] = defaultdict(list)
        for row in await self._tx.execute(_HEADS):
            heads[row.department_id].append(Headship(row.employee_id, row.kind, row.starts_on, row.ends_on))
        return heads


def _leave(document: Mapping[str, str]) -> Leave:
    days = (date.fromisoformat(document[name]) for name in ("starts_on", "ends_on"))
    return Leave(document["kind"], Period(*days))
