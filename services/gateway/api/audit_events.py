"""`/v1/audit-events`: who did or read what; for auditors all of it, for everybody what concerns themselves."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.gateway.api.deps import QueriesDep, WorkDep
from services.gateway.api.policy import POLICY
from services.gateway.domain.audit.chain import LEAST_DAYS, MOST_DAYS
from services.gateway.usecases.audit.set_audit_retention import set_audit_retention
from services.gateway.usecases.ports.audit import AuditFilter
from shared.contracts.audit import Outcome
from shared.core.access import Grant
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.days import Instant
from shared.kit.http.paging import Listed, UpdatedParams, listed

router = new_router(tag="audit-events")
Word = Annotated[str, Query(min_length=1, max_length=200)]


class AuditEventView(View):
    """`subjects` are the employees it is about; `sequence` and `digest` are null until it is sealed, in a moment."""

    id: UUID
    sequence: int | None
    digest: str | None
    service: str
    occurred_at: datetime
    actor: str
    actor_kind: str | None
    actor_employee_id: UUID | None
    action: str
    outcome: str
    method: str
    route: str
    resource: str
    status: int
    code: str | None
    subjects: list[UUID]
    rows: int | None
    request_id: str | None
    client_address: str | None


class AccessView(View):
    """Somebody's access to what is about the caller."""

    id: UUID
    occurred_at: datetime
    actor: str
    actor_kind: str | None
    actor_employee_id: UUID | None
    action: str
    outcome: str


class RefusalView(View):
    """What was tried with the caller's account, from where, and why it was refused."""

    id: UUID
    occurred_at: datetime
    actor_kind: str | None
    """Null where nobody was let in."""
    action: str
    status: int
    code: str | None
    client_address: str | None


class AuditLogView(View):
    """How far the log goes, up to where it is signed for, and for how long it is kept."""

    keep_days: int
    first: int
    """The oldest entry that is still kept."""
    sequence: int
    signed_sequence: int


class Retention(Body):
    keep_days: Annotated[int, Field(ge=LEAST_DAYS, le=MOST_DAYS)]


@router.get("/audit-events", dependencies=[POLICY.allow("audit_events:read")])
async def list_audit_events(
    queries: QueriesDep,
    page: UpdatedParams,
    *,
    actor: Word | None = None,
    action: Word | None = None,
    outcome: Outcome | None = None,
    employee_id: UUID | None = None,
    occurred_after: Instant | None = None,
    occurred_before: Instant | None = None,
) -> Listed[AuditEventView]:
    wanted = AuditFilter(actor, action, outcome, employee_id, occurred_after, occurred_before)
    return listed(await queries.audit_events(page, wanted), AuditEventView.model_validate)


@router.get("/audit-events/about-me")
async def list_audit_events_about_me(
    grant: Annotated[Grant, POLICY.allow("audit_events:about_me")], queries: QueriesDep, page: UpdatedParams
) -> Listed[AccessView]:
    """Show who else read or changed what is about the caller."""
    found = await queries.audit_events_about(grant.principal.as_employee(), page)
    return listed(found, AccessView.model_validate)


@router.get("/audit-events/refused-to-me")
async def list_audit_events_refused_to_me(
    grant: Annotated[Grant, POLICY.allow("audit_events:refused_to_me")], queries: QueriesDep, page: UpdatedParams
) -> Listed[RefusalView]:
    """Show what was refused to whoever tried as the caller: wrong passwords and codes, tokens used up or ended."""
    found = await queries.audit_events_refused(grant.principal.as_account(), page)
    return listed(found, RefusalView.model_validate)


@router.get("/audit-events/retention", dependencies=[POLICY.allow("audit_log:read")])
async def get_audit_retention(queries: QueriesDep) -> AuditLogView:
    return AuditLogView.model_validate(await queries.audit_log())


@router.put("/audit-events/retention", dependencies=[POLICY.allow("audit_log:write")])
async def put_audit_retention(body: Retention, work: WorkDep) -> AuditLogView:
    """Say for how many days entries are kept, half a year at least; older ones go as far as a checkpoint reaches."""
    return AuditLogView.model_validate(await set_audit_retention(work, keep_days=body.keep_days))
