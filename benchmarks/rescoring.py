"""Rescoring after another rule or other targets: read everything, compute, write what changed, events; against COPY."""

import io
import statistics
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle as endless

import asyncpg

from benchmarks.events import TENANT, TENANT_CHANGED
from benchmarks.ground import Absent, Ground
from benchmarks.group import VERSIONS, Group, found
from benchmarks.harness import Figure, Goal, compare
from benchmarks.installation import install
from benchmarks.processes import Watched, forget_peak, peak_kilobytes
from deploy.standalone.services import wire_service
from services.performance.domain.schemes.assignment import Assignment
from services.performance.domain.scoring.score_run import PORTION
from services.performance.store.unit_of_work import UnitOfWork
from services.performance.usecases.scoring.continue_score_runs import continue_score_runs
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.scores import Cause
from shared.contracts.work import Work
from shared.kit.tenancy import keep_tenant

_GOALS: Mapping[int, float] = {500: 4, 5_000: 5, 100_000: 5, 1_000_000: 7}
"""By people; 5,000 stand for 100,000 where there is less time."""
_ROUNDS: Mapping[int, int] = {500: 7, 5_000: 5, 100_000: 3, 1_000_000: 1}
_TENTH = Goal("ratio", "at_most", 2.5)
_STEADY = Goal("ratio", "at_most", 1.1)
_MOST_MEGABYTES = Goal("value", "at_most", 600)
_PATIENCE_MICROSECONDS = 600.0
"""What a person may take where a million are to be waited for: a minute for 100,000."""
_SCORES = """
CREATE SCHEMA bench;
CREATE TABLE bench.scores (
    id uuid PRIMARY KEY, total numeric, grade text,
    points_1 numeric, points_2 numeric, points_3 numeric, points_4 numeric, points_5 numeric, points_6 numeric
)
"""
_SAME = """
SELECT id, total, grade, (result->'items'->0->>'points')::numeric, (result->'items'->1->>'points')::numeric,
    (result->'items'->2->>'points')::numeric, (result->'items'->3->>'points')::numeric,
    (result->'items'->4->>'points')::numeric, (result->'items'->5->>'points')::numeric
FROM performance.scorecards
"""
_RAISE_TARGETS = """
UPDATE performance.targets SET value = value + 1
WHERE metric = 'sales' AND subject_id IN (SELECT id FROM performance.org_employees WHERE work_number LIKE '%7')
"""
_LAST_RUN = "SELECT scored, changed FROM performance.score_runs ORDER BY id DESC LIMIT 1"
_TIDY = ("TRUNCATE performance.outbox", "VACUUM ANALYZE performance.scorecards", "CHECKPOINT")
_KILOBYTES = 1024


async def run(ground: Ground) -> list[Figure]:
    """Give milliseconds by size, a person's processor time in the large against the small, and memory."""
    small, large = 500, ground.sized(5_000, 100_000)
    async with _company(ground, small) as few, _company(ground, large) as many:
        figures = [await few.all_changed(), await many.all_changed(), await many.tenth_changed()]
        spent = await compare(many.microseconds, few.microseconds, rounds=_ROUNDS[large], warm_up=False)
        name = f"rescoring, processor, {large:,} against {small}"
        return [*figures, spent.figure(name, "µs a person", goal=_STEADY), many.memory()]


async def million(ground: Ground) -> list[Figure]:
    """Give the same for a million people. Raises Absent where that is too many for this machine."""
    if not ground.full:
        raise Absent("a size for BENCH=full")
    async with _company(ground, 5_000) as company:
        await company.all_changed()
        each = await company.microseconds()
    if each > _PATIENCE_MICROSECONDS:
        raise Absent(f"a person takes {each:.0f} µs, so that a million would take {each / 60:.0f} minutes")
    async with _company(ground, 1_000_000) as company:
        return [await company.all_changed(), company.memory(_MOST_MEGABYTES)]


