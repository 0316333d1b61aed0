"""Events keep their contracts within a version: what is kept in `snapshots/` changes by additions alone."""

import json
import re
import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import Field, PlainSerializer, create_model

from deploy.asyncapi.catalogue import Kind, event_kinds, order_key_of, sequence_of, subject_of
from deploy.asyncapi.examples import examples
from shared import contracts
from shared.contracts.envelope import Envelope, EventData, Part
from shared.contracts.scores import ScoreRevised
from shared.contracts.topics import RECORDS, SCORES, TOPICS, Topic
from shared.kit.outbox import message_of
from tests.contract.snapshots import (
    FOLDER,
    breaking_changes,
    current,
    kept,
    kept_examples,
    lost_values,
    snapshot_of,
    update,
)

KINDS = {kind.event_type: kind for kind in event_kinds()}
EVENT: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "kind": {"enum": ["head", "acting"], "type": "string"}},
    "required": ["name"],
}
_MAYBE = {"anyOf": [{"enum": ["a", "b"]}, {"type": "null"}]}


class Place(Part):
    floor: int


class Street(Part):
    floor: int
    house: int


class Moved(EventData):
    event_type: ClassVar[str] = "thing.moved.v1"
    topic: ClassVar[Topic] = SCORES

    thing_id: str
    sequence: int
    weight: Decimal
    kind: Literal["heavy", "light"] = "heavy"
    note: str | None = None
    places: tuple[Place, ...] = ()

    @property
    def subject(self) -> str:
        return f"things/{self.thing_id}"


class MovedElsewhere(Moved):
    topic: ClassVar[Topic] = RECORDS


class MovedByKind(Moved):
    @property
    def order_key(self) -> str:
        return f"kinds/{self.kind}"


class MovedAnonymously(Moved):
    @property
    def subject(self) -> str:
        return "things"


class MovedUncounted(Moved):
    @property
    def version(self) -> int:
        return 0


@pytest.mark.parametrize("name", sorted(current()))
def test_a_contract_is_what_its_snapshot_says(name: str) -> None:
    before, after = kept().get(name), current()[name]
    broken = breaking_changes(before, after) if before else []
    assert not broken, "this breaks consumers; define a new version of the event instead"
    assert before == after, "accept the addition: .venv/bin/python -m tests.contract.snapshots"


def test_nothing_has_disappeared() -> None:
    assert kept().keys() <= current().keys()


@pytest.mark.parametrize("name", sorted(KINDS))
def test_what_was_written_when_an_event_was_new_reads_the_same_for_ever(name: str) -> None:
    example = kept_examples()[name]
    envelope = Envelope[Any].model_validate_json(json.dumps(example["value"]))
    data = KINDS[name].model_validate(envelope.data)
    written = message_of(envelope.model_copy(update={"data": data}))
    assert list(lost_values(example["value"], json.loads(written.value))) == []
    assert (written.topic, written.key) == (data.topic.name, example["key"])
    assert envelope.subject == data.subject


@pytest.mark.parametrize("name", sorted(KINDS))
def test_an_event_is_written_as_its_contract_would_write_it(name: str) -> None:
    contract: Any = Envelope.__class_getitem__(KINDS[name])
    event = contract.model_validate_json(json.dumps(kept_examples()[name]["value"]))
    assert json.loads(message_of(event).value) == json.loads(event.model_dump_json())


@pytest.mark.parametrize(
    "now",
    [{"total": "73.9"}, {"total": "73.90", "items": [1]}, {"total": "73.90", "items": []}, {"items": [1, 2]}, None],
)
def test_a_value_that_reads_otherwise_is_named(now: object) -> None:
    assert list(lost_values({"total": "73.90", "items": [1, 2]}, now))
    assert not list(lost_values(now, now))


def test_topics_have_names_of_their_own() -> None:
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)


