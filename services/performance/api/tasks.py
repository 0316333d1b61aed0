"""`/v1/tasks`: what waits for the caller, by role."""

from datetime import date
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.policy import POLICY
from services.performance.usecases.goals.find_plan_tasks import find_plan_tasks
from shared.core.access import Grant
from shared.kit.http.app import View, new_router
from shared.kit.http.paging import Listed

router = new_router(tag="tasks")
TaskKind = Literal[
    "plan.submit",
    "plan.decide",
    "improvement_plan.accept",
    "improvement_plan.do",
    "revision.decide",
    "applicability.approve",
    "source.refresh",
    "business_target.match",
]


class TaskView(View):
    """`link` names what to act on, `due_on` the day by which it should be done, where there is one."""

    kind: TaskKind
    link: str
    due_on: date | None
    late: bool
    department_id: UUID | None
    department_name: str | None
    employee_id: UUID | None
    employee_name: str | None


@router.get("/tasks")
async def list_tasks(
    grant: Annotated[Grant, POLICY.allow("tasks:read")], work: WorkDep, queries: QueriesDep
) -> Listed[TaskView]:
    """Show the first 50 of each kind, what is due first at the top."""
    me, reach = grant.principal, partial(POLICY.reach, grant.principal)
    plans = await find_plan_tasks(work, me, to_submit=reach("plans:submit"), to_decide=reach("plans:decide"))
    found = await queries.tasks(
        me.employee_id,
        to_submit=plans.to_submit,
        to_decide=plans.to_decide,
        to_accept=reach("improvement_plans:accept"),
        to_revise=reach("revisions:decide"),
        to_approve=reach("applicability:approve"),
        account=me.subject,
        metrics_too=reach("metrics:write").everything,
    )
    return Listed(data=[TaskView.model_validate(task) for task in found])
