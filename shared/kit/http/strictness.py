"""JSON knows numbers and truth: a body that says `"1"` or `0` where its schema wants `1` or `false` does not fit it."""

from typing import Any

from pydantic_core import CoreSchema, PydanticKnownError
from pydantic_core.core_schema import no_info_before_validator_function


def be_strict(schema: CoreSchema) -> CoreSchema:
    """Let whole numbers and truth values be taken for nothing else; texts stay texts, as days and ids come as such."""
    _tighten(schema)
    return schema


def _tighten(node: Any) -> None:  # noqa: ANN401 -- whatever stands in a schema of Pydantic
    if isinstance(node, list):
        for child in node:
            _tighten(child)
    elif isinstance(node, dict) and node.get("function", {}) != {"type": "no-info", "function": _whole}:
        if node.get("type") == "bool":
            node["strict"] = True
        elif node.get("type") == "int":
            _take_numbers_alone(node)
        else:
            _tighten(list(node.values()))


def _take_numbers_alone(node: dict[str, Any]) -> None:
    """Put the check before it; Pydantic's own strictness would refuse 1.0, which JSON Schema calls an integer."""
    inner: Any = {**node, "strict": False}
    node.clear()
    node.update(no_info_before_validator_function(_whole, inner))


def _whole(value: object) -> object:
    if isinstance(value, str | bytes | bool):
        raise PydanticKnownError("int_type")
    return value
