"""Which service answers which path, and which answers are composed of several: tables, to be read and tested."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

OWNERS: Mapping[str, str] = {
    "calendar": "archive",
    "departments": "archive",
    "employees": "archive",
    "positions": "archive",
    "records": "archive",
    "business-targets": "connector",
    "completeness": "connector",
    "connections": "connector",
    "identity-links": "connector",
    "observations": "connector",
    "quarantine": "connector",
    "calibration-sessions": "performance",
    "cycle-overviews": "performance",
    "cycles": "performance",
    "exchange-rates": "performance",
    "feedback": "performance",
    "improvement-plans": "performance",
    "metrics": "performance",
    "operations": "performance",
    "plans": "performance",
    "recommendations": "performance",
    "reports": "performance",
    "revisions": "performance",
    "schemes": "performance",
    "score-runs": "performance",
    "scorecards": "performance",
    "targets": "performance",
    "tasks": "performance",
    "changes": "notifier",
    "notifications": "notifier",
    "reminder-rules": "notifier",
    "webhooks": "notifier",
}
"""The first segment after `/v1/` and the service behind it."""
_EXCEPTIONS = (
    (re.compile(r"/v1/observations/[^/]+/uses"), "performance"),
    (re.compile(r"/v1/employees/[^/]+/standing"), "performance"),
    *((re.compile(f"/v1/tenant/export/{service}"), service) for service in sorted(set(OWNERS.values()))),
)
_DIRECTORIES = re.compile(r"/scim/v2(/.*)?")
"""Where directories provision people: all of it is the archive's."""
_OPERATION = re.compile(r"/v1/operations/([a-z]+)-[^/]+(?:/cancel)?")
"""An operation's id begins with the service that works on it."""
_FIRST_SEGMENT = re.compile(r"/v1/([^/]+)")


def owner_of(path: str) -> str | None:
    """Name the service behind a path; None for the gateway's own and for unknown ones."""
    for pattern, service in _EXCEPTIONS:
        if pattern.fullmatch(path):
            return service
    if _DIRECTORIES.fullmatch(path):
        return "archive"
    operation = _OPERATION.fullmatch(path)
    if operation and operation[1] in OWNERS.values():
        return operation[1]
    segment = _FIRST_SEGMENT.match(path)
    return OWNERS.get(segment[1]) if segment else None


@dataclass(frozen=True)
class Part:
    """What one more question adds to an answer, under the name of `member`."""

    member: str
    path: str
    """Template of whom to ask: filled from the path of the composed answer, `{me}` with the caller's employee id."""
    query: str = ""
    takes: str | None = None
    """The member of its answer that is wanted; None for all of it."""
    instead: Mapping[int, Any] = field(default_factory=dict)
    """What stands in its place where it is answered with this status."""


@dataclass(frozen=True)
class Composition:
    """An object's answer that gets members more, which other services know."""

    path: str
    """Template of the object's path."""
    parts: tuple[Part, ...]
    partial: bool = False
    """Whether parts that are withheld or away are left out, and named; else their refusal is the answer."""

    def values(self, path: str) -> Mapping[str, str] | None:
        """Read the placeholders off a path; None where it is another one's."""
        found = self._pattern.fullmatch(path)
        return None if found is None else found.groupdict()

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path))


_USES = Part("uses", "/v1/observations/{observation_id}/uses", takes="uses", instead={404: [], 403: None})
"""Where it counted belongs to an observation: empty where it never did, null for callers who may not see scores."""
_STANDING = Part("standing", "/v1/employees/{employee_id}/standing")
COMPOSITIONS = (
    Composition("/v1/observations/{observation_id}", (_USES,)),
    Composition("/v1/employees/{employee_id}/portrait", (_STANDING,), partial=True),
)
DASHBOARD = (
    Part("standing", "/v1/employees/{me}/standing"),
    Part("tasks", "/v1/tasks", takes="data"),
    Part("notifications", "/v1/notifications", query="unread=true&limit=10", takes="data"),
    Part("cycles", "/v1/cycle-overviews", takes="data"),
    Part("quarantine", "/v1/quarantine/summary"),
)
"""What `/v1/dashboard` asks on its caller's behalf; each service's policy decides about its part."""


def composition_of(method: str, path: str) -> Composition | None:
    if method != "GET":
        return None
    return next((composed for composed in COMPOSITIONS if composed.values(path) is not None), None)
