"""Positions and their competency models: what a job asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Competency:
    """A competency a position asks for, and the level that is expected."""

    competency: str
    level: int


@dataclass(frozen=True, slots=True)
class Position:
    id: UUID
    code: str
    name: str
    competencies: tuple[Competency, ...]
    sequence: int
    created_at: datetime
    updated_at: datetime

    def changed(self, changes: Mapping[str, Any], *, at: datetime) -> "Position":
        """Give the position another code, name or competency model."""
        return replace(self, **changes, sequence=self.sequence + 1, updated_at=at)
