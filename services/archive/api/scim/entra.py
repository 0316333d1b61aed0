"""Where Microsoft Entra departs from SCIM beyond what `ScimPolicy` forgives: a manager that is a bare text."""

from typing import Any

import orjson

from services.archive.api.scim.resources import ENTERPRISE

_MANAGER = "manager"
_PATHS = frozenset({_MANAGER, f"{ENTERPRISE}:{_MANAGER}".lower()})


def normalised(body: bytes) -> bytes:
    """Write a bare manager as the object it should be; what is no JSON is left for others to refuse."""
    if _MANAGER.encode() not in body.lower():
        return body
    try:
        return orjson.dumps(_mended(orjson.loads(body)))
    except orjson.JSONDecodeError:
        return body


def _mended(node: Any) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(node, list):
        return [_mended(each) for each in node]
    if not isinstance(node, dict):
        return node
    mended = {
        name: _manager(_mended(value)) if name.lower() in _PATHS else _mended(value) for name, value in node.items()
    }
    path = next((value for name, value in mended.items() if name.lower() == "path"), None)
    if isinstance(path, str) and path.lower() in _PATHS:
        mended = {name: _manager(value) if name.lower() == "value" else value for name, value in mended.items()}
    return mended


def _manager(value: Any) -> Any:  # noqa: ANN401 -- JSON
    """Wrap a text; an empty one means nobody."""
    if isinstance(value, str):
        return {"value": value} if value else None
    return value
