"""JSON knows numbers and truth: a body that says `"1"` or `0` where its schema wants `1` or `false` does not fit it."""

from typing import Any

from pydantic_core import CoreSchema

_KINDS = frozenset({"bool", "int"})


def be_strict(schema: CoreSchema) -> CoreSchema:
    """Let whole numbers and truth values be taken for nothing else; texts stay texts, as days and ids come as such."""
    _tighten(schema)
    return schema


def _tighten(node: Any) -> None:  # noqa: ANN401 -- whatever stands in a schema of Pydantic
    if isinstance(node, dict):
        if node.get("type") in _KINDS:
            node["strict"] = True
        for child in node.values():
            _tighten(child)
    elif isinstance(node, list):
        for child in node:
            _tighten(child)
