"""`/v1/reminder-rules`: on which days a task reminds."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.notifier.api.deps import QueriesDep, WorkDep
from services.notifier.api.policy import POLICY
from services.notifier.usecases.change_reminder_rule import change_reminder_rule
from services.notifier.usecases.create_reminder_rule import create_reminder_rule
from shared.kit.http.app import OMITTED, Body, View, new_router
from shared.kit.http.paging import Listed, UpdatedParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="reminder-rules")
_Day = Annotated[int, Field(ge=-366, le=366)]
Days = Annotated[
    list[_Day],
    Field(max_length=100, description="days relative to the due day: -3 is three days before, 2 is two days late"),
]
Task = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[a-z_]+(\.[a-z_]+)*$", examples=["plan.submit"])]


class NewReminderRule(Body):
    task: Task
    days_before_or_after: Days
    enabled: bool = True


class ReminderRulePatch(Body):
    days_before_or_after: Days = OMITTED
    enabled: bool = OMITTED


class ReminderRuleView(View):
    id: UUID
    task: str
    days_before_or_after: list[int]
    enabled: bool
    created_at: datetime
    updated_at: datetime
    sequence: int


@router.get("/reminder-rules", dependencies=[POLICY.allow("reminder_rules:read")])
async def list_reminder_rules(queries: QueriesDep, page: UpdatedParams) -> Listed[ReminderRuleView]:
    return listed(await queries.reminder_rules(page), ReminderRuleView.model_validate)


@router.post("/reminder-rules", status_code=201, dependencies=[POLICY.allow("reminder_rules:write")])
async def post_reminder_rule(body: NewReminderRule, response: Response, work: WorkDep) -> ReminderRuleView:
    rule = await create_reminder_rule(work, task=body.task, days=body.days_before_or_after, enabled=body.enabled)
    return tagged(response, ReminderRuleView.model_validate(rule))


@router.patch("/reminder-rules/{rule_id}", dependencies=[POLICY.allow("reminder_rules:write")])
async def patch_reminder_rule(
    rule_id: UUID, body: ReminderRulePatch, response: Response, work: WorkDep, expected: ExpectedVersion
) -> ReminderRuleView:
    changes = body.model_dump(exclude_unset=True)
    changed = await change_reminder_rule(work, rule_id, changes, expected=expected)
    return tagged(response, ReminderRuleView.model_validate(changed))
