"""Keyset pages: a position in a sort order, never a number of rows to skip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What a list call asks for."""

    limit: int = 50
    after: tuple[str, ...] | None = None
    """Sort-key values of the last row already seen, as text; None starts at the beginning."""
    updated_after: datetime | None = None
    include_deleted: bool = False
    """Whether rows that are gone are told of too."""


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Row]
    next_after: tuple[str, ...] | None
