"""The AsyncAPI document: fresh, valid as AsyncAPI's own schema says, and true about who sends and receives what."""

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

from deploy.asyncapi.catalogue import Kind, event_kinds
from deploy.asyncapi.document import document
from deploy.asyncapi.examples import AT, examples
from deploy.asyncapi.rendering import rendered
from deploy.migrate import SERVICES
from shared.contracts.envelope import Envelope
from shared.contracts.tenancy import TenantChanged
from shared.contracts.topics import AUDIT, DEAD_LETTER_TOPICS, EVENT_TOPICS, TOPICS, Topic
from shared.kit.bus.port import Message
from shared.kit.dead_letters import Letter

Json = dict[str, Any]
Schemas = Registry[bool | Mapping[str, Any]]
ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "asyncapi.yaml"
PUBLISHED = Path(__file__).parent / "schemas" / "asyncapi" / "3.0.0.json"
HERE = "urn:document"
EVENTS = pytest.mark.parametrize("kind", event_kinds(), ids=lambda kind: kind.event_type)


@pytest.fixture(scope="module")
def described() -> Json:
    found: Json = yaml.safe_load(FILE.read_text("utf-8"))
    return found


def test_the_file_is_what_the_contracts_make() -> None:
    assert FILE.read_text("utf-8") == rendered(), "renew it: make docs"


def test_the_file_holds_the_document(described: Json) -> None:
    assert described == document()


def test_it_is_valid_as_the_published_schema_says(described: Json) -> None:
    assert [error.message for error in published().iter_errors(described)] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"asyncapi": "2.6.0"},
        {"info": {"title": "Events"}},
        {"operations": {"archive_sends": {"action": "publish", "channel": {"$ref": "#/channels/archive.records"}}}},
        {"channels": {"archive.records": {"bindings": {"kafka": {"partitions": "8"}}}}},
    ],
    ids=str,
)
def test_the_published_schema_refuses_what_is_wrong(described: Json, wrong: Json) -> None:
    assert list(published().iter_errors({**described, **wrong}))


def test_every_reference_resolves_and_stands_alone(described: Json) -> None:
    found = list(references(described))
    assert [reference for reference in found if len(reference) > 1] == []
    assert [reference for reference in found if not resolves(described, reference["$ref"])] == []


def test_every_message_and_schema_is_used_and_named_plainly(described: Json) -> None:
    pointed_at = {reference["$ref"] for reference in references(described)}
    for part in ("messages", "schemas"):
        assert {f"#/components/{part}/{name}" for name in described["components"][part]} <= pointed_at
    assert [name for name in described["components"]["schemas"] if not re.fullmatch("[A-Z][A-Za-z]+", name)] == []


def test_the_schemas_are_valid_in_draft_7_and_use_none_but_its_words(described: Json) -> None:
    schemas = described["components"]["schemas"]
    for schema in schemas.values():
        Draft7Validator.check_schema(schema)
    assert set(words(schemas.values())) <= Draft7Validator.META_SCHEMA["properties"].keys()


def test_every_topic_has_its_channel_with_its_settings(described: Json) -> None:
    assert {name: channel["address"] for name, channel in described["channels"].items()} == {
        t.name: t.name for t in TOPICS
    }
    for topic in TOPICS:
        kafka = described["channels"][topic.name]["bindings"]["kafka"]
        assert (kafka["topic"], kafka["partitions"]) == (topic.name, topic.partitions)
        assert kafka["topicConfiguration"]["retention.ms"] == topic.retention_days * 24 * 60 * 60 * 1000
        assert ("compact" in kafka["topicConfiguration"]["cleanup.policy"]) == topic.compacted


def test_the_page_about_events_names_every_topic_and_header(described: Json) -> None:
    named = set(re.findall("`([a-z_.-]+)`", (FILE.parent / "events.md").read_text("utf-8")))
    headers = described["components"]["messages"]["dead-letter"]["headers"]["properties"]
    attributes = described["components"]["schemas"]["Envelope"]["properties"]
    assert {*names_of(EVENT_TOPICS), *headers} <= named
    assert attributes.keys() - {"specversion", "datacontenttype", "data"} <= named


@EVENTS
def test_every_event_is_in_the_channel_of_its_topic_alone(described: Json, kind: Kind) -> None:
    channels = [name for name, channel in described["channels"].items() if kind.event_type in channel["messages"]]
    assert channels == [kind.topic.name]


@EVENTS
def test_every_event_is_sent_by_the_service_its_topic_belongs_to(described: Json, kind: Kind) -> None:
    senders = [sender for sender, _, names in operations(described, "send") if kind.event_type in names]
    assert senders == ([*SERVICES] if kind.topic.shared else [kind.topic.producer])
    assert makers().get(kind.__name__, set()) <= {kind.topic.producer}


def test_the_audit_log_is_the_only_topic_that_every_service_writes_to() -> None:
    assert [topic for topic in TOPICS if topic.shared] == [AUDIT]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_receives_what_it_has_handlers_for_and_the_tenants(described: Json, service: str) -> None:
    handlers = import_module(f"services.{service}.events.subscriptions").SUBSCRIPTIONS.handlers
    received = [
        (topic, set(names)) for receiver, topic, names in operations(described, "receive") if receiver == service
    ]
    assert {name for _, names in received for name in names} == {k.event_type for k in {*handlers, TenantChanged}}
    assert all(names <= described["channels"][topic]["messages"].keys() for topic, names in received)


