"""What an application says of itself: every operation names who may, and the refusals it may answer."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from shared.kit.auth.audience import audience_of
from shared.kit.auth.policy import Rule
from shared.kit.http.allowed import METHODS
from shared.kit.http.answers import KEY_DESCRIBED, REPLAYED, REPLAYED_DESCRIBED, honours_key
from shared.kit.http.audited import dependencies
from shared.kit.http.headers import RATE_LIMIT, RATE_LIMIT_POLICY, RETRY_AFTER
from shared.kit.http.problems import TITLES

Document = dict[str, Any]
PROBLEM_CODES = "x-problem-codes"
"""The member of a document that lists the codes."""
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_NULL = {"type": "null"}
_ALWAYS = (401, 403, 422, 429, 503, 504)
_OF_BODIES = (400, 413, 415)
_OF_CHANGES = (409,)
_OF_REFERENCES = (404,)
_OF_VERSIONS = (412, 428)
_HEADERS: Mapping[int, Sequence[str]] = {
    429: (RETRY_AFTER, RATE_LIMIT, RATE_LIMIT_POLICY),
    503: (RETRY_AFTER,),
}
"""What stands beside the problem."""


class Application(FastAPI):
    """A service's application; `state.problems` are the problem types it may answer."""

    def openapi(self) -> Document:
        """Describe it, once."""
        if self.openapi_schema is None:
            document = super().openapi()
            document[PROBLEM_CODES] = sorted(self.state.problems)
            rules, honouring = _rules(self), _honouring(self)
            for method, operation in _operations(document):
                if method == "post" and operation["operationId"] in honouring:
                    _describe_key(operation)
                _describe_parameters(operation)
                _describe_problems(method, operation)
                _describe_access(operation, rules.get(operation["operationId"]))
        return super().openapi()


def _rules(app: FastAPI) -> Mapping[str, Rule]:
    """Give the rule of the policy that each operation asks."""
    routes = [(route.name or "", getattr(route, "dependant", None)) for route in iter_route_contexts(app.routes)]
    return {
        name: call.rule
        for name, dependant in routes
        if dependant is not None
        for call in dependencies(dependant)
        if hasattr(call, "rule")
    }


def _honouring(app: FastAPI) -> frozenset[str]:
    """Name the operations whose work is joined to an `Idempotency-Key`, where they are asked with POST."""
    routes = [(route.name or "", getattr(route, "dependant", None)) for route in iter_route_contexts(app.routes)]
    return frozenset(name for name, asked in routes if asked is not None and any(map(honours_key, dependencies(asked))))


def _describe_key(operation: Document) -> None:
    operation.setdefault("parameters", []).append(deepcopy(dict(KEY_DESCRIBED)))
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            answer.setdefault("headers", {})[REPLAYED] = dict(REPLAYED_DESCRIBED)


def _describe_access(operation: Document, rule: Rule | None) -> None:
    """Say who may, after what it does, and which scope a system needs."""
    if rule is None:
        return
    said = [operation.get("description"), audience_of(rule)]
    operation["description"] = "\n\n".join(filter(None, said)) or operation["summary"]
    if rule.scope is not None:
        operation["security"] = [{"bearer": []}, {"oauth2": [rule.scope]}]


def _operations(document: Document) -> Iterator[tuple[str, Document]]:
    for item in document.get("paths", {}).values():
        yield from ((method, operation) for method, operation in item.items() if method in METHODS)


def _describe_parameters(operation: Document) -> None:
    """Say what can be written into a URL or a header: nothing, but never null."""
    for parameter in operation.get("parameters", ()):
        kinds = parameter["schema"].pop("anyOf", None)
        if kinds is not None:
            left = [kind for kind in kinds if kind != _NULL]
            parameter["schema"] |= left[0] if len(left) == 1 else {"anyOf": left}
        if parameter["schema"].get("type") == "array":
            _count_items(parameter["schema"])


def _count_items(schema: Document) -> None:
    """Name a bound of a list that may be left out as one of lists; Pydantic takes it for one of texts."""
    for of_texts, of_lists in (("minLength", "minItems"), ("maxLength", "maxItems")):
        if of_texts in schema:
            schema[of_lists] = schema.pop(of_texts)


def _describe_problems(method: str, operation: Document) -> None:
    for status in sorted(_statuses(method, operation)):
        answer: Document = {"description": TITLES[status], "content": _PROBLEM}
        if status in _HEADERS:
            answer["headers"] = {name: {"schema": {"type": "string"}} for name in _HEADERS[status]}
        operation["responses"].setdefault(str(status), answer)


def _statuses(method: str, operation: Document) -> Iterator[int]:
    parameters = {(each["in"], each["name"].lower()) for each in operation.get("parameters", ())}
    yield from _ALWAYS
    yield from _OF_BODIES if "requestBody" in operation else ()
    yield from _OF_CHANGES if method != "get" else ()
    refers = "requestBody" in operation or any(place == "path" for place, _ in parameters)
    yield from _OF_REFERENCES if refers else ()
    yield from _OF_VERSIONS if ("header", "if-match") in parameters else ()
