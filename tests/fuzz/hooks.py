"""What Schemathesis loads into itself: a fresh token of the role that asks, days to ask about, and two more checks."""

import json
import os
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import schemathesis
from hypothesis.strategies import dates, datetimes, just
from pydantic_core import core_schema

from shared.core.access import Principal
from shared.kit.auth.tokens import SigningKey, sign

PRINCIPAL = "FUZZ_PRINCIPAL"
"""Who asks, in JSON: `tenant_id`, `subject`, `kind`, `employee_id`, `roles`, `scopes`."""
SIGNING_KEY = "FUZZ_SIGNING_KEY"
"""The file of the stack's key."""
_SECONDS = 1
"""How long a token is used: what is found may end sessions, which voids all tokens issued until then."""

_OF_SCHEMAS = frozenset(get_args(core_schema.ErrorType))
"""Codes of what a JSON Schema could have said; those of rules, such as `period_empty`, are our own."""


def described(principal: Principal) -> str:
    """Write down who asks."""
    return json.dumps(
        {
            "tenant_id": str(principal.tenant_id),
            "subject": principal.subject,
            "kind": principal.kind,
            "employee_id": str(principal.employee_id) if principal.employee_id else None,
            "roles": sorted(principal.roles),
            "scopes": sorted(principal.scopes),
        }
    )


def read(text: str) -> Principal:
    told = json.loads(text)
    employee_id = told["employee_id"]
    return Principal(
        tenant_id=UUID(told["tenant_id"]),
        subject=told["subject"],
        kind=told["kind"],
        employee_id=UUID(employee_id) if employee_id else None,
        roles=frozenset(told["roles"]),
        scopes=frozenset(told["scopes"]),
    )


_FIRST, _LAST = datetime(1900, 1, 2), datetime(2199, 12, 30)  # noqa: DTZ001 -- Hypothesis adds the zone
schemathesis.openapi.format("date", dates(_FIRST.date(), _LAST.date()).map(str))
schemathesis.openapi.format("date-time", datetimes(_FIRST, _LAST, timezones=just(UTC)).map(datetime.isoformat))


@schemathesis.auth(refresh_interval=_SECONDS)
class Bearer:
    """Signs tokens itself, as whoever holds the key may."""

    def get(self, _case: Any, _context: Any) -> str:
        key = SigningKey.read(Path(os.environ[SIGNING_KEY]))
        return sign(read(os.environ[PRINCIPAL]), key=key, now=datetime.now(UTC))

    def set(self, case: Any, data: str, _context: Any) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(_context: Any, case: Any, **_kwargs: Any) -> None:
    """Let each request be its first sending: answers that were kept of another tell of what may be gone by now."""
    if "Idempotency-Key" in (case.headers or {}) and case.meta is not None and case.meta.generation.mode.is_positive:
        case.headers["Idempotency-Key"] = str(uuid4())


@schemathesis.check
def told_by_the_schema(_context: Any, response: Any, case: Any) -> None:
    """Let what fits the schema be refused by a rule, never by a constraint that the schema keeps to itself."""
    if (
        case.meta is None
        or not case.meta.generation.mode.is_positive
        or response.status_code != HTTPStatus.UNPROCESSABLE_ENTITY
    ):
        return
    wrong = [each for each in response.json()["errors"] if each["code"] in _OF_SCHEMAS]
    assert not wrong, f"The schema does not say: {wrong}"


@schemathesis.check
def unknown_parameters_are_refused(_context: Any, response: Any, case: Any) -> None:
    """Let no operation ignore a query parameter that it does not describe, but those of OAuth, which must."""
    sent = {name for name, _ in parse_qsl(urlsplit(response.request.url).query, keep_blank_values=True)}
    unknown = sent - {parameter.name for parameter in case.operation.query}
    if unknown and not case.operation.path.startswith("/oauth/"):
        assert response.status_code >= HTTPStatus.BAD_REQUEST, f"Ignored: {sorted(unknown)}"
