"""Score runs: kept with their results, and taken up again by whoever is free."""

from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.performance.domain.scoring.score_run import Problem, ScoreRun
from services.performance.store.tables.scoring import score_runs
from shared.core.errors import NotFound
from shared.core.paging import Row
from shared.kit.db import Transaction

_ADD = insert(score_runs)
_MOVING = ("scored", "changed", "reached", "updated_at", "finished_at", "attempts", "problem")
_SAVE = _ADD.on_conflict_do_update(
    index_elements=["tenant_id", "id"], set_={name: _ADD.excluded[name] for name in _MOVING}
)
_clock = func.clock_timestamp()
"""Of the machine: a sandbox may move its own back."""
_DUE = (
    select(score_runs)
    .where(score_runs.c.finished_at.is_(None), score_runs.c.failed_at.is_(None))
    .where(or_(score_runs.c.due_at.is_(None), score_runs.c.due_at <= _clock))
    .order_by(score_runs.c.due_at.nulls_first(), score_runs.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
"""Built once: every batch of events asks these, and to build a statement takes longer than to answer it."""
_FIND_THOUSANDS = text(
    "SELECT set_config('random_page_cost', '1.1', true), set_config('plan_cache_mode', 'force_custom_plan', true)"
)
"""Until the transaction ends, look for the people of a portion instead of reading a whole table, as PostgreSQL does for
disks that turn. Small work is quicker by plans made as for these, so no plan of a portion is kept for it."""


class ScoreRunRepository:
    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id

    async def save(self, run: ScoreRun) -> None:
        await self._tx.execute(_SAVE, {"tenant_id": self._tenant_id, **asdict(run)})

    async def get(self, run_id: UUID) -> ScoreRun:
        statement = select(score_runs).where(score_runs.c.id == run_id).with_for_update()
        row = (await self._tx.execute(statement)).mappings().one_or_none()
        if row is None:
            raise NotFound.of("score run")
        return _read(dict(row))

    async def due(self) -> ScoreRun | None:
        row = (await self._tx.execute(_DUE)).mappings().one_or_none()
        if row is None:
            return None
        await self._tx.execute(_FIND_THOUSANDS)
        return _read(dict(row))

    async def put_off(self, run: ScoreRun, *, wait: timedelta | None) -> None:
        names = ("attempts", "problem", "failed_at", "updated_at")
        row: dict[str, Any] = {name: value for name, value in asdict(run).items() if name in names}
        row["due_at"] = None if wait is None else _clock + wait
        await self._tx.execute(update(score_runs).where(score_runs.c.id == run.id).values(**row))


def _read(row: Row) -> ScoreRun:
    own = {field.name: row[field.name] for field in fields(ScoreRun)}
    return ScoreRun(**{**own, "problem": row["problem"] and Problem(**row["problem"])})