@dataclass
class _Company:
    people: int
    group: Group
    work: Work[UnitOfWork]
    connection: asyncpg.Connection
    """The superuser's, for what is not measured, and for the reference."""
    backend: Watched
    """PostgreSQL's process behind `work`."""
    versions: Iterator[int] = field(default_factory=lambda: endless(reversed(VERSIONS)))
    spent: float = 0
    """Processor seconds, ours and PostgreSQL's, of the last run in which everybody changed."""
    peak: int = 0
    """Kilobytes that this process held at most meanwhile."""

    async def microseconds(self) -> float:
        """Give the processor time of a person, in the median of as many runs as make up a portion."""
        spent = []
        for _ in range(0, PORTION, self.people):
            await self._rules_changed()
            spent.append(self.spent)
        return statistics.median(spent) / self.people * 1_000_000

    async def all_changed(self) -> Figure:
        goal = Goal("ratio", "at_most", _GOALS[self.people])
        compared = await compare(self._rules_changed, self._copied, rounds=_ROUNDS[self.people])
        return compared.figure(f"rescoring, {self.people:,} people, all changed", "ms", goal=goal)

    async def tenth_changed(self) -> Figure:
        compared = await compare(self._targets_changed, self._copied, rounds=_ROUNDS[self.people])
        return compared.figure(f"rescoring, {self.people:,} people, 10 % changed", "ms", goal=_TENTH)

    def memory(self, goal: Goal | None = None) -> Figure:
        return Figure(f"rescoring, {self.people:,} people, memory", self.peak / _KILOBYTES, "MB resident", goal=goal)

    async def _rules_changed(self) -> float:
        """Put the other version of every scheme in force."""
        version = next(self.versions)
        pins = [scheme.assigned(version) for scheme in self.group.schemes]
        forget_peak()
        before = self._processor_seconds()
        milliseconds = await self._rescored(Cause(kind="scheme"), pins)
        self.spent = self._processor_seconds() - before
        self.peak = max(self.peak, peak_kilobytes())
        await self._tidy(changed=self.people)
        return milliseconds

    async def _targets_changed(self) -> float:
        await self.connection.execute(_RAISE_TARGETS)
        milliseconds = await self._rescored(Cause(kind="target"))
        await self._tidy(changed=self.people // 10)
        return milliseconds

    async def _rescored(self, cause: Cause, pins: Sequence[Assignment] = ()) -> float:
        began = time.perf_counter()
        async with self.work() as uow:
            if pins:
                await uow.cycles.assign(self.group.cycle.id, pins)
            await rescore(uow, self.group.cycle.id, cause=cause)
            await uow.commit()
        await continue_score_runs(self.work)
        return (time.perf_counter() - began) * 1000

    async def _tidy(self, *, changed: int) -> None:
        """Make sure of what was done, and take away what the relay and autovacuum would."""
        run = tuple(await self.connection.fetchrow(_LAST_RUN))
        if run != (self.people, changed):
            raise RuntimeError(f"scored and changed were {run}, not {(self.people, changed)}")
        for statement in _TIDY:
            await self.connection.execute(statement)

    def _processor_seconds(self) -> float:
        return time.process_time() + self.backend.cpu_seconds()

    async def _copied(self) -> float:
        """Copy the scores as they are, all in one transaction."""
        rows = io.BytesIO()
        await self.connection.copy_from_query(_SAME, output=rows, format="binary")
        rows.seek(0)
        await self.connection.execute("TRUNCATE bench.scores")
        began = time.perf_counter()
        await self.connection.copy_to_table("scores", schema_name="bench", source=rows, format="binary")
        return (time.perf_counter() - began) * 1000


@asynccontextmanager
async def _company(ground: Ground, people: int) -> AsyncIterator[_Company]:
    installation = await install(ground, f"rescoring_{people}")
    wiring = wire_service(installation.settings, "performance", pool=1)
    connection = await installation.connect()
    try:
        async with wiring.database.transaction() as tx:
            await keep_tenant(tx, TENANT_CHANGED)
            backend = Watched((await tx.driver()).get_server_pid())
            await tx.commit()
        work = wiring.works.of(TENANT)
        group = await found(work, connection, people=people)
        await connection.execute(_SCORES)
        yield _Company(people, group, work, connection, backend)
    finally:
        await connection.close()
        await wiring.database.close()
        await wiring.bus.close()
