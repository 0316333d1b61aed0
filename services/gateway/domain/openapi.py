"""One OpenAPI 3.1 document out of the services' own: only what the gateway serves, and no two meanings of one name."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.gateway.domain.examples import EXAMPLES, Example
from services.gateway.domain.identity.scopes import SCOPES
from services.gateway.domain.paths import COMPOSITIONS, DASHBOARD, Composition, Part, owner_of
from services.gateway.domain.tags import TAGS

Document = dict[str, Any]
_REF = "#/components/schemas/"
_PROBLEM = {"$ref": f"{_REF}Problem"}
_WITHHELD = "Null for callers who may not see them."
_MISSING = "Members that are null because the caller may not see them, or because their service is away."
_PLACEHOLDER = re.compile(r"\{\w+\}")
_PROBLEM_CODES = "x-problem-codes"
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})

_HEAD: Document = {
    "openapi": "3.1.0",
    "info": {
        "title": "Steelyard",
        "version": "1",
        "description": "HR performance over one REST API: the archive, the data that flow in, scores, and who is told."
        " Query parameters and fields of bodies that are not described here are refused.",
    },
    "servers": [{"url": "/"}],
    "security": [{"bearer": []}],
}
_SECURITY_SCHEMES: Document = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "From `POST /v1/sessions` for people, from `POST /oauth/token` for systems and front ends.",
    },
    "operator": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "op_…",
        "description": "The key of an operator of the installation, from `steelyard operator create`.",
    },
    "oauth2": {
        "type": "oauth2",
        "flows": {
            "clientCredentials": {"tokenUrl": "/oauth/token", "scopes": dict(SCOPES)},
            "authorizationCode": {
                "authorizationUrl": "/oauth/authorize",
                "tokenUrl": "/oauth/token",
                "refreshUrl": "/oauth/token",
                "scopes": {},
            },
        },
    },
}


def unite(documents: Mapping[str, Document]) -> Document:
    """Unite the documents of the services, given by name.

    A schema that services define differently under one name gets the service's name in front of it.
    """
    named = _apart(documents)
    paths = {path: item for service, document in named.items() for path, item in _served(service, document)}
    schemas = {name: schema for document in named.values() for name, schema in _schemas(document).items()}
    for composition in COMPOSITIONS:
        _compose(paths, schemas, composition)
    _compose_dashboard(paths, schemas)
    for operation in operations(paths):
        _name_problems(operation)
        _show_examples(operation)
    _name_codes(schemas, documents.values())
    return {
        **_HEAD,
        "tags": _tags(paths),
        "paths": paths,
        "webhooks": {name: item for document in named.values() for name, item in document.get("webhooks", {}).items()},
        "components": {"schemas": dict(sorted(schemas.items())), "securitySchemes": _SECURITY_SCHEMES},
    }


def _tags(paths: Mapping[str, Any]) -> list[Document]:
    """Name the parts in the order of their paths, and say what they are about."""
    names = dict.fromkeys(tag for operation in operations(paths) for tag in operation.get("tags", ()))
    return [{"name": name, **({"description": TAGS[name]} if name in TAGS else {})} for name in names]


def operations(paths: Mapping[str, Any]) -> Iterator[Document]:
    return (operation for item in paths.values() for method, operation in item.items() if method in _METHODS)


def references(node: object) -> Iterator[str]:
    """Find the names of the schemas that a part of a document refers to."""
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith(_REF):
            yield reference.removeprefix(_REF)
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


def _served(service: str, document: Document) -> Iterator[tuple[str, Document]]:
    """Give the paths that reach this service through the gateway."""
    for path, item in document.get("paths", {}).items():
        if (owner_of(path) or "gateway") == service:
            yield path, item


def _apart(documents: Mapping[str, Document]) -> dict[str, Document]:
    clashing = _clashing(documents)
    return {
        service: _renamed(document, {name: f"{service.capitalize()}{name}" for name in clashing})
        for service, document in documents.items()
    }


def _clashing(documents: Mapping[str, Document]) -> frozenset[str]:
    """Find the names with several meanings, and those of schemas that refer to one of them in turn."""
    meanings: dict[str, list[Document]] = defaultdict(list)
    for document in documents.values():
        for name, schema in _schemas(document).items():
            meanings[name].append(schema)
    shared = {name: schemas for name, schemas in meanings.items() if len(schemas) > 1}
    clashing = {name for name, schemas in shared.items() if any(schema != schemas[0] for schema in schemas)}
    while more := {name for name in shared.keys() - clashing if clashing & set(references(shared[name]))}:
        clashing |= more
    return frozenset(clashing)


def _renamed(document: Document, names: Mapping[str, str]) -> Document:
    text = json.dumps(document)
    for name, unique in names.items():
        text = text.replace(f'"{_REF}{name}"', f'"{_REF}{unique}"')
    renamed: Document = json.loads(text)
    schemas = _schemas(renamed)
    renamed.setdefault("components", {})["schemas"] = {names.get(name, name): schemas[name] for name in schemas}
    return renamed


def _schemas(document: Document) -> Document:
    schemas: Document = document.get("components", {}).get("schemas", {})
    return schemas


def _compose(paths: Document, schemas: Document, composition: Composition) -> None:
    """Say that the object's answer has members more, which other services answer."""
    whole, found = paths.get(composition.path), _members(paths, schemas, composition.parts)
    if whole is None or len(found) < len(composition.parts):
        return
    if composition.partial:
        found["missing"] = {"type": "array", "items": {"$ref": f"{_REF}MissingPart"}, "description": _MISSING}
    _extend(paths, schemas, _success(whole["get"]), found)


