"""Calibration sessions, and the adjustments they made."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from services.performance.domain.calibration.session import Adjustment, Session
from services.performance.domain.scoring.scorecard import Verdict
from services.performance.store.repositories.in_cycle import InCycle
from services.performance.store.tables.calibration import calibration_adjustments, calibration_sessions
from shared.core.paging import Row
from shared.kit.repository import Repository

_VERDICTS = ("computed", "before", "reviewed")
_PLAIN = tuple(name for name in Adjustment.__dataclass_fields__ if name not in _VERDICTS)


class CalibrationSessionRepository(InCycle[Session]):
    table = calibration_sessions
    entity = Session
    noun = "calibration session"

    def to_row(self, entity: Session) -> dict[str, Any]:
        return super().to_row(entity) | {"participants": list(entity.participants)}

    def to_entity(self, row: Row) -> Session:
        return super().to_entity({**row, "participants": tuple(row["participants"])})


class AdjustmentRepository(Repository[Adjustment]):
    table = calibration_adjustments
    entity = Adjustment
    noun = "adjustment"

    async def of_cycle(self, cycle_id: UUID) -> Sequence[Adjustment]:
        return await self._read(calibration_adjustments.c.cycle_id == cycle_id)

    async def of_scorecard(self, scorecard_id: UUID) -> Sequence[Adjustment]:
        return await self._read(calibration_adjustments.c.scorecard_id == scorecard_id)

    def to_row(self, entity: Adjustment) -> dict[str, Any]:
        verdicts = {name: getattr(entity, name) or Verdict(None, None) for name in _VERDICTS}
        parts = {
            f"{name}_{part}": getattr(verdict, part)
            for name, verdict in verdicts.items()
            for part in ("total", "grade")
        }
        return {name: getattr(entity, name) for name in _PLAIN} | parts

    def to_entity(self, row: Row) -> Adjustment:
        plain: dict[str, Any] = {name: row[name] for name in _PLAIN}
        computed, before, reviewed = (Verdict(row[f"{name}_total"], row[f"{name}_grade"]) for name in _VERDICTS)
        seen = reviewed if row["reviewed_at"] is not None else None
        return Adjustment(**plain, computed=computed, before=before, reviewed=seen)

    async def _read(self, condition: ColumnElement[bool]) -> Sequence[Adjustment]:
        table = calibration_adjustments
        statement = select(table).where(condition).order_by(table.c.created_at, table.c.id)
        return [self.to_entity(dict(row)) for row in (await self.tx.execute(statement)).mappings()]
