"""`/v1/calendar`: which days the company works."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field

from services.archive.api.deps import QueriesDep, WorkDep
from services.archive.api.policy import POLICY
from services.archive.usecases.set_calendar import set_calendar
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.days import Day
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="calendar")
Days = Annotated[list[Day], Field(max_length=2000)]


class CalendarBody(Body):
    holidays: Days = Field([], description="days not worked, though they may be Monday to Friday")
    workdays: Days = Field([], description="days worked, though they may be Saturday or Sunday")


class CalendarView(View):
    holidays: list[date]
    workdays: list[date]
    updated_at: datetime | None
    sequence: int


@router.get("/calendar", dependencies=[POLICY.allow("calendar:read")])
async def get_calendar(response: Response, queries: QueriesDep) -> CalendarView:
    row = await queries.calendar()
    return tagged(response, CalendarView.model_validate(row))


@router.put("/calendar", dependencies=[POLICY.allow("calendar:write")])
async def put_calendar(
    body: CalendarBody, response: Response, work: WorkDep, expected: ExpectedVersion
) -> CalendarView:
    calendar = await set_calendar(work, holidays=body.holidays, workdays=body.workdays, expected=expected)
    return tagged(response, CalendarView.model_validate(calendar))
