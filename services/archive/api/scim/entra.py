"""Where Microsoft Entra departs from SCIM beyond what `ScimPolicy` forgives.

A manager is a bare text; references are null; and a change without a path names what it changes by paths with filters.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from services.archive.api.scim.resources import ENTERPRISE

_MANAGER = frozenset({"manager", f"{ENTERPRISE}:manager".lower()})
_REFERENCE = "$ref"

Json = Any


def normalised(body: bytes) -> bytes:
    """Write it as the standard would have it; what is no JSON is left for others to refuse."""
    if not body:
        return body
    try:
        return orjson.dumps(_mended(orjson.loads(body)))
    except (orjson.JSONDecodeError, RecursionError):
        return body


def _mended(node: Json) -> Json:
    if isinstance(node, list):
        return [part for each in node for part in _apart(_mended(each))]
    if not isinstance(node, dict):
        return node
    mended = {
        name: _manager(_mended(value)) if name.lower() in _MANAGER else _mended(value)
        for name, value in node.items()
        if not (name == _REFERENCE and value is None)
    }
    if str(_member(mended, "path")).lower() in _MANAGER:
        return {name: _manager(value) if name.lower() == "value" else value for name, value in mended.items()}
    return mended


def _apart(operation: Json) -> Iterator[Json]:
    """Give each change its own operation that is named by a path with a filter within the value of another one."""
    value = _member(operation, "value")
    if not isinstance(value, dict) or _member(operation, "op") is None or _member(operation, "path") is not None:
        yield operation
        return
    op = _member(operation, "op")
    plain = {name: each for name, each in value.items() if "[" not in name}
    if plain or not value:
        yield {"op": op, "value": plain}
    yield from ({"op": op, "path": name, "value": each} for name, each in value.items() if "[" in name)


def _member(node: Json, wanted: str) -> Json:
    """Find a member, whatever the case of its name."""
    return (
        next((value for name, value in node.items() if name.lower() == wanted), None)
        if isinstance(node, dict)
        else None
    )


def _manager(value: Json) -> Json:
    """Wrap a text; an empty one means nobody."""
    if isinstance(value, str):
        return {"value": value} if value else None
    return value
