"""Who leads a department: its heads or, while it has none, those of the nearest department above."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

_NOBODY: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Leaders:
    """Some departments with those above them, and the heads and acting heads of each on a day."""

    lines: Mapping[UUID, Sequence[UUID]]
    """By department: itself and those above it, nearest first."""
    heads: Mapping[UUID, frozenset[UUID]]

    def of(self, department_id: UUID, *, but: UUID | None = None) -> frozenset[UUID]:
        """Give who leads a department, or does so while nobody else than `but` heads it."""
        return self._nearest(self._line(department_id), but)

    def above(self, department_id: UUID, *, but: UUID | None = None) -> frozenset[UUID]:
        """Give the same of what lies above a department."""
        return self._nearest(self._line(department_id)[1:], but)

    def general_managers(self, department_id: UUID) -> frozenset[UUID]:
        """Give the heads of the top of a department's line, where it is not that itself."""
        top = self._line(department_id)[-1]
        return _NOBODY if top == department_id else self.heads.get(top, _NOBODY)

    def _line(self, department_id: UUID) -> Sequence[UUID]:
        return self.lines.get(department_id, (department_id,))

    def _nearest(self, line: Sequence[UUID], but: UUID | None) -> frozenset[UUID]:
        found = (self.heads.get(each, _NOBODY) - {but} for each in line)
        return next((heads for heads in found if heads), _NOBODY)
