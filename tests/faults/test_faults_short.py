"""The fault suite in short: each named point once and one broker restart; `make faults` does everything else."""

import asyncio
from pathlib import Path

import pytest
from rich.console import Console

from deploy.standalone.settings import read_settings
from tests.faults import report
from tests.faults.plan import short_plan
from tests.faults.run import run
from tests.faults.scene import Size
from tests.faults.stack import SINGLE

SEED = "short"
SIZE = Size(people=9, senders=3, batch=10, names=SINGLE)
LEAST_SECONDS = 10.0


@pytest.mark.needs("kafka")
@pytest.mark.timeout(400)
def test_nothing_is_lost_or_doubled_at_any_named_point(tmp_path: Path) -> None:
    running = run(
        SEED,
        short_plan(),
        seconds=LEAST_SECONDS,
        folder=tmp_path / "stack",
        libraries=read_settings().kafka_libraries,
        size=SIZE,
    )
    outcome = asyncio.run(running)
    report.show(outcome, Console(width=150))
    assert list(outcome.violations) == []
    assert list(outcome.vacuous) == []
