"""`/v1/tasks`: what waits for the caller, by role."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from services.performance.api.deps import QueriesDep
from services.performance.api.policy import POLICY
from shared.core.access import Grant
from shared.kit.http.app import View, new_router
from shared.kit.http.paging import Listed

router = new_router(tag="tasks")
TaskKind = Literal["plan.submit", "plan.decide", "improvement_plan.accept", "improvement_plan.do"]
_DECIDING = {"plan.decide": "plans:decide", "improvement_plan.accept": "improvement_plans:accept"}
"""Tasks about others by the action that does them."""


class TaskView(View):
    """`link` is the plan or improvement plan; `due_on` the day by which it should be done, where there is one."""

    kind: TaskKind
    link: str
    due_on: date | None
    late: bool
    department_id: UUID
    department_name: str | None
    employee_id: UUID | None
    employee_name: str | None


@router.get("/tasks")
async def list_tasks(grant: Annotated[Grant, POLICY.allow("tasks:read")], queries: QueriesDep) -> Listed[TaskView]:
    """Show the first 50 of each kind, what is due first at the top."""
    reaches = {kind: POLICY.reach(grant.principal, action) for kind, action in _DECIDING.items()}
    found = await queries.tasks(grant.principal.employee_id, reaches)
    return Listed(data=[TaskView.model_validate(task) for task in found])