def _extend(paths: Document, schemas: Document, media: Document, members: Document) -> None:
    """Give an answer more members: in its own schema, or in one of its own where others answer with that too.

    Not in an `allOf`, which generators of clients would name after its place.
    """
    (own,) = references(media["schema"])
    shared = [*references(paths), *references(schemas)].count(own) > 1
    schema = schemas[own]
    name = f"Whole{own}" if shared else own
    schemas[name] = {
        **schema,
        "title": name,
        "properties": {**schema.get("properties", {}), **members},
        "required": [*schema.get("required", ()), *members],
    }
    media["schema"] = {"$ref": f"{_REF}{name}"}


def _compose_dashboard(paths: Document, schemas: Document) -> None:
    """Say of each member what its own service says of it."""
    properties: Document = schemas.get("DashboardView", {}).get("properties", {})
    for member, found in _members(paths, schemas, DASHBOARD).items():
        if member in properties:
            kept = properties[member].get("description")
            properties[member] = {**found, "description": kept} if kept else found


def _members(paths: Document, schemas: Document, parts: Iterable[Part]) -> Document:
    """Describe each part, as far as its service is described."""
    operations_at = {_PLACEHOLDER.sub("{}", path): item["get"] for path, item in paths.items() if "get" in item}
    described: Document = {}
    for part in parts:
        operation = operations_at.get(_PLACEHOLDER.sub("{}", part.path))
        if operation is None:
            continue
        found = _success(operation)["schema"]
        if part.takes is not None:
            (answer,) = references(found)
            found = schemas[answer]["properties"][part.takes]
        described[part.member] = {"anyOf": [found, {"type": "null"}], "description": _WITHHELD}
    return described


def _success(operation: Document) -> Document:
    media: Document = operation["responses"]["200"]["content"]["application/json"]
    return media


def _name_problems(operation: Document) -> None:
    """Give refusals the media type they are sent with."""
    for response in operation["responses"].values():
        media = response.get("content", {}).get("application/json", {})
        if media.get("schema") == _PROBLEM:
            response["content"] = {"application/problem+json": media}


def _show_examples(operation: Document) -> None:
    example = EXAMPLES.get(operation["operationId"], Example())
    if example.request is not None:
        _content(operation["requestBody"])["example"] = example.request
    for status, answer in example.answers.items():
        _content(operation["responses"][status])["example"] = answer


def _content(part: Document) -> Document:
    media: Document = part["content"]["application/json"]
    return media


def _name_codes(schemas: Document, documents: Iterable[Document]) -> None:
    """List the codes of all problem types where the problem document has its code; there may be more one day."""
    codes = {code for document in documents for code in document.get(_PROBLEM_CODES, ())}
    if codes and "Problem" in schemas:
        schemas["Problem"]["properties"]["code"]["x-extensible-enum"] = sorted(codes)
