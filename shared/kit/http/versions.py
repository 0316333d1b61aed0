"""`ETag` and `If-Match`: a resource's sequence as a strong validator."""

import re
from typing import Annotated, Protocol, TypeVar

from fastapi import Depends, Header, Response

from shared.core.errors import Invalid

_VALIDATOR = re.compile(r'"(\d{1,18})"')
_WRITTEN = r'^(\*|"[0-9]{1,18}")$'
"""What the header may say, for whoever reads the API's description."""


class Versioned(Protocol):
    sequence: int


V = TypeVar("V", bound=Versioned)


def tagged(response: Response, view: V) -> V:
    """Name the version that a view shows."""
    response.headers["ETag"] = f'"{view.sequence}"'
    return view


async def _expected(
    if_match: Annotated[
        str | None,
        Header(
            description="the `ETag` you read; the write is refused if it changed",
            json_schema_extra={"pattern": _WRITTEN},
        ),
    ] = None,
) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    matched = _VALIDATOR.fullmatch(if_match.strip())
    if matched is None:
        raise Invalid.at("#/header/If-Match", "if_match_invalid", "Send one ETag exactly as it was given.")
    return int(matched[1])


ExpectedVersion = Annotated[int | None, Depends(_expected)]
