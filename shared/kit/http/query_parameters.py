"""Query parameters that an operation does not have are refused: a mistyped filter would be answered with everything."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from itertools import islice
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params, get_validation_alias
from fastapi.exceptions import RequestValidationError

Handler = Callable[[Request], Awaitable[Response]]
_MOST_TOLD = 20
_LONGEST_COMPARED = 64
"""Characters; both bound the work that a long query can cause."""


def query_names(dependant: Dependant) -> tuple[str, ...]:
    """Name the query parameters of a route, those of its dependencies and of models included."""
    declared = [field for each in _with_dependencies(dependant) for field in each.query_params]
    return tuple(sorted({get_validation_alias(field) for field in get_flat_params(Dependant(query_params=declared))}))


def _with_dependencies(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _with_dependencies(inner)


def without_effect(dependant: Dependant) -> Dependant:
    """Give what a route depends on for a handler that judges a request, and then does nothing."""

    async def nothing(**_: object) -> None:
        raise RequestValidationError(())

    return replace(dependant, call=nothing)


def refusing_unknown(names: Sequence[str], handle: Handler, judge: Handler) -> Handler:
    """Refuse what has other parameters than these; `judge` refuses who may not ask, and tells what else is wrong."""
    known = frozenset(names)

    async def refuse(request: Request) -> Response:
        unknown = (name for name in request.query_params if name not in known)
        told = [_violation(name, names) for name in islice(unknown, _MOST_TOLD)]
        raise RequestValidationError([*await _wrong_besides(request, judge), *told])

    def handler(request: Request) -> Awaitable[Response]:
        fits = not request.scope["query_string"] or known.issuperset(request.query_params)
        return handle(request) if fits else refuse(request)

    return handler


async def _wrong_besides(request: Request, judge: Handler) -> Sequence[Any]:
    try:
        await judge(request)
    except RequestValidationError as error:
        return error.errors()
    return ()


def _violation(name: str, names: Sequence[str]) -> dict[str, object]:
    meant = "".join(f" Is `{each}` meant?" for each in _close_to(name, names))
    return {"type": "extra_forbidden", "loc": ("query", name), "msg": f"There is no such parameter here.{meant}"}


def _close_to(name: str, names: Sequence[str]) -> Iterator[str]:
    if len(name) <= _LONGEST_COMPARED:
        yield from get_close_matches(name, names, n=1)
