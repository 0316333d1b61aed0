"""Snapshots of the events: `python -m tests.contract.snapshots` accepts additive changes, and only those.

One file an event says where it travels, by which key, how its versions are counted, what is written and what is read.
It keeps the example it was accepted with, which must stay readable for ever. The envelope and the topics have a file
each.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from deploy.asyncapi.catalogue import Kind, event_kinds, order_key_of, sequence_of, subject_of
from deploy.asyncapi.examples import examples
from shared.contracts.envelope import Envelope, EventData
from shared.contracts.topics import EVENT_TOPICS

FOLDER = Path(__file__).parent / "snapshots"
EXAMPLE = "example"
Snapshot = Mapping[str, Any]
_NAMED = frozenset({"properties", "$defs", "topics"})
"""What holds members by name, of which there may be more."""
_SCHEMAS = frozenset({"read", "written"})
_WORDS = frozenset({"title", "description", "examples"})
"""Parts of a schema that decide nothing about what is valid or what it means."""


def current() -> dict[str, Snapshot]:
    """Give what the code says now: of every event type, the envelope and the topics."""
    shared = {"envelope": _schemas_of(Envelope[EventData]), "topics": {"topics": _topics()}}
    return shared | {kind.event_type: snapshot_of(kind) for kind in event_kinds()}


def kept(folder: Path = FOLDER) -> dict[str, Snapshot]:
    """Give what was accepted last, without the examples."""
    return {name: {k: v for k, v in each.items() if k != EXAMPLE} for name, each in _files(folder).items()}


def kept_examples(folder: Path = FOLDER) -> dict[str, Snapshot]:
    """Give a message of each event type as it was written when its type was new: `key` and `value`."""
    return {name: each[EXAMPLE] for name, each in _files(folder).items() if EXAMPLE in each}


def snapshot_of(kind: Kind) -> Snapshot:
    """Give all that a consumer of an event relies on."""
    return {
        "topic": kind.topic.name,
        "subject": subject_of(kind),
        "order_key": order_key_of(kind),
        "sequence": sequence_of(kind),
        **_schemas_of(kind),
    }


def breaking_changes(before: Snapshot, after: Snapshot, *, at: str = "") -> list[str]:
    """Name every difference that is more than an optional member or a further enumerated value."""
    if before.keys() - after.keys() or after.keys() - before.keys() - _NAMED:
        return [f"{at or '/'}: {sorted(before.keys() ^ after.keys())} came or went"]
    return [found for name in before for found in _differences(name, before[name], after[name], at=f"{at}/{name}")]


def lost_values(before: object, after: object, *, at: str = "") -> Iterator[str]:
    """Name every value of a message that reads otherwise now; there may be more members."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name, value in before.items():
            yield from lost_values(value, after.get(name), at=f"{at}/{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from lost_values(old, new, at=f"{at}/{number}")
    elif before != after:
        yield f"{at} was {before}, is {after}"


def update(folder: Path = FOLDER) -> list[str]:
    """Write what is new or additive; give what is neither, which needs a new version of its event instead."""
    snapshots, refused = kept(folder), []
    for name, snapshot in current().items():
        if broken := breaking_changes(snapshots.get(name, snapshot), snapshot):
            refused += [f"{name}{change}" for change in broken]
        else:
            _write(folder, name, snapshot)
    return refused + [f"{name} is gone" for name in snapshots.keys() - current().keys()]


def _differences(name: str, before: Any, after: Any, *, at: str) -> Iterator[str]:
    if name in _NAMED:
        yield from (f"{at}/{member} is gone" for member in before.keys() - after.keys())
        for member in before.keys() & after.keys():
            yield from breaking_changes(before[member], after[member], at=f"{at}/{member}")
    elif name in _SCHEMAS:
        yield from breaking_changes(before, after, at=at)
    elif name == "enum":
        yield from (f"{at}: {gone} is gone" for gone in before if gone not in after)
    elif name == "anyOf" and len(before) == len(after):
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from breaking_changes(old, new, at=f"{at}/{number}")
    elif name == "required":
        yield from [] if sorted(before) == sorted(after) else [f"{at} was {before}, is {after}"]
    elif before != after:
        yield f"{at} was {before}, is {after}"


def _topics() -> Snapshot:
    """Give what decides where the events of a key lie; more partitions would part them from those before."""
    return {topic.name: {"partitions": topic.partitions, "compacted": topic.compacted} for topic in EVENT_TOPICS}


def _schemas_of(model: type[BaseModel]) -> Snapshot:
    """Give the schema of what is written, which is what travels, and of what is read, which may be older."""
    written, read = model.model_json_schema(mode="serialization"), model.model_json_schema(mode="validation")
    return {"written": _plain(written), "read": _plain(read)}


def _files(folder: Path) -> dict[str, Snapshot]:
    return {file.stem: json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json"))}


def _write(folder: Path, name: str, snapshot: Snapshot) -> None:
    """Write a snapshot; an example stays what it was when its type was new."""
    if example := kept_examples(folder).get(name) or _example(name):
        snapshot = {**snapshot, EXAMPLE: example}
    folder.mkdir(exist_ok=True)
    text = json.dumps(snapshot, indent=1, sort_keys=True, ensure_ascii=False)
    (folder / f"{name}.json").write_text(text + "\n", "utf-8")


def _example(name: str) -> Snapshot | None:
    message = examples().get(name)
    return {"key": message.key, "value": json.loads(message.value)} if message else None


def _plain(node: Any) -> Any:
    """Leave out what is said to people; members may still be called `title`."""
    if isinstance(node, list):
        return [_plain(child) for child in node]
    if not isinstance(node, dict):
        return node
    return {
        name: {member: _plain(schema) for member, schema in child.items()}
        if name in {"properties", "$defs"}
        else _plain(child)
        for name, child in node.items()
        if name not in _WORDS
    }


if __name__ == "__main__":
    sys.exit("\n".join(update()) or 0)
