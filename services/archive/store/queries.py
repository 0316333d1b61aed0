"""What the archive's routes read: rows within the caller's reach."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from services.archive.store.tables import departments, headships
from shared.core.access import Reach
from shared.core.paging import Page, PageRequest, Row
from shared.kit import queries
from shared.kit.org.reach import ReachCompiler

_reach = ReachCompiler(departments, headships)


class Queries(queries.Queries):
    async def departments(self, page: PageRequest, reach: Reach) -> Page:
        statement = await self._departments(reach)
        return await self.page(statement, page, by=[departments.c.id], updated=departments.c.updated_at)

    async def department(self, department_id: UUID, reach: Reach) -> Row:
        statement = await self._departments(reach)
        return await self.one(statement.where(departments.c.id == department_id), noun="department")

    async def _departments(self, reach: Reach) -> Select[Any]:
        within = _reach.predicate(reach, today=await self.today(), department=departments.c.id)
        return select(departments, _heads_of_department()).where(within)


def _heads_of_department() -> Any:  # noqa: ANN401 -- a labelled scalar subquery
    fields = ("employee_id", "kind", "starts_on", "ends_on")
    pairs = [part for name in fields for part in (name, headships.c[name])]
    heads = select(func.coalesce(func.jsonb_agg(func.jsonb_build_object(*pairs)), func.jsonb_build_array()))
    return heads.where(headships.c.department_id == departments.c.id).scalar_subquery().label("heads")
