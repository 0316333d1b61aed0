"""`make fuzz`: ask every operation as every role whatever its schema allows, and everything that it forbids."""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from deploy.standalone.database import prepare
from deploy.standalone.postgres import free_port
from deploy.standalone.settings import Settings, read_settings
from deploy.standalone.stack import Stack
from tests.factories.installation import PLENTIFUL
from tests.fuzz.company import ROLES, found
from tests.fuzz.run import Outcome, Terms, ask_everything

EXAMPLES = 20


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # told to end, it ends all that it has started
    console = Console(width=150)
    roles = (os.environ.get("FUZZ_ROLES") or " ".join(ROLES)).split()
    terms = _terms(len(roles))
    console.print(f"Asking as {', '.join(roles)}; the same again with SEED={terms.seed}")
    outcomes = _run(roles, terms, console)
    _show(outcomes, console)
    if not all(outcome.passed for outcome in outcomes):
        sys.exit(1)
    console.print("[bold green]Nothing failed[/], and nothing that is wrong was taken")


def _terms(roles: int) -> Terms:
    minutes = os.environ.get("FUZZ_MINUTES")
    return Terms(
        seed=int(os.environ.get("SEED") or secrets.randbelow(10**6)),
        examples=int(os.environ.get("FUZZ_EXAMPLES") or EXAMPLES),
        seconds=int(float(minutes) * 60 / roles) if minutes else None,
    )


def _run(roles: Sequence[str], terms: Terms, console: Console) -> list[Outcome]:
    """Start a stack, let each role ask in a company of its own, and stop the stack."""
    folder = read_settings().var / "fuzz"
    settings = Settings(var=folder / "stack", port=free_port(), database_url=None, bus="postgres")
    stack = Stack(settings, environment=PLENTIFUL)  # the limits stay, where no run meets them
    outcomes = []
    try:
        stack.up(prepare)
        for role in roles:
            principal = asyncio.run(found(settings))[role]
            outcomes.append(ask_everything(settings, principal, role=role, terms=terms, folder=folder))
            console.print(f"{role}: {outcomes[-1].cases} cases, {len(outcomes[-1].failures)} kinds of failure")
    finally:
        stack.down()
    return outcomes


def _show(outcomes: Sequence[Outcome], console: Console) -> None:
    table = Table("role", "operations", "cases", "failures", "see")
    for outcome in outcomes:
        failed = sum(map(len, outcome.failures.values()))
        table.add_row(outcome.role, str(outcome.operations), str(outcome.cases), str(failed), str(outcome.said))
    console.print(table)
    for outcome in outcomes:
        for title, operations in outcome.failures.items():
            console.print(f"[red]{outcome.role}: {title}[/]: {', '.join(operations)}")


if __name__ == "__main__":
    main()
