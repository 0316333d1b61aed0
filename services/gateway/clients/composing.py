"""Answers made of several: each part is asked of its service with the caller's own token, all at the same time."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.types import Scope

from services.gateway.clients.upstream import Answer, Upstreams, ask
from services.gateway.domain.paths import Part, owner_of
from shared.core.errors import Unavailable
from shared.kit.http.audited import ASIDE

PART_SECONDS = 5.0
"""A part that takes longer is left out: a screen with a gap is worth more than none."""
_AWAY = "service_unavailable"
_CONDITIONAL = frozenset({b"if-match", b"if-none-match", b"range"})
"""What was said of the whole answer says nothing of its parts."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a part is not there; the code is that of the service's own refusal."""

    member: str
    code: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class Gathered:
    members: Mapping[str, Any]
    """Null for each part that is missing."""
    missing: tuple[Missing, ...]


async def ask_part(
    upstreams: Upstreams, scope: Scope, part: Part, *, path: Mapping[str, str], raw: Mapping[str, str]
) -> Answer:
    """Ask on behalf of the request in `scope`; `raw` are the placeholders as the caller escaped them.

    Raises Unavailable (`service_unavailable`).
    """
    target = part.path.format_map(path)
    upstream = upstreams.get(owner_of(target) or "")
    if upstream is None:
        raise Unavailable(_AWAY, "No such service is installed here.")
    headers = [pair for pair in scope["headers"] if pair[0] not in _CONDITIONAL]
    question = {
        **scope,
        "method": "GET",
        "path": target,
        "raw_path": part.path.format_map(raw).encode(),
        "query_string": part.query.encode(),
        "headers": [*headers, (ASIDE, b"true")],
    }
    return await ask(upstream, question)


def value_of(part: Part, answer: Answer) -> Any:  # noqa: ANN401 -- whatever the service says
    """Take what is wanted of an answer that is none of a refusal."""
    if answer.status in part.instead:
        return part.instead[answer.status]
    return answer.json() if part.takes is None else answer.json().get(part.takes)


def is_told(part: Part, answer: Answer) -> bool:
    return answer.status == HTTPStatus.OK or answer.status in part.instead


async def gather_parts(
    upstreams: Upstreams,
    scope: Scope,
    parts: Iterable[Part],
    *,
    path: Mapping[str, str],
    raw: Mapping[str, str] | None = None,
) -> Gathered:
    """Ask all parts at once; those that are withheld, away or late are missing, and the others there."""
    parts = tuple(parts)
    asked = (_part_or_why(upstreams, scope, part, path=path, raw=path if raw is None else raw) for part in parts)
    found = dict(zip((part.member for part in parts), await asyncio.gather(*asked), strict=True))
    missing = tuple(each for each in found.values() if isinstance(each, Missing))
    return Gathered({name: None if isinstance(each, Missing) else each for name, each in found.items()}, missing)


async def _part_or_why(
    upstreams: Upstreams, scope: Scope, part: Part, *, path: Mapping[str, str], raw: Mapping[str, str]
) -> Any:  # noqa: ANN401 -- whatever the service says, or Missing
    if "{me}" in part.path and "me" not in path:
        return Missing(part.member, "not_an_employee", retryable=False)
    try:
        async with asyncio.timeout(PART_SECONDS):
            answer = await ask_part(upstreams, scope, part, path=path, raw=raw)
    except (Unavailable, TimeoutError) as error:
        return Missing(part.member, getattr(error, "code", _AWAY), retryable=True)
    return value_of(part, answer) if is_told(part, answer) else _refused(part, answer)


def _refused(part: Part, answer: Answer) -> Missing:
    try:
        problem = answer.json()
        return Missing(part.member, str(problem["code"]), retryable=bool(problem["retryable"]))
    except (ValueError, TypeError, KeyError):  # no problem document: nobody of ours has answered
        return Missing(part.member, _AWAY, retryable=True)
