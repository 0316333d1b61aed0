"""Score runs: kept with their results, and taken up again by whoever is free."""

from dataclasses import asdict, fields
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.performance.domain.scoring.score_run import ScoreRun
from services.performance.store.tables.scoring import score_runs
from shared.kit.db import Transaction

_ADD = insert(score_runs)
_MOVING = ("scored", "changed", "reached", "updated_at", "finished_at")
_SAVE = _ADD.on_conflict_do_update(
    index_elements=["tenant_id", "id"], set_={name: _ADD.excluded[name] for name in _MOVING}
)
_UNFINISHED = (
    select(score_runs)
    .where(score_runs.c.finished_at.is_(None))
    .order_by(score_runs.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
"""Built once: every batch of events asks these, and to build a statement takes longer than to answer it."""


class ScoreRunRepository:
    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id

    async def save(self, run: ScoreRun) -> None:
        await self._tx.execute(_SAVE, {"tenant_id": self._tenant_id, **asdict(run)})

    async def unfinished(self) -> ScoreRun | None:
        row = (await self._tx.execute(_UNFINISHED)).mappings().one_or_none()
        return None if row is None else ScoreRun(**{field.name: row[field.name] for field in fields(ScoreRun)})
