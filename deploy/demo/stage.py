"""What the chapters of the story share: callers, ids, the subscriber, and waiting for numbers to arrive."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.demo.business import ZONE
from deploy.demo.client import Api, Caller, Json
from deploy.demo.company import Company, Person
from deploy.demo.ledger import Ledger
from deploy.demo.receiver import Receiver

T = TypeVar("T")
PATIENCE_SECONDS = 90.0
AT_ONCE = 8
PASSWORD = "demo-only-Passw0rd!"  # noqa: S105 -- every account of the demo's throwaway tenant has it


@dataclass
class Stage:
    """Filled by the chapters in turn."""

    api: Api
    console: Console
    ledger: Ledger
    company: Company
    receiver: Receiver
    receiver_url: str
    tenant: str
    admin: Caller
    people: dict[str, Caller] = field(default_factory=dict)
    """Callers who logged in, by the person's key."""
    systems: dict[str, Caller] = field(default_factory=dict)
    """Business systems, by name."""
    connection_ids: dict[str, str] = field(default_factory=dict)
    department_ids: dict[str, str] = field(default_factory=dict)
    position_ids: dict[str, str] = field(default_factory=dict)
    employee_ids: dict[str, str] = field(default_factory=dict)
    """Ids by the person's key."""
    scheme_ids: dict[str, str] = field(default_factory=dict)
    cycle_id: str = ""

    @property
    def hr(self) -> Caller:
        return self.head("HR")

    def head(self, department: str) -> Caller:
        """Give the caller who heads a department."""
        return self.people[self.company.heads[department].key]

    def person_of(self, employee_id: str) -> Person:
        key = next(key for key, known in self.employee_ids.items() if known == employee_id)
        return self.company.by_key[key]

    async def move_clock(self, to: str) -> None:
        """Move the sandbox's business clock to a local time, and say so."""
        now = datetime.fromisoformat(to).replace(tzinfo=ZONE)
        await self.admin.put("/v1/tenant/clock", {"now": now.isoformat()})
        self.console.print(f"   [dim]⏱  the sandbox's business clock now says {now:%Y-%m-%d %H:%M}[/]")

    async def scorecards(self, **filters: str) -> list[Json]:
        return await self.hr.all("/v1/scorecards", cycle_id=self.cycle_id, **filters)

    async def totals_of(self, keys: Iterable[str]) -> dict[str, str | None]:
        """Read people's present totals, by key."""
        by_employee = {card["employee_id"]: card["total"] for card in await self.scorecards()}
        return {key: by_employee[self.employee_ids[key]] for key in keys}

    async def each(self, title: str, jobs: Iterable[Callable[[], Awaitable[T]]]) -> list[T]:
        """Do many things, a few at once, behind a progress bar."""
        pending = list(jobs)
        gate = asyncio.Semaphore(AT_ONCE)
        with self.progress() as bar:
            task = bar.add_task(title, total=len(pending))

            async def one(job: Callable[[], Awaitable[T]]) -> T:
                async with gate:
                    result = await job()
                bar.advance(task)
                return result

            return await asyncio.gather(*(one(job) for job in pending))

    async def until(
        self,
        title: str,
        look: Callable[[], Awaitable[T]],
        holds: Callable[[T], bool],
        *,
        seconds: float = PATIENCE_SECONDS,
    ) -> T:
        """Look again until it holds or patience ends; gives what was seen last, which a check will then judge."""
        deadline = time.monotonic() + seconds
        with self.console.status(title):
            while not holds(seen := await look()) and time.monotonic() < deadline:  # noqa: ASYNC110 -- over HTTP
                await asyncio.sleep(0.15)
        return seen

    def chapter(self, title: str) -> None:
        self.console.print()
        self.console.rule(f"[bold]{title}", align="left")

    def tell(self, line: str) -> None:
        self.console.print(f" • {line}")

    def progress(self) -> Progress:
        return Progress(
            TextColumn("   {task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
        )


def money(value: str | Decimal) -> str:
    """Write an amount as people read it."""
    return f"{Decimal(value):,.2f}"
