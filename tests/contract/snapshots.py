"""Snapshots of the events' schemas: `python -m tests.contract.snapshots` accepts additive changes, and only those."""

import json
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from shared import contracts
from shared.contracts.envelope import EventData

FOLDER = Path(__file__).parent / "snapshots"
Schema = Mapping[str, Any]
_WORDS = frozenset({"title", "description", "default", "examples"})
"""Parts of a schema that decide nothing about what is valid."""


def current() -> dict[str, Schema]:
    """Give the schema of every event type there is."""
    for module in iter_modules(contracts.__path__):
        import_module(f"{contracts.__name__}.{module.name}")
    kinds = [kind for kind in _below(EventData) if kind.__module__.startswith(contracts.__name__)]
    return {kind.event_type: _plain(kind.model_json_schema()) for kind in kinds if hasattr(kind, "event_type")}


def kept() -> dict[str, Schema]:
    return {file.stem: json.loads(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.json"))}


def breaking_changes(before: Schema, after: Schema, *, at: str = "") -> list[str]:
    """Name every difference that is more than an optional member or a further enumerated value."""
    if before.keys() - after.keys() or after.keys() - before.keys() - {"$defs", "properties"}:
        return [f"{at or '/'}: {sorted(before.keys() ^ after.keys())} came or went"]
    found: list[str] = []
    for name, value in before.items():
        place = f"{at}/{name}"
        if name in {"properties", "$defs"}:
            found += [f"{place}/{member} is gone" for member in value.keys() - after[name].keys()]
            for member in value.keys() & after[name].keys():
                found += breaking_changes(value[member], after[name][member], at=f"{place}/{member}")
        elif name == "enum":
            found += [f"{place}: {gone} is gone" for gone in value if gone not in after[name]]
        elif name == "required":
            found += [] if sorted(value) == sorted(after[name]) else [f"{place} was {value}, is {after[name]}"]
        elif value != after[name]:
            found += [f"{place} was {value}, is {after[name]}"]
    return found


def update() -> list[str]:
    """Write what is new or additive; give what is neither, which needs a new version of its event instead."""
    snapshots, refused = kept(), []
    for name, schema in current().items():
        if broken := breaking_changes(snapshots.get(name, schema), schema):
            refused += [f"{name}{change}" for change in broken]
            continue
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.json").write_text(json.dumps(schema, indent=2, sort_keys=True) + "\n", "utf-8")
    return refused + [f"{name} is gone" for name in snapshots.keys() - current().keys()]


def _below(kind: type[EventData]) -> Iterator[type[EventData]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _below(inner)


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
