"""`expand` over HTTP: which references a list resolves, and what stands in their place."""

from typing import Any
from uuid import UUID

from fastapi import Query

from shared.kit.http.app import View


class PersonBrief(View):
    """Who an id stands for; null for whom the caller may not see."""

    id: UUID
    work_number: str
    name: str


class CodedBrief(View):
    """What an id stands for, where it has a code."""

    id: UUID
    code: str
    name: str


def expand_query(*, max_length: int) -> Any:  # noqa: ANN401 -- FastAPI's parameter
    """Describe the parameter; its type names what there is to expand."""
    return Query(
        max_length=max_length,
        description="references to resolve, with commas or repeated; what one may not read is null",
    )
