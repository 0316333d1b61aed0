"""What trimming means for a schema: whoever must say something must say more than spaces."""

from typing import Any

_INK = r"[^\s\u0085]"


def describe_trimmed(schema: dict[str, Any]) -> None:
    """Let the texts of a model's schema say that spaces at their ends do not count."""
    for member in schema.get("properties", {}).values():
        _describe(member)


def _describe(node: dict[str, Any]) -> None:
    length = node.get("minLength", 0)
    if length and not node.keys() & {"pattern", "format", "enum", "const"}:
        node["pattern"] = _INK if length == 1 else rf"{_INK}[\s\S]{{{length - 2},}}{_INK}"
    for inner in (node.get("items"), node.get("additionalProperties"), *node.get("anyOf", ())):
        if isinstance(inner, dict):
            _describe(inner)
