"""Batches over HTTP: an item that does not match its schema is told apart, and the others go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import BaseModel, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from shared.core.errors import Violation
from shared.kit.http.problems import pointer_to

Item = TypeVar("Item", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Stands where an item does not match its schema; the pointers start at the item."""

    violations: Sequence[Violation]


def _tolerate(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except ValidationError as error:
        return Wrong(
            [Violation(pointer_to(("body", *e["loc"])), str(e["type"]), str(e["msg"])) for e in error.errors()]
        )


Tolerated = Annotated[Item, WrapValidator(_tolerate)]
"""An item of a batch, or `Wrong`; the OpenAPI document shows the item."""
