"""A snapshot of the public API's shape: operations, parameters, bodies, schemas; it may grow, and nothing may go."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "snapshots" / "openapi" / "v1.json"
Shape = Mapping[str, Any]
_WORDS = frozenset({"title", "description", "summary", "examples", "example", "x-extensible-enum"})


def shape_of(document: Shape) -> Shape:
    """Leave of an OpenAPI document what a generated client depends on."""
    return {
        "operations": {
            operation["operationId"]: _operation(path, method, operation)
            for path, item in sorted(document["paths"].items())
            for method, operation in item.items()
            if isinstance(operation, dict) and "operationId" in operation
        },
        "schemas": {name: _plain(schema) for name, schema in sorted(document["components"]["schemas"].items())},
    }


def kept() -> Shape:
    shape: Shape = json.loads(FILE.read_text("utf-8"))
    return shape


def keep(shape: Shape) -> None:
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(shape, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")


def breaking_changes(before: Shape, after: Shape) -> list[str]:
    """Name everything a client written for `before` would miss in `after`."""
    return [*_lost_operations(before["operations"], after["operations"]), *_lost_members(before, after)]


def _operation(path: str, method: str, operation: Shape) -> Shape:
    return {
        "call": f"{method.upper()} {path}",
        "parameters": {f"{p['in']} {p['name']}": p.get("required", False) for p in operation.get("parameters", ())},
        "body": _plain(operation.get("requestBody", {}).get("content", {})),
        "answers": {status: _plain(answer.get("content", {})) for status, answer in operation["responses"].items()},
    }


def _lost_operations(before: Shape, after: Shape) -> Iterator[str]:
    for name, operation in before.items():
        if name not in after:
            yield f"operation {name} is gone"
            continue
        if operation["call"] != after[name]["call"]:
            yield f"operation {name} was {operation['call']}, is {after[name]['call']}"
        parameters = after[name]["parameters"]
        yield from (f"{name}: parameter {lost} is gone" for lost in operation["parameters"].keys() - parameters.keys())
        demanded = {p for p, required in parameters.items() if required and not operation["parameters"].get(p)}
        yield from (f"{name}: parameter {new} is demanded now" for new in sorted(demanded))


def _lost_members(before: Shape, after: Shape) -> Iterator[str]:
    for name, schema in before["schemas"].items():
        members = schema.get("properties", {})
        left = after["schemas"].get(name, {}).get("properties", {})
        yield from (f"schema {name}: {lost} is gone" for lost in sorted(members.keys() - left.keys()))


def _plain(node: Any) -> Any:
    if isinstance(node, list):
        return [_plain(child) for child in node]
    if not isinstance(node, dict):
        return node
    return {
        name: {member: _plain(schema) for member, schema in child.items()} if name == "properties" else _plain(child)
        for name, child in node.items()
        if name not in _WORDS
    }
