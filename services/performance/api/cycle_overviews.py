"""`/v1/cycle-overviews`: every cycle in hand on one screen, as far as the caller reaches."""

from datetime import date
from typing import Annotated

from pydantic import Field

from services.performance.api.cycles import ProgressView
from services.performance.api.deps import QueriesDep
from services.performance.api.policy import POLICY
from shared.core.access import Grant
from shared.kit.http.app import new_router
from shared.kit.http.paging import Listed

router = new_router(tag="cycles")


class CycleOverviewView(ProgressView):
    """The progress of a cycle that is not published, and how its scores lie."""

    starts_on: date
    ends_on: date
    grades: dict[str, int] | None = Field(
        description="people by grade, `ungraded` among them; null for systems that may not read scores"
    )
    unlisted_leave: dict[str, int] | None = Field(
        description="people by kind of leave in its days that its `leave` does not name, and which changes nothing; "
        "null to all but HR, for it may tell of an illness"
    )


@router.get("/cycle-overviews")
async def list_cycle_overviews(
    grant: Annotated[Grant, POLICY.allow("plans:read")], queries: QueriesDep
) -> Listed[CycleOverviewView]:
    """Show all of them, the oldest first: there are few."""
    graded = not POLICY.reach(grant.principal, "scores:read").nothing
    found = await queries.cycle_overviews(
        grant.reach, graded=graded, away=POLICY.reach(grant.principal, "leave_kinds:read")
    )
    return Listed(data=[CycleOverviewView.model_validate(row) for row in found])
