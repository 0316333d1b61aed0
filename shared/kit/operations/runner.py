"""The loop that works on operations: one at a time, any number of such loops side by side."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Generic

from shared.contracts.work import Work
from shared.core.clock import Clock
from shared.core.errors import DomainError
from shared.core.operation import Operation, Step
from shared.kit.faults import is_outage
from shared.kit.log import get_logger
from shared.kit.operations.lease import Claimed, LeaseLost, Leases, end_within
from shared.kit.service import every_tenant
from shared.kit.unit_of_work import U, Works
from shared.kit.worker import Loop

POLL_SECONDS = 0.5
KEEP = timedelta(days=30)
"""How long an operation that has ended can be looked up."""
MAX_ATTEMPTS = 5
"""What takes down five workers in a row is given up, so that it takes down no sixth."""

Task = Callable[[Operation, Work[Any], Step], Awaitable[None]]
"""Does the work of one kind: in steps, with one effect, in the unit in which it says that it has succeeded."""


class Cancelled(Exception):
    """Somebody does not want it any more."""


class Interrupted(Exception):
    """This worker is told to stop; another one shall have it."""


class _Steps:
    """How one run of one operation tells what it does."""

    def __init__(self, leases: Leases, claimed: Claimed, stop: asyncio.Event, clock: Clock) -> None:
        self._leases = leases
        self._claimed = claimed
        self._stop = stop
        self._clock = clock

    async def reached(self, done: int, *, total: int) -> None:
        if await self._leases.tell(self._claimed, done, total=total, at=self._claimed.tenant.now(self._clock)):
            raise Cancelled
        if self._stop.is_set():
            raise Interrupted

    async def succeeded(self, unit: Any, *, result: str) -> None:  # noqa: ANN401 -- as the protocol says
        await end_within(unit.tx, self._claimed, "succeeded", at=self._claimed.tenant.now(self._clock), result=result)


class Runner(Generic[U]):
    """Takes what is due, does it, and says what came of it; `tasks` by kind."""

    def __init__(
        self, works: Works[U], tasks: Mapping[str, Task], *, leases: Leases | None = None, poll: float = POLL_SECONDS
    ) -> None:
        self._works = works
        self._tasks = tasks
        self._leases = leases or Leases(works.database)
        self._poll = poll
        self._log = get_logger(__name__)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop."""
        while not stop.is_set():
            if not await self.run_one(stop):
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self._poll)

    async def run_one(self, stop: asyncio.Event) -> bool:
        """Work on one operation, if there is one."""
        claimed = await self._leases.claim(self._works.ids.new(), self._works.clock, kinds=self._tasks)
        if claimed is None:
            return False
        beating = asyncio.create_task(self._beat(claimed))
        working = asyncio.create_task(self._settle(claimed, stop))
        try:
            await asyncio.wait({beating, working}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (beating, working):
                task.cancel()
            await asyncio.gather(beating, working, return_exceptions=True)
        if not working.cancelled():
            working.result()
        return True

    async def _settle(self, claimed: Claimed, stop: asyncio.Event) -> None:
        operation = claimed.operation
        try:
            await self._work(claimed, stop)
        except Cancelled:
            await self._end_cancelled(claimed)
        except Interrupted:
            await self._leases.give_back(claimed)
        except LeaseLost:
            self._log.warning("operation.lost", operation=str(operation.id))
        except DomainError as error:
            await self._fail(claimed, error.code, error.detail)
        except Exception as error:
            if is_outage(error):
                raise  # the lease runs out, and somebody begins anew
            self._log.exception("operation.failed", operation=str(operation.id), kind=operation.kind)
            await self._fail(claimed, "internal_error", "Something went wrong on our side.")

    async def _work(self, claimed: Claimed, stop: asyncio.Event) -> None:
        operation = claimed.operation
        if operation.cancel_requested:
            await self._end_cancelled(claimed)
            return
        if operation.attempts > MAX_ATTEMPTS:
            await self._fail(claimed, "operation_abandoned", "It ended the worker each time; it is not tried again.")
            return
        steps = _Steps(self._leases, claimed, stop, self._works.clock)
        await self._tasks[operation.kind](operation, self._works.of(claimed.tenant_id), steps)

    async def _end_cancelled(self, claimed: Claimed) -> None:
        with suppress(LeaseLost):
            await self._leases.end(claimed, "cancelled", at=self._now(claimed))

    async def _fail(self, claimed: Claimed, code: str, detail: str) -> None:
        problem = {"code": code, "detail": detail}
        with suppress(LeaseLost):
            await self._leases.end(claimed, "failed", at=self._now(claimed), problem=problem)

    async def _beat(self, claimed: Claimed) -> None:
        """Hold the lease while work goes on between two steps; returns once it is lost."""
        with suppress(LeaseLost):
            while True:
                await asyncio.sleep(self._leases.lease / timedelta(seconds=3))
                await self._leases.beat(claimed)

    def _now(self, claimed: Claimed) -> datetime:
        """Tell the business time of whose operation it is."""
        return claimed.tenant.now(self._works.clock)


def operation_loops(service: str, works: Works[Any], tasks: Mapping[str, Task]) -> tuple[Loop, ...]:
    """Give the loops of a service that has long work."""

    async def forget(work: Work[Any]) -> None:
        async with work() as uow:
            await uow.operations.forget(KEEP, now=uow.now())
            await uow.commit()

    return (
        Loop(f"{service}.operations", Runner(works, tasks).run),
        every_tenant(f"{service}.forget_operations", timedelta(hours=1), works, forget),
    )
