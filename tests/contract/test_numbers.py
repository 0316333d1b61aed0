"""Numbers leave in plain digits: no event and no answer writes a decimal in its own, scientific way."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from deploy.asyncapi.catalogue import Kind, event_kinds
from deploy.asyncapi.examples import AT
from services.notifier.usecases.describe import describe, describe_changes
from shared.contracts.decimals import DecimalText
from shared.contracts.envelope import Event, EventData
from shared.contracts.procedure import TargetChanged
from shared.contracts.scores import Cause, ItemResult, ScoreChange, ScoresChanged
from shared.contracts.topics import SCORES, Topic
from shared.core.ids import Uuid7
from shared.kit.http.numbers import Number
from shared.kit.outbox import enclose, message_of

pytestmark = pytest.mark.anyio
_ids = Uuid7()
NUMBERS = [
    ("1E-7", "0.0000001"),
    ("1E+3", "1000"),
    ("64.00", "64.00"),
    ("-0.5E-8", "-0.000000005"),
    ("0E-10", "0.0000000000"),
]


class Weighed(EventData):
    event_type: ClassVar[str] = "thing.weighed.v1"
    topic: ClassVar[Topic] = SCORES

    weight: DecimalText
    others: tuple[DecimalText | None, ...] = ()

    @property
    def subject(self) -> str:
        return "things"


class Careless(BaseModel):
    weights: dict[str, list[Decimal | None]]


class Careful(BaseModel):
    weight: DecimalText | None
    named: dict[str, Number]


class _Numbers(GenerateJsonSchema):
    """Notices each decimal that is written as the library writes it."""

    careless = 0

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        type(self).careless += 1
        return super().decimal_schema(schema)


def writes_carelessly(model: Any) -> bool:
    class Numbers(_Numbers): ...

    TypeAdapter(model).json_schema(mode="serialization", schema_generator=Numbers)
    return Numbers.careless > 0


def answers_of(app: FastAPI) -> Iterable[tuple[str, Any]]:
    """Give everything that an application's operations may answer, by operation."""
    for route in iter_route_contexts(app.routes):
        described = route.route if hasattr(route, "route") else route
        if isinstance(described, APIRoute):
            models = [described.response_model, *(each.get("model") for each in described.responses.values())]
            yield from ((described.name, model) for model in models if model is not None)


@pytest.mark.parametrize("kind", event_kinds(), ids=lambda kind: kind.event_type)
def test_no_event_writes_a_number_carelessly(kind: Kind) -> None:
    assert not writes_carelessly(kind)


async def test_no_answer_does(apps: dict[str, FastAPI]) -> None:
    answers = [each for app in apps.values() for each in answers_of(app)]
    assert len(answers) > 150
    assert sorted({name for name, model in answers if writes_carelessly(model)}) == []


def test_what_is_careless_is_found() -> None:
    assert writes_carelessly(Careless)
    assert not writes_carelessly(Careful)


@pytest.mark.parametrize(("number", "text"), NUMBERS)
def test_an_event_keeps_the_digits_and_drops_the_exponent(number: str, text: str) -> None:
    event = Weighed(weight=Decimal(number), others=(None, Decimal(number)))
    envelope = enclose(event, source="performance", tenant_id=uuid4(), at=AT, ids=_ids)
    for written in (json.loads(message_of(envelope).value)["data"], event.model_dump(mode="json")):
        assert written == {"weight": text, "others": [None, text]}


@pytest.mark.parametrize(("number", "text"), NUMBERS)
def test_a_webhook_does_so_too(number: str, text: str) -> None:
    value = Decimal(number)
    item = ItemResult(key="sales", metric="sales", name="Sales", weight=1, state="value", actual=value, target=value)
    change = ScoreChange(
        scorecard_id=uuid4(), employee_id=uuid4(), department_id=uuid4(), sequence=1, status="provisional",
        previous_total=value, total=value, items=(item,),
    )  # fmt: skip
    run = ScoresChanged(cycle_id=uuid4(), run_id=uuid4(), cause=Cause(kind="recompute"), changes=(change,))
    (body,) = (json.loads(message.body("full"))["data"] for message in describe_changes(_event(run)))
    assert (body["current"]["total"], body["previous"]["total"]) == (text, text)
    assert (body["items"][0]["actual"], body["items"][0]["target"]) == (text, text)

    target = TargetChanged(
        target_id=uuid4(), sequence=1, cycle_id=uuid4(), metric="sales", subject_kind="company", previous=value,
        value=value, origin="manual", reason="",
    )  # fmt: skip
    body = json.loads(describe(_event(target)).body("full"))["data"]
    assert (body["previous"], body["value"]) == (text, text)


def _event(data: EventData) -> Event[Any]:
    return Event(uuid4(), "/performance", data.event_type, data.subject, AT, uuid4(), None, data)
