"""`docs/errors.md`: the catalogue of problem codes, made from the tables of the services."""

from collections.abc import Iterator
from importlib import import_module

from deploy.migrate import SERVICES
from shared.core.problem_types import EVERYWHERE, ProblemType, ProblemTypes
from shared.kit.http.problems import STATUS

_HEAD = """# Errors

This page is made from the code (`make docs`); every code that a service can answer stands here.

What is refused is answered with a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) of the type
`application/problem+json`:

```json
{"type": "urn:steelyard:problem:request_invalid", "title": "Request does not match its schema", "status": 422,
 "code": "request_invalid", "detail": "The request does not match its schema.", "retryable": false,
 "errors": [{"pointer": "/items/0/value", "code": "missing", "detail": "Field required"}],
 "request_id": "1f0c6d7e8b9a4c5d"}
```

- Decide by `code`, which never changes, or by the status where you do not know the code; `title` and `detail` are for
  people.
- `retryable` says whether the very same request may succeed later; `Retry-After` says when, where that is known.
- `errors[]` names every wrong place: a JSON pointer into the body, `#/query/…`, `#/path/…` or `#/header/…`.
- 422 was decided from the request alone, 409 by the present state. 404 is said of what is absent and of what is not
  yours to see alike.
- Batches answer for each item; the codes of a refused item are the same.
- Tell an operator the `request_id`; it leads to the logs of all services.
- `/oauth/…` answers as RFC 6749 demands: `{"error": …, "error_description": …}`.
"""
_TABLE = "| code | status | retry | means | what to do |\n| --- | --- | --- | --- | --- |\n"
_PLACE = "–"


def catalogue() -> dict[str, ProblemTypes]:
    """Give the problem types of all services together, and of each alone."""
    own = {service: import_module(f"services.{service}.domain.problem_types").PROBLEM_TYPES for service in SERVICES}
    return {"everywhere": EVERYWHERE, **own}


def rendered() -> str:
    """Give the text of `docs/errors.md`."""
    sections = (f"\n## {name.capitalize()}\n\n{_TABLE}{''.join(_rows(types))}" for name, types in catalogue().items())
    places = f"\nWhere the status is {_PLACE}, the code stands at a place or an item alone.\n"
    return _HEAD + places + "".join(sections)


def _rows(types: ProblemTypes) -> Iterator[str]:
    for code, problem in sorted(types.items()):
        retry = "yes" if problem.retryable else "no"
        yield f"| `{code}` | {_status(problem)} | {retry} | {problem.title} | {problem.remedy} |\n"


def _status(problem: ProblemType) -> str:
    if problem.kind is not None:
        return str(next(STATUS[kind] for kind in problem.kind.__mro__ if kind in STATUS))
    return str(problem.status or _PLACE)
