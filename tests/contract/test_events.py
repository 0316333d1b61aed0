"""Events keep their schemas within a version: what is kept in `snapshots/` changes by additions alone."""

from typing import Any

import pytest

from shared.contracts.topics import TOPICS
from tests.contract.snapshots import breaking_changes, current, kept

EVENT: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "kind": {"enum": ["head", "acting"], "type": "string"}},
    "required": ["name"],
}


@pytest.mark.parametrize("name", sorted(current()))
def test_an_event_is_what_its_snapshot_says(name: str) -> None:
    before, after = kept().get(name), current()[name]
    broken = breaking_changes(before, after) if before else []
    assert not broken, "this breaks consumers; define a new version of the event instead"
    assert before == after, "accept the addition: python -m tests.contract.snapshots"


def test_no_event_has_disappeared() -> None:
    assert kept().keys() <= current().keys()


def test_topics_have_names_of_their_own() -> None:
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)


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


@pytest.mark.parametrize(
    "change",
    [
        {"properties": {"name": {"type": "string"}}},
        {"properties": {**EVENT["properties"], "name": {"type": "integer"}}},
        {"properties": {**EVENT["properties"], "kind": {"enum": ["head"], "type": "string"}}},
        {"properties": {**EVENT["properties"], "name": {"type": "string", "maxLength": 5}}},
        {"required": []},
        {"required": ["name", "kind"]},
    ],
)
def test_everything_else_does(change: dict[str, Any]) -> None:
    assert breaking_changes(EVENT, {**EVENT, **change})
