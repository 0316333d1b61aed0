"""JSON schemas of what travels, as AsyncAPI reads them: JSON Schema draft 7 with all definitions in one place."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from deploy.asyncapi.catalogue import event_kinds
from shared.contracts.envelope import Envelope, EventData
from shared.core.decimals import positional

Json = dict[str, Any]
Schema = core_schema.CoreSchema | core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField
ENVELOPE = "Envelope"
_REFERENCE = "#/components/schemas/{model}"
_ORDER = (
    "type",
    "format",
    "const",
    "enum",
    "description",
    "default",
    "items",
    "properties",
    "additionalProperties",
    "required",
)
"""A schema reads best in this order; other words come first."""


def reference_to(name: str) -> Json:
    return {"$ref": _REFERENCE.format(model=name)}


def schemas() -> Json:
    """Give the envelope, every event's data and every part of one, by name."""
    asked = [(kind, "serialization") for kind in event_kinds()]
    _, found = models_json_schema(asked, ref_template=_REFERENCE, schema_generator=_Readable)  # type: ignore[arg-type]
    return {ENVELOPE: _envelope(), **dict(sorted(found["$defs"].items()))}


def _envelope() -> Json:
    schema = Envelope[EventData].model_json_schema(mode="serialization", schema_generator=_Readable)
    del schema["$defs"]
    schema["description"] = "One event as it travels: CloudEvents 1.0 in structured mode, with three extensions."
    schema["properties"]["data"] = {"type": "object", "description": "What happened, as its type says."}
    schema["required"] = ["specversion", *schema["required"]]
    return _in_order(schema)


class _Readable(GenerateJsonSchema):
    """Schemas without titles that only repeat names, in the words that draft 7 and its tools know."""

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        return _named(value) if parent_key == "properties" else _in_order(value)

    def generate_inner(self, schema: Schema) -> JsonSchemaValue:
        """Move a reference that has neighbours into an `allOf`: draft 7 ignores what stands beside one."""
        found = super().generate_inner(schema)
        if "$ref" in found and len(found) > 1:
            return {"allOf": [{"$ref": found.pop("$ref")}], **found}
        return found

    def field_title_should_be_set(self, schema: Schema) -> bool:  # noqa: ARG002 -- the signature is the library's
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Leave out the default null of what may be null: a member that is not required says as much."""
        found = super().default_schema(schema)
        return {word: value for word, value in found.items() if (word, value) != ("default", None)}

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        found = super().model_schema(schema)
        found.pop("title", None)
        if "description" in found:
            found["description"] = _unwrapped(found["description"])
        return found

    def ser_schema(self, schema: Any) -> JsonSchemaValue | None:  # noqa: ANN401 -- a union that the library spells out
        """Say of text that it is a decimal where it is one."""
        found = super().ser_schema(schema)
        return {**(found or {}), "format": "decimal"} if schema.get("function") is positional else found

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Write `type: [string, 'null']` instead of a choice between two schemas where that says it all."""
        inner = self.generate_inner(schema["schema"])
        if isinstance(inner.get("type"), str) and not inner.keys() & {"enum", "const"}:
            return {**inner, "type": [inner["type"], "null"]}
        return {"anyOf": [inner, {"type": "null"}]}


def _in_order(schema: Json) -> Json:
    """Sort the words of a schema and of those inside."""
    words = sorted(schema, key=lambda word: _ORDER.index(word) if word in _ORDER else -1)
    return {word: _named(schema[word]) if word == "properties" else _inside(schema[word]) for word in words}


def _named(schemas: Json) -> Json:
    """Let members keep the order of their fields."""
    return {name: _in_order(schema) for name, schema in schemas.items()}


def _inside(value: object) -> object:
    if isinstance(value, list):
        return [_inside(each) for each in value]
    return _in_order(value) if isinstance(value, dict) else value


def _unwrapped(text: str) -> str:
    """Let each paragraph be one line."""
    return "\n".join(" ".join(paragraph.split("\n")) for paragraph in text.split("\n\n"))
