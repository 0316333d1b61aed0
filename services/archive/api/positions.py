"""`/v1/positions`: jobs and the competencies they ask for."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from services.archive.api.deps import QueriesDep, WorkDep
from services.archive.api.fields import Code, Key, Name
from services.archive.api.policy import POLICY
from services.archive.domain.position import Competency
from services.archive.usecases.change_position import change_position
from services.archive.usecases.create_position import create_position
from shared.kit.http.app import OMITTED, Body, View, new_router
from shared.kit.http.paging import Listed, SyncParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="positions")


class CompetencyModel(Body):
    competency: Key
    level: Annotated[int, Field(ge=1, le=10)]


def _each_once(asked: list[CompetencyModel]) -> list[CompetencyModel]:
    if len({each.competency for each in asked}) < len(asked):
        raise PydanticCustomError("competency_repeated", "Name each competency once.")
    return asked


Competencies = Annotated[list[CompetencyModel], Field(max_length=100), AfterValidator(_each_once)]


class NewPosition(Body):
    code: Code
    name: Name
    competencies: Competencies = Field(default_factory=list)


class PositionPatch(Body):
    code: Code = OMITTED
    name: Name = OMITTED
    competencies: Competencies = OMITTED

    def changes(self) -> dict[str, Any]:
        """Give what was sent, as the domain's words."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        return sent | ({"competencies": _model(self.competencies)} if "competencies" in sent else {})


class PositionView(View):
    id: UUID
    code: str
    name: str
    competencies: list[CompetencyModel]
    created_at: datetime
    updated_at: datetime
    sequence: int


@router.get("/positions", dependencies=[POLICY.allow("positions:read")])
async def list_positions(queries: QueriesDep, page: SyncParams, code: str | None = None) -> Listed[PositionView]:
    return listed(await queries.positions(page, code=code), PositionView.model_validate)


@router.get("/positions/{position_id}", dependencies=[POLICY.allow("positions:read")])
async def get_position(position_id: UUID, response: Response, queries: QueriesDep) -> PositionView:
    row = await queries.position(position_id)
    return tagged(response, PositionView.model_validate(row))


@router.post("/positions", status_code=201, dependencies=[POLICY.allow("positions:write")])
async def post_position(body: NewPosition, response: Response, work: WorkDep) -> PositionView:
    position = await create_position(work, code=body.code, name=body.name, competencies=_model(body.competencies))
    return tagged(response, PositionView.model_validate(position))


@router.patch("/positions/{position_id}", dependencies=[POLICY.allow("positions:write")])
async def patch_position(
    position_id: UUID, body: PositionPatch, response: Response, work: WorkDep, expected: ExpectedVersion
) -> PositionView:
    position = await change_position(work, position_id, body.changes(), expected=expected)
    return tagged(response, PositionView.model_validate(position))


def _model(asked: list[CompetencyModel]) -> tuple[Competency, ...]:
    return tuple(Competency(each.competency, each.level) for each in asked)
