"""`make faults`: hurt the whole installation for some minutes, and hold every number against what was acknowledged."""

import asyncio
import os
import secrets
import signal
import sys

from rich.console import Console

from deploy.standalone.settings import read_settings
from shared.kit.log import configure_logging
from tests.faults import report
from tests.faults.plan import whole_plan
from tests.faults.run import run
from tests.faults.scene import Size

SIZE = Size(people=24, senders=4, batch=16)


def main() -> None:
    configure_logging(level="ERROR")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # told to end, it ends all that it has started
    console = Console(width=150)
    minutes = float(os.environ.get("FAULTS_MINUTES") or 5)
    seed = os.environ.get("FAULTS_SEED") or secrets.token_hex(4)
    settings = read_settings()
    folder = settings.var / "faults"
    console.print(f"Hurting the installation for {minutes:g} minutes; the same again with FAULTS_SEED={seed}")
    running = run(
        seed,
        whole_plan(seed),
        seconds=minutes * 60,
        folder=folder / "stack",
        libraries=settings.kafka_libraries,
        size=SIZE,
    )
    outcome = asyncio.run(running)
    report.write(outcome, folder / "report.json")
    report.show(outcome, console)
    if not outcome.passed:
        sys.exit(1)
    console.print("[bold green]Nothing lost, nothing doubled[/]; see var/faults/report.json")


if __name__ == "__main__":
    main()
