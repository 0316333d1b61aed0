"""What the access log tells of a path: the route and ids, never what somebody put there who is no id."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import Scope

_SHOWN = "steelyard.shown_path"
_ID = re.compile(r"([a-z]+-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{1,4}")
"""Ids, those of operations with the service in front, and small numbers such as versions."""
_NOUN = re.compile(r"[a-z]+(-[a-z]+)*(\.json)?")
_PREFIXES = frozenset({"", "v1", "scim", "v2"})
_HIDDEN = "-"


@dataclass(slots=True)
class ShownPath:
    route: str | None
    """The template; None where no route of ours was found, as where another service has it."""
    path: str


def watch_path(scope: Scope) -> ShownPath:
    """Remember on a request's scope what may be told of its path, until its route knows better."""
    shown = scope[_SHOWN] = ShownPath(None, _masked(scope["path"]))
    return shown


def tell_route(scope: Scope, template: str) -> None:
    """Say which route a request has found, with the parameters of its path."""
    shown: ShownPath | None = scope.get(_SHOWN)
    if shown is not None:
        shown.route, shown.path = template, _filled(template, scope["path_params"])


def _filled(template: str, params: Mapping[str, Any]) -> str:
    return template.format(**{name: only_id(str(value)) for name, value in params.items()})


def _masked(path: str) -> str:
    """Keep the first word, which says what it is about, and ids."""
    segments = path.split("/")
    first = next((place for place, segment in enumerate(segments) if segment not in _PREFIXES), len(segments))
    noun = [segment if _NOUN.fullmatch(segment) else _HIDDEN for segment in segments[first : first + 1]]
    return "/".join([*segments[:first], *noun, *map(only_id, segments[first + 1 :])])


def only_id(text: str) -> str:
    """Keep what is an id; anything else might be a name or a secret."""
    return text if _ID.fullmatch(text) else _HIDDEN
