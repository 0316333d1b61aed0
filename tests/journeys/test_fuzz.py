"""`make fuzz` in short: one role asks every operation a few times, and what its examples say."""

import asyncio
from pathlib import Path

import pytest

from deploy.standalone.settings import Settings
from tests.fuzz.company import found
from tests.fuzz.run import Terms, ask_everything

TERMS = Terms(seed=1, examples=2, phases=("examples", "fuzzing"))


@pytest.mark.timeout(300)
def test_whatever_the_description_allows_or_forbids_breaks_nothing(running: Settings, tmp_path: Path) -> None:
    hr = asyncio.run(found(running))["hr"]
    outcome = ask_everything(running, hr, role="hr", terms=TERMS, folder=tmp_path)
    assert outcome.passed, f"{outcome.failures}\n{outcome.said.read_text('utf-8')[-20_000:]}"
