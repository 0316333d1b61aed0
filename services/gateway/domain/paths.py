"""Which service answers which path, and which answers are composed of two: tables, to be read and tested."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
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
    "cycles": "performance",
    "feedback": "performance",
    "improvement-plans": "performance",
    "metrics": "performance",
    "plans": "performance",
    "recommendations": "performance",
    "reports": "performance",
    "schemes": "performance",
    "score-runs": "performance",
    "scorecards": "performance",
    "targets": "performance",
    "changes": "notifier",
    "notifications": "notifier",
    "reminder-rules": "notifier",
    "webhooks": "notifier",
}
"""The first segment after `/v1/` and the service behind it."""
_EXCEPTIONS = ((re.compile(r"/v1/observations/[^/]+/uses"), "performance"),)
_DIRECTORIES = re.compile(r"/scim/v2(/.*)?")
"""Where directories provision people: all of it is the archive's."""
_FIRST_SEGMENT = re.compile(r"/v1/([^/]+)")


def owner_of(path: str) -> str | None:
    """Name the service behind a path; None for the gateway's own and for unknown ones."""
    for pattern, service in _EXCEPTIONS:
        if pattern.fullmatch(path):
            return service
    if _DIRECTORIES.fullmatch(path):
        return "archive"
    segment = _FIRST_SEGMENT.match(path)
    return OWNERS.get(segment[1]) if segment else None


@dataclass(frozen=True)
class Composition:
    """An object's answer that gets one member more, which another service answers under the same name."""

    path: str
    """Template of the object's path."""
    member: str
    suffix: str
    """What leads from the object's path to the other service's."""
    withheld: Mapping[int, Any]
    """What stands in the member's place where the other service answers with this status."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{\w+\}", "[^/]+", self.path))


COMPOSITIONS = (Composition("/v1/observations/{observation_id}", "uses", "/uses", withheld={404: [], 403: None}),)
"""Where it counted belongs to an observation: empty where it never did, null for callers who may not see scores."""


def composition_of(method: str, path: str) -> Composition | None:
    if method != "GET":
        return None
    return next((composed for composed in COMPOSITIONS if composed.pattern.fullmatch(path)), None)