def test_whoever_receives_may_set_aside_and_nobody_reads_what_is(described: Json) -> None:
    receiving = {(service, f"{topic}.dead") for service, topic, _ in operations(described, "receive")}
    sending = {(service, topic) for service, topic, _ in operations(described, "send")}
    assert {(service, topic) for service, topic in sending if topic in names_of(DEAD_LETTER_TOPICS)} == receiving
    assert {topic for _, topic, _ in operations(described, "receive")} == names_of(EVENT_TOPICS)


@EVENTS
def test_the_example_is_valid_for_schema_and_model_alike(described: Json, kind: Kind) -> None:
    message = described["components"]["messages"][kind.event_type]
    (example,) = message["examples"]
    assert complaints(described, f"messages/{kind.event_type}/payload", example["payload"]) == []
    envelope = Envelope[Any].model_validate_json(json.dumps(example["payload"]))
    data = kind.model_validate(envelope.data)
    assert (envelope.type, envelope.subject) == (kind.event_type, data.subject)
    assert message["bindings"]["kafka"]["key"]["examples"] == [f"{envelope.tenantid}/{data.order_key}"]


@EVENTS
def test_the_schema_refuses_an_example_that_is_wrong(described: Json, kind: Kind) -> None:
    payload = json.loads(examples()[kind.event_type].value)
    at = f"messages/{kind.event_type}/payload"
    wrong = [
        {name: value for name, value in payload.items() if name != "specversion"},
        payload | {"type": "thing.happened.v1"},
        payload | {"source": "/elsewhere"},
        payload | {"tenantid": 7},
        payload | {"data": {}},
    ]
    assert [each for each in wrong if not complaints(described, at, each)] == []


@EVENTS
def test_an_envelope_keeps_the_rules_of_cloudevents(kind: Kind) -> None:
    event = json.loads(examples()[kind.event_type].value)
    assert [name for name in event if not re.fullmatch("[a-z0-9]{1,20}", name)] == []
    assert event["specversion"] == "1.0"
    assert all(isinstance(event[name], str) and event[name] for name in ("id", "source", "type", "subject", "sequence"))
    assert event["datacontenttype"] == "application/json"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", event["time"])


def test_a_dead_letter_has_the_headers_that_are_described(described: Json) -> None:
    message = Message("performance.scores", "key", b"{}")
    dead = Letter.about(message, "notifier", partition=3, offset=5).addressed("ValueError", at=AT)
    headers = described["components"]["messages"]["dead-letter"]["headers"]
    assert dict(dead.headers).keys() == headers["properties"].keys() == set(headers["required"])


@cache
def published() -> Draft7Validator:
    """Give a validator by the published schema, which looks nothing up elsewhere."""
    schema = json.loads(PUBLISHED.read_text("utf-8"))
    registry: Schemas = Registry().with_resource(schema["$id"], DRAFT7.create_resource(schema)).crawl()
    return Draft7Validator(schema, registry=registry)


def complaints(described: Json, place: str, value: object) -> list[str]:
    """Validate `value` by the schema at a place of the document's components."""
    registry: Schemas = Registry().with_resource(HERE, DRAFT7.create_resource(described))
    schema = {"$ref": f"{HERE}#/components/{place}"}
    validator = Draft7Validator(schema, registry=registry, format_checker=Draft7Validator.FORMAT_CHECKER)
    return [error.message for error in validator.iter_errors(value)]


def references(node: object) -> Iterator[Json]:
    if isinstance(node, list):
        for each in node:
            yield from references(each)
    elif isinstance(node, dict):
        if "$ref" in node:
            yield node
        for each in node.values():
            yield from references(each)


def words(schemas: Iterable[object]) -> Iterator[str]:
    """Give the words of schemas and of all inside, but not the names of members."""
    for schema in schemas:
        if isinstance(schema, list):
            yield from words(schema)
        elif isinstance(schema, dict):
            yield from schema
            yield from words(schema.get("properties", {}).values())
            yield from words(value for word, value in schema.items() if word not in {"properties", "default"})


def resolves(described: Json, reference: str) -> bool:
    node: object = described
    for name in reference.removeprefix("#/").split("/"):
        if not isinstance(node, dict) or name not in node:
            return False
        node = node[name]
    return True


def operations(described: Json, action: str) -> Iterator[tuple[str, str, list[str]]]:
    """Give service, topic and names of messages of each operation of one kind."""
    for operation in described["operations"].values():
        if operation["action"] == action:
            (tag,) = operation["tags"]
            topic = operation["channel"]["$ref"].removeprefix("#/channels/")
            within = f"#/channels/{topic}/messages/"
            assert all(each["$ref"].startswith(within) for each in operation["messages"])
            yield tag["name"], topic, [each["$ref"].removeprefix(within) for each in operation["messages"]]


def names_of(topics: tuple[Topic, ...]) -> set[str]:
    return {topic.name for topic in topics}


@cache
def makers() -> dict[str, set[str]]:
    """Find the services whose code makes an event, by the name of its class."""
    found: dict[str, set[str]] = {}
    names = {kind.__name__ for kind in event_kinds()}
    for service in SERVICES:
        for file in (ROOT / "services" / service).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and (name := called(node.func)) in names:
                    found.setdefault(name, set()).add(service)
    return found


def called(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
