"""`/v1/schemes`: weighted metrics with their rules, in versions that never change once they are published."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field, computed_field

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.policy import POLICY
from services.performance.domain.effect import EffectKind
from services.performance.domain.schemes.scheme_effect import SchemeEffect
from services.performance.usecases.catalogue.create_scheme import create_scheme
from services.performance.usecases.catalogue.draft_scheme_version import draft_scheme_version
from services.performance.usecases.catalogue.place_scheme import place_scheme
from services.performance.usecases.catalogue.publish_scheme import publish_scheme
from services.performance.usecases.catalogue.rewrite_scheme_version import rewrite_scheme_version
from shared.contracts.decimals import DecimalText
from shared.core.access import Grant
from shared.kit.http.app import OMITTED, Body, View, new_router
from shared.kit.http.days import Day
from shared.kit.http.paging import Listed, SyncParams, UpdatedParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="schemes")
Name = Annotated[str, Field(min_length=1, max_length=200)]
VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]
Ids = Annotated[list[UUID], Field(max_length=1000)]
_EXAMPLE: dict[str, Any] = {
    "points_basis": "item",
    "items": [
        {
            "key": "sales",
            "name": "Sales",
            "metric": "sales",
            "weight": 7000,
            "rule": {
                "kind": "steps",
                "base": "60",
                "anchor": {"of_target": "1"},
                "unit": {"value": "100000"},
                "up": "2",
                "down": "proportional",
                "quantise_above": "floor",
                "quantise_below": "exact",
            },
        },
        {
            "key": "conversion",
            "name": "Conversion rate",
            "metric": "conversion_rate",
            "weight": 3000,
            "rule": {"kind": "ratio"},
            "default_target": "0.2",
        },
    ],
}
SchemeDocument = Annotated[
    dict[str, Any],
    Field(description="items with weights in basis points (10,000 together), rules, grades", examples=[_EXAMPLE]),
]


class NewScheme(Body):
    name: Name
    department_ids: Ids = Field(default_factory=list, description="none: all departments")
    position_ids: Ids = Field(default_factory=list, description="none: all positions")
    document: SchemeDocument


class SchemePatch(Body):
    name: Name = OMITTED
    department_ids: Annotated[Ids, Field(description="none: all departments")] = OMITTED
    position_ids: Annotated[Ids, Field(description="none: all positions")] = OMITTED


class VersionText(Body):
    document: SchemeDocument


class Publication(Body):
    """From when on a version scores."""

    effect: EffectKind
    effective_on: Day | None = Field(default=None, description="with `from_date`: the first day on which it scores")
    confirm_tightening: bool = Field(default=False, description="that people may lose points for days gone by")

    def declared(self) -> SchemeEffect:
        return SchemeEffect(self.effect, self.effective_on, self.confirm_tightening)


class SchemeView(View):
    id: UUID
    name: str
    department_ids: list[UUID]
    position_ids: list[UUID]
    newest_version: int
    current_version: int | None = Field(description="the version published last")
    on_target_score: DecimalText | None = Field(description="of the newest version: the total of reaching every target")
    sequence: int
    created_at: datetime
    updated_at: datetime


class SchemeVersionView(View):
    scheme_id: UUID
    version: int = Field(validation_alias="number")
    document: dict[str, Any]
    on_target_score: DecimalText | None
    effect: EffectKind | None
    effective_on: date | None
    published_at: datetime | None
    sequence: int
    created_at: datetime
    updated_at: datetime

    @computed_field  # type: ignore[prop-decorator]  # Pydantic's own pattern
    @property
    def state(self) -> Literal["draft", "published"]:
        return "draft" if self.published_at is None else "published"


@router.get("/schemes", dependencies=[POLICY.allow("schemes:read")])
async def list_schemes(queries: QueriesDep, page: SyncParams) -> Listed[SchemeView]:
    return listed(await queries.schemes(page), SchemeView.model_validate)


@router.get("/schemes/{scheme_id}", dependencies=[POLICY.allow("schemes:read")])
async def get_scheme(scheme_id: UUID, response: Response, queries: QueriesDep) -> SchemeView:
    return tagged(response, SchemeView.model_validate(await queries.scheme(scheme_id)))


@router.post("/schemes", status_code=201, dependencies=[POLICY.allow("schemes:write")])
async def post_scheme(body: NewScheme, work: WorkDep) -> SchemeView:
    scheme, version = await create_scheme(
        work, name=body.name, department_ids=body.department_ids, position_ids=body.position_ids, document=body.document
    )
    shown = {"newest_version": version.number, "current_version": None, "on_target_score": version.on_target_score}
    return SchemeView.model_validate(asdict(scheme) | shown)


@router.patch("/schemes/{scheme_id}", dependencies=[POLICY.allow("schemes:write")])
async def patch_scheme(
    scheme_id: UUID,
    body: SchemePatch,
    *,
    response: Response,
    work: WorkDep,
    queries: QueriesDep,
    expected: ExpectedVersion,
) -> SchemeView:
    """Let it be about others, or call it otherwise, as long as no version is published."""
    await place_scheme(work, scheme_id, body.model_dump(exclude_unset=True), expected=expected)
    return tagged(response, SchemeView.model_validate(await queries.scheme(scheme_id)))


@router.get("/schemes/{scheme_id}/versions", dependencies=[POLICY.allow("schemes:read")])
async def list_scheme_versions(scheme_id: UUID, queries: QueriesDep, page: UpdatedParams) -> Listed[SchemeVersionView]:
    return listed(await queries.scheme_versions(scheme_id, page), SchemeVersionView.model_validate)


@router.get("/schemes/{scheme_id}/versions/{version}", dependencies=[POLICY.allow("schemes:read")])
async def get_scheme_version(
    scheme_id: UUID, version: VersionNumber, response: Response, queries: QueriesDep
) -> SchemeVersionView:
    row = await queries.scheme_version(scheme_id, version)
    return tagged(response, SchemeVersionView.model_validate(row))


@router.post("/schemes/{scheme_id}/versions", status_code=201, dependencies=[POLICY.allow("schemes:write")])
async def post_scheme_version(
    scheme_id: UUID, body: VersionText, response: Response, work: WorkDep
) -> SchemeVersionView:
    drafted = await draft_scheme_version(work, scheme_id, body.document)
    return tagged(response, SchemeVersionView.model_validate(drafted))


@router.put("/schemes/{scheme_id}/versions/{version}", dependencies=[POLICY.allow("schemes:write")])
async def put_scheme_version(
    scheme_id: UUID,
    version: VersionNumber,
    body: VersionText,
    *,
    response: Response,
    work: WorkDep,
    expected: ExpectedVersion,
) -> SchemeVersionView:
    rewritten = await rewrite_scheme_version(work, scheme_id, version, body.document, expected=expected)
    return tagged(response, SchemeVersionView.model_validate(rewritten))


@router.post("/schemes/{scheme_id}/versions/{version}/publication")
async def post_scheme_publication(
    scheme_id: UUID,
    version: VersionNumber,
    body: Publication,
    response: Response,
    work: WorkDep,
    *,
    grant: Annotated[Grant, POLICY.allow("schemes:write")],
    expected: ExpectedVersion,
) -> SchemeVersionView:
    by = grant.principal.subject
    published = await publish_scheme(work, scheme_id, version, effect=body.declared(), by=by, expected=expected)
    return tagged(response, SchemeVersionView.model_validate(published))
