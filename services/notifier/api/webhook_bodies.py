"""What subscribers receive: CloudEvents whose `data` is thin, or full where the endpoint asked for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, create_model

from services.notifier.domain.endpoint import TEST_EVENT
from services.notifier.usecases.describe import SCORE_CHANGED, THIN
from shared.contracts.envelope import EventData
from shared.contracts.scores import Cause, ItemResult, ScorePublished, ScoreRevised, ScoreStatus
from shared.kit.http.app import View

_FULL = "in full bodies only"


class ScoreNumbers(View):
    total: str | None
    grade: str | None


class _ScoreData(View):
    """Ids, and in full bodies the numbers."""

    scorecard_id: UUID
    employee_id: UUID
    cycle_id: UUID
    status: ScoreStatus
    url: str
    department_id: UUID | None = Field(default=None, description=_FULL)
    current: ScoreNumbers | None = Field(default=None, description=_FULL)
    items: list[ItemResult] | None = Field(default=None, description=_FULL)
    before_veto: ScoreNumbers | None = Field(default=None, description=f"{_FULL}, where a veto fired")


class ScoreChangedData(_ScoreData):
    previous: ScoreNumbers | None = Field(default=None, description=_FULL)
    cause: Cause | None = Field(default=None, description=_FULL)


class _FinalScoreData(_ScoreData):
    computed: ScoreNumbers | None = Field(default=None, description=f"{_FULL}, where `current` is calibrated")


class ScorePublishedData(_FinalScoreData):
    cycle_starts_on: str | None = Field(default=None, description=_FULL)
    cycle_ends_on: str | None = Field(default=None, description=_FULL)


class ScoreRevisedData(_FinalScoreData):
    previous: ScoreNumbers | None = Field(default=None, description=_FULL)
    reason: str | None = Field(default=None, description=_FULL)


class TestData(View):
    """Whatever the test says."""


def _or_null(annotation: Any) -> Any:  # noqa: ANN401 -- a type as the table of members has it
    return annotation | None


def _data_of(event: type[EventData], thin: frozenset[str]) -> type[BaseModel]:
    """Take the members of an event: those of thin bodies are always there, the others in full ones."""
    members: dict[str, Any] = {
        name: (field.annotation, ...)
        if name in thin
        else (_or_null(field.annotation), Field(default=None, description=_FULL))
        for name, field in event.model_fields.items()
    }
    return create_model(f"{event.__name__}Data", __base__=View, **members, url=(str, ...))


def _told(event_type: str, data: type[BaseModel]) -> type[BaseModel]:
    members: dict[str, Any] = {
        "specversion": (Literal["1.0"], ...),
        "id": (UUID, Field(description="the same in every delivery of it: drop what you have seen")),
        "source": (str, ...),
        "type": (Literal[event_type], ...),
        "subject": (str, ...),
        "time": (datetime, ...),
        "tenantid": (UUID, ...),
        "sequence": (str, Field(description="a number that rises with each news of the same `type` and `subject`")),
        "datacontenttype": (Literal["application/json"], ...),
        "data": (data, ...),
    }
    return create_model(f"{data.__name__.removesuffix('Data')}Webhook", __base__=View, **members)


BODIES: Mapping[str, type[BaseModel]] = {
    SCORE_CHANGED: _told(SCORE_CHANGED, ScoreChangedData),
    ScorePublished.event_type: _told(ScorePublished.event_type, ScorePublishedData),
    ScoreRevised.event_type: _told(ScoreRevised.event_type, ScoreRevisedData),
    **{event.event_type: _told(event.event_type, _data_of(event, thin)) for event, thin in THIN.items()},
    TEST_EVENT: _told(TEST_EVENT, TestData),
}
"""By event type."""
