"""Problem documents (RFC 9457): one table maps error kinds to statuses, and nothing internal leaks."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from shared.core import errors
from shared.core.errors import DomainError, Violation
from shared.core.problem_types import EVERYWHERE, ProblemTypes
from shared.kit.faults import is_transient
from shared.kit.http.allowed import allowed
from shared.kit.http.audited import record_refusal
from shared.kit.http.scim import is_scim, scim_error
from shared.kit.log import get_logger

STATUS: Mapping[type[DomainError], int] = {
    errors.Invalid: 422,
    errors.Conflict: 409,
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.Unauthenticated: 401,
    errors.PreconditionFailed: 412,
    errors.PreconditionMissing: 428,
    errors.TooLarge: 413,
    errors.Gone: 410,
    errors.RateLimited: 429,
    errors.Unavailable: 503,
}
TITLES = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Not permitted",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    410: "Gone",
    412: "Precondition failed",
    413: "Too large",
    415: "Unsupported media type",
    422: "Invalid request",
    428: "Precondition required",
    429: "Too many requests",
    500: "Internal error",
    503: "Unavailable",
    504: "Not answered in time",
}
_HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_media_type"}


class ProblemPlace(BaseModel):
    """One wrong place in the request body (a JSON pointer), path or query (`#/query/name`)."""

    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    """The body of every answer that is not a success (RFC 9457)."""

    model_config = ConfigDict(json_schema_extra={"description": "application/problem+json"})

    type: str
    title: str
    status: int
    code: str
    detail: str
    retryable: bool = False
    errors: list[ProblemPlace] = []
    request_id: str | None = None


def refused_with(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe refusals of an operation that follow from nothing else the document says of it."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": TITLES[status], "content": content} for status in statuses}


def problem_response(
    request: Request,
    status: int,
    *,
    code: str,
    detail: str,
    retryable: bool = False,
    violations: Sequence[Violation] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Build the problem document of a refused request; below `/scim/` it is an error as SCIM has it."""
    if is_scim(request):
        return scim_error(request, status, code=code, detail=_pointed(detail, violations), headers=headers)
    body: dict[str, Any] = {
        "type": f"urn:steelyard:problem:{code}",
        "title": _title(request, code, status),
        "status": status,
        "code": code,
        "detail": detail,
        "retryable": retryable,
        "errors": [{"pointer": v.pointer, "code": v.code, "detail": v.detail} for v in violations],
        "request_id": request.scope.get("steelyard.request_id"),
    }
    return Response(orjson.dumps(body), status, headers=dict(headers or {}), media_type="application/problem+json")


def _pointed(detail: str, violations: Sequence[Violation]) -> str:
    """Add where it is wrong, for answers that have no other place for it."""
    places = ", ".join(violation.pointer for violation in violations)
    return f"{detail} At {places}." if places else detail


def _title(request: Request, code: str, status: int) -> str:
    """Give the title of the problem's type, else the status' own."""
    types: ProblemTypes = getattr(request.app.state, "problems", EVERYWHERE)
    return types[code].title if code in types else TITLES.get(status, "Error")


def install_problem_handlers(app: FastAPI) -> None:
    app.add_exception_handler(DomainError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)


def status_of(error: DomainError) -> int:
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def refusal(request: Request, error: DomainError) -> Response:
    """Build the problem document of a refusal."""
    headers = {}
    if isinstance(error, errors.RateLimited | errors.Unavailable):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return problem_response(
        request,
        status_of(error),
        code=error.code,
        detail=error.detail,
        retryable=error.retryable,
        violations=error.violations,
        headers=headers,
    )


async def _on_domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)  # noqa: S101 -- Starlette types every handler for Exception
    await record_refusal(request, error, status=status_of(error))
    return refusal(request, error)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    """Answer what Pydantic refused: where and why, never the value that was sent."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- Starlette types every handler for Exception
    violations = [Violation(pointer_to(e["loc"]), str(e["type"]), str(e["msg"])) for e in error.errors()]
    unreadable = any(violation.code == "json_invalid" for violation in violations)
    return problem_response(
        request,
        400 if unreadable else 422,
        code="json_invalid" if unreadable else "request_invalid",
        detail="The body is not JSON." if unreadable else "The request does not match its schema.",
        violations=violations,
    )


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- Starlette types every handler for Exception
    code = _HTTP_CODES.get(error.status_code, "http_error")
    headers = error.headers
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {**(headers or {}), **allowed(request)}
    return problem_response(request, error.status_code, code=code, detail=str(error.detail), headers=headers)


def unexpected_response(request: Request, error: Exception) -> Response:
    """Answer what nobody foresaw: 503 where trying again may help, else 500; the reason stays in the log."""
    if is_transient(error):
        get_logger(__name__).warning("request.unavailable", exc_info=error)
        detail = "A part of the system does not answer; try again."
        return problem_response(
            request, 503, code="unavailable", detail=detail, retryable=True, headers={"Retry-After": "1"}
        )
    get_logger(__name__).error("request.failed", exc_info=error)
    return problem_response(request, 500, code="internal_error", detail="Something went wrong on our side.")


def pointer_to(location: Sequence[int | str]) -> str:
    """Write where Pydantic found something wrong as a JSON pointer."""
    root, *rest = location or ("body",)
    prefix = "" if root == "body" else f"#/{root}"
    return prefix + "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in rest)
