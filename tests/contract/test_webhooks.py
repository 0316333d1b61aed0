"""The document's `webhooks` say what subscribers receive: every type there is, and bodies as they are written."""

import json
from collections.abc import Mapping
from typing import Any, get_args
from uuid import uuid4

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from deploy.asyncapi.examples import AT, EXAMPLES
from services.notifier.domain.endpoint import TEST_EVENT, EventType, Payload
from services.notifier.domain.message import Message
from services.notifier.usecases.describe import describe, describe_changes, describe_published, describe_revised
from shared.contracts.envelope import Event, EventData
from shared.contracts.scores import ScorePublished, ScoreRevised, ScoresChanged
from tests.factories.installation import client_of_running

pytestmark = pytest.mark.anyio

Json = dict[str, Any]
_DESCRIBED: Mapping[type[EventData], Any] = {
    ScoresChanged: describe_changes,
    ScorePublished: lambda event: [describe_published(event)],
    ScoreRevised: lambda event: [describe_revised(event)],
}


@pytest.fixture(scope="module")
async def document(apps: dict[str, FastAPI]) -> Json:
    async with client_of_running(apps["gateway"]) as client:
        found: Json = (await client.get("/v1/openapi.json")).json()
    return found


def schema_of(document: Json, event_type: str) -> Json:
    found: Json = document["webhooks"][event_type]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return found


def validator(document: Json, event_type: str) -> Draft202012Validator:
    return Draft202012Validator({**schema_of(document, event_type), "components": document["components"]})


def members(document: Json, schema: Json) -> Json:
    """Give the members of what a schema refers to."""
    found: Json = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["properties"]
    return found


async def test_every_type_a_subscriber_may_choose_is_there(document: Json) -> None:
    assert document["webhooks"].keys() == {*get_args(EventType), TEST_EVENT}


async def test_they_ask_for_no_token_of_ours(document: Json) -> None:
    assert all(item["post"]["security"] == [] for item in document["webhooks"].values())


@pytest.mark.parametrize("event_type", get_args(EventType))
@pytest.mark.parametrize("payload", get_args(Payload))
async def test_what_is_sent_is_as_described(document: Json, event_type: str, payload: Payload) -> None:
    sent = [json.loads(message.body(payload)) for message in told() if message.type == event_type]
    assert sent
    for body in sent:
        validator(document, event_type).validate(body)


@pytest.mark.parametrize("event_type", get_args(EventType))
async def test_every_member_that_is_sent_is_described(document: Json, event_type: str) -> None:
    described = members(document, members(document, schema_of(document, event_type))["data"])
    sent = [json.loads(message.body("full")) for message in told() if message.type == event_type]
    assert all(body["data"].keys() <= described.keys() for body in sent)


async def test_what_is_not_sent_is_not_as_described(document: Json) -> None:
    body = next(json.loads(message.body("thin")) for message in told() if message.type == "score.changed.v1")
    for broken in ({**body, "type": "plan.changed.v1"}, {**body, "data": {}}, {**body, "specversion": "2.0"}):
        assert list(validator(document, "score.changed.v1").iter_errors(broken))


async def test_examples_are_as_described(document: Json) -> None:
    media = document["webhooks"]["score.changed.v1"]["post"]["requestBody"]["content"]["application/json"]
    assert media["examples"].keys() == set(get_args(Payload))
    for example in media["examples"].values():
        validator(document, "score.changed.v1").validate(example["value"])


def told() -> list[Message]:
    """Write every event of the examples as the notifier tells it."""
    return [message for data in EXAMPLES if is_told(data) for message in messages_of(data)]


def is_told(data: EventData) -> bool:
    return type(data) in _DESCRIBED or data.event_type in get_args(EventType)


def messages_of(data: EventData) -> list[Message]:
    event: Event[Any] = Event(uuid4(), "/performance", data.event_type, data.subject, AT, uuid4(), None, data)
    found: list[Message] = _DESCRIBED.get(type(data), lambda event: [describe(event)])(event)
    return found
