"""Conditions on what a directory sees, as plain data: who speaks to directories writes them, the store reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Operator = Literal["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]
Operand = str | bool | datetime | UUID | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One attribute against one value; an attribute without a value is none of it, and so only `ne`."""

    attribute: str
    operator: Operator
    operand: Operand


@dataclass(frozen=True, slots=True)
class Present:
    attribute: str


@dataclass(frozen=True, slots=True)
class Together:
    """All of the terms, or any of them."""

    every: bool
    terms: Sequence["Condition"]


@dataclass(frozen=True, slots=True)
class Negated:
    term: "Condition"


Condition = Compared | Present | Together | Negated


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for, in which order, and which part of it is wanted; without a `limit`, all."""

    condition: Condition | None = None
    sort_by: str | None = None
    descending: bool = False
    offset: int = 0
    limit: int | None = None
