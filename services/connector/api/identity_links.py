"""`/v1/connections/{id}/identity-links`: whom a business system means by its own codes."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.connector.api.deps import QueriesDep, WorkDep
from services.connector.api.policy import POLICY
from services.connector.usecases.change_identity import end_identity, remove_identity
from services.connector.usecases.link_identity import link_identity
from shared.core.access import Grant
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.days import Day
from shared.kit.http.paging import Listed, WholeParams, listed

router = new_router(tag="identity-links")
ToWrite = Annotated[Grant, POLICY.allow("identities:write")]


class NewIdentityLink(Body):
    """The code `value` means this employee in `[starts_on, ends_on)`; without dates, always."""

    value: Annotated[str, Field(min_length=1, max_length=200)]
    employee_id: UUID
    starts_on: Day | None = None
    ends_on: Day | None = None


class IdentityLinkPatch(Body):
    ends_on: Day | None


class IdentityLinkView(View):
    id: UUID
    connection_id: UUID
    value: str
    employee_id: UUID
    starts_on: date | None
    ends_on: date | None
    created_at: datetime


@router.get("/connections/{connection_id}/identity-links", dependencies=[POLICY.allow("identities:read")])
async def list_identity_links(
    connection_id: UUID, queries: QueriesDep, page: WholeParams, value: str | None = None
) -> Listed[IdentityLinkView]:
    return listed(await queries.identity_links(connection_id, page, value=value), IdentityLinkView.model_validate)


@router.post("/connections/{connection_id}/identity-links", status_code=201)
async def post_identity_link(
    connection_id: UUID, body: NewIdentityLink, grant: ToWrite, work: WorkDep
) -> IdentityLinkView:
    """Link, and credit at once what has arrived under this code already."""
    return IdentityLinkView.model_validate(await link_identity(work, connection_id, **body.model_dump(), grant=grant))


@router.patch("/identity-links/{link_id}")
async def patch_identity_link(
    link_id: UUID, body: IdentityLinkPatch, grant: ToWrite, work: WorkDep
) -> IdentityLinkView:
    """End a link whose code goes to somebody else; null lets it hold for ever."""
    return IdentityLinkView.model_validate(await end_identity(work, link_id, ends_on=body.ends_on, grant=grant))


@router.delete("/identity-links/{link_id}", status_code=204)
async def delete_identity_link(link_id: UUID, grant: ToWrite, work: WorkDep) -> None:
    """Take a wrong link back; what counted by it is credited by work number, or waits in quarantine."""
    await remove_identity(work, link_id, grant=grant)
