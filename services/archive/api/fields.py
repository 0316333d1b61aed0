"""Fields that several nouns share."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from shared.kit.http.days import Day

Code = Annotated[str, Field(min_length=1, max_length=50)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Key = Annotated[str, Field(max_length=100, pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$", examples=["feedback.teamwork"])]
"""What a measure, a metric or a competency is called between systems."""


def _after_start(ends_on: date | None, info: ValidationInfo) -> date | None:
    starts_on = info.data.get("starts_on")
    if ends_on is not None and starts_on is not None and ends_on <= starts_on:
        raise PydanticCustomError("period_empty", "A period must end after it starts.")
    return ends_on


EndsOn = Annotated[Day, AfterValidator(_after_start)]
OpenEnd = Annotated[Day | None, AfterValidator(_after_start)]
"""First day that no longer belongs to the period; declare it after `starts_on`."""
