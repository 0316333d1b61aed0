"""Refusals below `/scim/`, in SCIM's own words (RFC 7644 §3.12); our code and the request's id are in the sentence."""

from collections.abc import Mapping

import orjson
from fastapi import Request, Response

PREFIX = "/scim/v2"
MEDIA_TYPE = "application/scim+json"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
_TYPES = {
    "already_exists": "uniqueness",
    "filter_unsupported": "invalidFilter",
    "json_invalid": "invalidSyntax",
    "nul_refused": "invalidValue",
    "reference_not_found": "invalidValue",
    "request_invalid": "invalidValue",
}
_REFERENCE_NOT_FOUND = "reference_not_found"


def is_scim(request: Request) -> bool:
    path: str = request.scope.get("path", "")
    return path.startswith(f"{PREFIX}/")


def scim_status(status: int, code: str) -> int:
    """SCIM knows no 422, and what a resource refers to is a wrong value, not a missing resource."""
    return 400 if status == 422 or code == _REFERENCE_NOT_FOUND else status  # noqa: PLR2004 -- statuses are numbers


def scim_type(status: int, code: str) -> str | None:
    """Give the standard's keyword; it has them for 400 and 409 alone."""
    return _TYPES.get(code, "invalidValue" if scim_status(status, code) == 400 else None)  # noqa: PLR2004 -- as above


def scim_detail(request: Request, code: str, detail: str) -> str:
    return f"{detail} ({code}, request {request.scope.get('steelyard.request_id')})"


def scim_error(
    request: Request,
    status: int,
    *,
    code: str,
    detail: str,
    keyword: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Build the error of a refused request; `keyword` is the standard's, where it is known already."""
    keyword, status = keyword or scim_type(status, code), scim_status(status, code)
    body = {
        "schemas": [ERROR],
        "status": str(status),
        **({"scimType": keyword} if keyword else {}),
        "detail": scim_detail(request, code, detail),
    }
    return Response(orjson.dumps(body), status, headers=dict(headers or {}), media_type=MEDIA_TYPE)
