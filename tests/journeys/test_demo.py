"""The demo, as a newcomer runs it: every number of the story agrees."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.standalone.settings import ROOT


@pytest.mark.timeout(400)
def test_the_demo_tells_its_story_and_every_number_agrees(tmp_path: Path) -> None:
    environment = os.environ | {"STEELYARD_VAR": str(tmp_path)}
    demo = subprocess.run(
        [sys.executable, "-m", "deploy", "demo"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert demo.returncode == 0, demo.stdout[-3000:] + demo.stderr[-3000:]
    summary = json.loads((tmp_path / "demo" / "summary.json").read_text("utf-8"))
    assert summary["agrees"]
    assert summary["facts"]["observations"] >= 50_000
