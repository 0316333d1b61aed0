"""Departments with those above them, read without the rest of a large company."""

from uuid import UUID, uuid4

import pytest

from services.performance.wiring import Wiring
from shared.contracts.organisation import DepartmentChanged

pytestmark = pytest.mark.anyio


async def test_lines_lead_upwards_past_nobody_and_end_in_a_circle(wiring: Wiring, tenant_id: UUID) -> None:
    top, middle, low, beside, deleted, orphan = (uuid4() for _ in range(6))
    parents = {top: low, middle: top, low: middle, beside: top, deleted: top, orphan: deleted}
    async with wiring.works.begin(tenant_id) as uow:
        for at, parent in parents.items():
            await uow.org.keep_department(
                DepartmentChanged(
                    department_id=at, sequence=1, code="D", name="D", parent_id=parent, deleted=at == deleted
                )
            )
        tree, whole = await uow.org.lines([low, orphan, uuid4()]), await uow.org.tree()
        assert {each.id for each in tree} == {low, middle, top, orphan}
        assert [tree.line(at) for at in (low, orphan)] == [whole.line(at) for at in (low, orphan)]
        assert not list(await uow.org.lines([]))
