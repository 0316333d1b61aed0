"""Departments and plans above people, read without the rest of a large company."""

from uuid import UUID, uuid4

import pytest

from services.performance.domain.goals.plan import Plan
from services.performance.wiring import Wiring
from shared.contracts.organisation import DepartmentChanged
from tests.factories.sellers import LONG_AGO, Sellers

pytestmark = pytest.mark.anyio


def department(
    at: UUID, parent_id: UUID | None = None, *, sequence: int = 1, deleted: bool = False
) -> DepartmentChanged:
    return DepartmentChanged(
        department_id=at, sequence=sequence, code="D", name="D", parent_id=parent_id, deleted=deleted
    )


def plan_of(department_id: UUID, cycle_id: UUID) -> Plan:
    return Plan(uuid4(), cycle_id, department_id, "draft", LONG_AGO.date(), {}, 1, LONG_AGO, LONG_AGO)


async def test_lines_lead_upwards_past_nobody_and_end_in_a_circle(wiring: Wiring, tenant_id: UUID) -> None:
    top, middle, low, beside, deleted, orphan = (uuid4() for _ in range(6))
    parents = {top: low, middle: top, low: middle, beside: top, deleted: top, orphan: deleted}
    async with wiring.works.begin(tenant_id) as uow:
        for at, parent in parents.items():
            await uow.org.keep_department(department(at, parent, deleted=at == deleted))
        tree, whole = await uow.org.lines([low, orphan, uuid4()]), await uow.org.tree()
        assert {each.id for each in tree} == {low, middle, top, orphan}
        assert [tree.line(at) for at in (low, orphan)] == [whole.line(at) for at in (low, orphan)]
        assert not list(await uow.org.lines([]))


async def test_the_rules_of_some_people_hold_the_plans_they_are_under(wiring: Wiring, sellers: Sellers) -> None:
    top, deleted, beside = (uuid4() for _ in range(3))
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await uow.org.keep_department(department(sellers.department_id, top, sequence=2))
        await uow.org.keep_department(department(top, deleted))
        await uow.org.keep_department(department(deleted, beside, deleted=True))
        every = {sellers.department_id, top, deleted, beside}
        await uow.plans.add_all([plan_of(each, sellers.cycle_id) for each in every])
        whole = await uow.inputs.rulebook(sellers.cycle_id)
        assert whole.planned == every
        own = await uow.inputs.rulebook(sellers.cycle_id, employee_ids=sellers.people[:1])
        assert own.planned == set((await uow.org.tree()).line(sellers.department_id)) == every - {beside}
        assert (own.assignments, own.schemes) == (whole.assignments, whole.schemes)
        assert not (await uow.inputs.rulebook(sellers.cycle_id, employee_ids=[])).planned
