"""Bodies take numbers for numbers and truth for truth."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import pytest
from pydantic import Field, ValidationError

from shared.kit.http.app import Body


class Inner(Body):
    flag: bool


class Sent(Body):
    flag: bool = False
    count: Annotated[int, Field(ge=0)] = 0
    perhaps: int | None = None
    inner: tuple[Inner, ...] = ()
    day: date | None = None
    id: UUID | None = None


@pytest.mark.parametrize(
    "body",
    [
        {"flag": 0},
        {"flag": "true"},
        {"count": "1"},
        {"count": True},
        {"count": 1.5},
        {"perhaps": "1"},
        {"inner": [{"flag": 1}]},
    ],
)
def test_what_only_looks_like_it_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Sent.model_validate(body)


def test_what_it_is_passes_and_days_and_ids_still_come_as_texts() -> None:
    body = {"flag": True, "count": 1.0, "perhaps": None, "inner": [{"flag": False}]}
    sent = Sent.model_validate({**body, "day": "2026-03-04", "id": "0190aa00-0000-7000-8000-000000000000"})
    assert isinstance(sent.count, int)
    assert (sent.flag, sent.count, sent.inner[0].flag, sent.day) == (True, 1, False, date(2026, 3, 4))