def test_every_event_has_a_versioned_type_of_its_own() -> None:
    counted = Counter(kind.event_type for kind in event_kinds())
    assert [name for name, count in counted.items() if count > 1] == []
    assert [name for name in counted if not re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+\.v[1-9]\d*", name)] == []


def test_no_public_class_of_events_lacks_a_type_or_repeats_its_parents() -> None:
    unfinished = [
        kind.__name__
        for kind in _below(EventData)
        if kind.__module__.startswith(contracts.__name__) and not kind.__name__.startswith("_")
        if "event_type" not in vars(kind) or "topic" not in dir(kind)
    ]
    assert unfinished == []


@pytest.mark.parametrize("kind", [kind for kind in event_kinds() if kind.topic.compacted], ids=lambda k: k.event_type)
def test_what_may_be_compacted_is_a_whole_document_under_a_key_of_its_own(kind: Kind) -> None:
    assert order_key_of(kind) == subject_of(kind)
    assert sequence_of(kind) == "{sequence}"


@pytest.mark.parametrize(
    "addition",
    [
        {"properties": {**EVENT["properties"], "note": {"type": "string"}}},
        {"properties": {**EVENT["properties"], "kind": {"enum": ["head", "acting", "deputy"], "type": "string"}}},
        {"$defs": {"Part": {"type": "object"}}},
    ],
)
def test_additions_break_nothing(addition: dict[str, Any]) -> None:
    assert breaking_changes(EVENT, {**EVENT, **addition}) == []


def test_an_enumeration_that_may_be_null_grows_and_does_not_shrink() -> None:
    grown = {"anyOf": [{"enum": ["a", "b", "c"]}, {"type": "null"}]}
    before, after = {"properties": {"kind": _MAYBE}}, {"properties": {"kind": grown}}
    assert breaking_changes(before, after) == []
    assert breaking_changes(after, before)


@pytest.mark.parametrize(
    "change",
    [
        {"properties": {"name": {"type": "string"}}},
        {"properties": {"name": {"type": "string"}, "sort": {"enum": ["head", "acting"], "type": "string"}}},
        {"properties": {**EVENT["properties"], "name": {"type": "integer"}}},
        {"properties": {**EVENT["properties"], "kind": {"enum": ["head"], "type": "string"}}},
        {"properties": {**EVENT["properties"], "name": {"type": "string", "maxLength": 5}}},
        {"required": []},
        {"required": ["name", "kind"]},
    ],
)
def test_everything_else_does(change: dict[str, Any]) -> None:
    assert breaking_changes(EVENT, {**EVENT, **change})


@pytest.mark.parametrize(
    "fields",
    [
        {"added": (str | None, None)},
        {"added": (tuple[Place, ...], ())},
        {"kind": (Literal["heavy", "light", "odd"], "heavy")},
        {"weight": (Annotated[Decimal, Field(description="In grams.")], ...)},
    ],
    ids=str,
)
def test_an_event_may_grow(fields: dict[str, Any]) -> None:
    assert breaking_changes(snapshot_of(Moved), snapshot_of(_with(fields))) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"added": (str, ...)},
        {"thing_id": (int, ...)},
        {"thing_id": (str | None, ...)},
        {"thing_id": (str, "unknown")},
        {"note": (str, "")},
        {"note": (str | None, ...)},
        {"note": (str | None, "none")},
        {"kind": (Literal["heavy"], "heavy")},
        {"kind": (Literal["heavy", "light"], "light")},
        {"kind": (str, "heavy")},
        {"weight": (Annotated[Decimal, PlainSerializer(float, return_type=float)], ...)},
        {"weight": (Annotated[Decimal, Field(serialization_alias="mass")], ...)},
        {"weight": (Annotated[Decimal, Field(exclude=True)], ...)},
        {"weight": (Annotated[Decimal, Field(gt=0)], ...)},
        {"places": (tuple[Street, ...], ())},
        {"places": (tuple[Place, Place], ...)},
        {"places": (list[int], [])},
    ],
    ids=str,
)
def test_a_field_that_changes_is_refused(fields: dict[str, Any]) -> None:
    assert breaking_changes(snapshot_of(Moved), snapshot_of(_with(fields)))


@pytest.mark.parametrize("kind", [MovedElsewhere, MovedByKind, MovedAnonymously, MovedUncounted])
def test_another_topic_key_subject_or_count_is_refused(kind: Kind) -> None:
    assert breaking_changes(snapshot_of(Moved), snapshot_of(kind))


def test_the_envelope_may_gain_an_attribute_and_nothing_else() -> None:
    before = current()["envelope"]
    schema = before["written"]
    attributes = schema["properties"]

    def with_attributes(changed: dict[str, Any]) -> dict[str, Any]:
        return {**before, "written": {**schema, "properties": changed}}

    assert breaking_changes(before, with_attributes({**attributes, "dataschema": {"type": "string"}})) == []
    assert breaking_changes(before, with_attributes({k: v for k, v in attributes.items() if k != "sequence"}))
    assert breaking_changes(before, with_attributes({**attributes, "sequence": {"type": "integer"}}))
    demanding = {**before["read"], "required": [*before["read"]["required"], "traceparent"]}
    assert breaking_changes(before, {**before, "read": demanding})


def test_a_topic_may_be_added_and_none_may_go_or_part_its_keys_anew() -> None:
    before = current()["topics"]
    topics = before["topics"]
    scores = topics[SCORES.name]
    assert breaking_changes(before, {"topics": {**topics, "gateway.access": scores}}) == []
    assert breaking_changes(before, {"topics": {k: v for k, v in topics.items() if k != SCORES.name}})
    assert breaking_changes(before, {"topics": {**topics, SCORES.name: {**scores, "partitions": 32}}})
    assert breaking_changes(before, {"topics": {**topics, SCORES.name: {**scores, "compacted": True}}})


def test_renewing_takes_additions_keeps_examples_and_refuses_the_rest(tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "snapshots", ignore=shutil.ignore_patterns("openapi"))
    smaller = json.loads((folder / "score.revised.v1.json").read_text("utf-8"))
    del smaller["written"]["properties"]["previous_grade"], smaller["read"]["properties"]["previous_grade"]
    del smaller["example"]["value"]["data"]["previous_grade"]
    other = json.loads((folder / "score.published.v1.json").read_text("utf-8")) | {"topic": "performance.results"}
    _write(folder, "score.revised.v1", smaller)
    _write(folder, "score.published.v1", other)
    (folder / "task.due.v1.json").rename(folder / "task.late.v1.json")

    refused = update(folder)

    assert refused == [
        "score.published.v1/topic was performance.results, is performance.scores",
        "task.late.v1 is gone",
    ]
    assert kept(folder)["score.revised.v1"] == snapshot_of(ScoreRevised)
    assert kept_examples(folder)["score.revised.v1"] == smaller["example"]
    assert json.loads((folder / "score.published.v1.json").read_text("utf-8")) == other
    assert kept_examples(folder)["task.due.v1"]["key"] == examples()["task.due.v1"].key


def _with(fields: dict[str, Any]) -> Kind:
    changed: Kind = create_model("Changed", __base__=Moved, **fields)
    return changed


def _write(folder: Path, name: str, snapshot: dict[str, Any]) -> None:
    (folder / f"{name}.json").write_text(json.dumps(snapshot), "utf-8")


def _below(kind: Kind) -> set[Kind]:
    return {inner for each in kind.__subclasses__() for inner in {each, *_below(each)}}
