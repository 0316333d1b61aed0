"""Which methods there are at a path: all of them, where Starlette would name those of the first route that fits."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import Request

METHODS = ("get", "post", "put", "patch", "delete")


def allowed(request: Request) -> Mapping[str, str]:
    """Give the `Allow` header of a path (RFC 9110 §10.2.1); nothing for paths that are not described."""
    described = sorted(_fitting(request), key=lambda found: found[0].count("{"))
    if not described:
        return {}
    _, item = described[0]  # a path without parameters comes before one that has them (OpenAPI 3.1 §4.8.8.2)
    return {"Allow": ", ".join(method.upper() for method in METHODS if method in item)}


def _fitting(request: Request) -> Iterator[tuple[str, Any]]:
    for path, item in request.app.openapi().get("paths", {}).items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), request.url.path):
            yield path, item
