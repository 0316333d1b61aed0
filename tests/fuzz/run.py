"""One role asks everything: Schemathesis as a program of its own, and what it has found."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.standalone.secrets import keys
from deploy.standalone.settings import ROOT, Settings
from shared.core.access import Principal
from tests.fuzz.hooks import PRINCIPAL, SIGNING_KEY, described

PHASES = ("examples", "coverage", "fuzzing", "stateful")
_PROGRAM = (sys.executable, "-m", "schemathesis.cli")
_OPTIONS = ("--no-color", "--generation-database", "none", "--warnings", "off")


@dataclass(frozen=True, slots=True)
class Terms:
    """How long and how deep to ask."""

    seed: int
    examples: int
    """Cases of an operation while fuzzing, and sequences of calls."""
    seconds: int | None = None
    """Go on until then, with ever other cases; None asks once."""
    phases: Sequence[str] = PHASES

    def options(self) -> Iterator[str]:
        yield from ("--seed", str(self.seed), "--max-examples", str(self.examples), "--phases", ",".join(self.phases))
        yield from () if self.seconds is None else ("--max-time", str(self.seconds))


@dataclass(frozen=True, slots=True)
class Outcome:
    role: str
    operations: int
    cases: int
    failures: dict[str, list[str]]
    """By title the operations that failed so."""
    said: Path
    """What Schemathesis had to say."""

    @property
    def passed(self) -> bool:
        return not self.failures and self.operations > 0 and self.cases > 0


def ask_everything(settings: Settings, principal: Principal, *, role: str, terms: Terms, folder: Path) -> Outcome:
    """Run Schemathesis against a running stack."""
    folder.mkdir(parents=True, exist_ok=True)
    report, said = folder / f"{role}.json", folder / f"{role}.txt"
    report.unlink(missing_ok=True)
    description = f"{settings.base_url}/v1/openapi.json"
    command = (*_PROGRAM, "run", description, *_OPTIONS, "--report-json-path", str(report), *terms.options())
    environment = os.environ | {PRINCIPAL: described(principal), SIGNING_KEY: str(keys(settings).signing)}
    with said.open("wb") as output:
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, check=False)
    if not report.exists():
        raise RuntimeError(f"Schemathesis ended with {done.returncode} and no report; see {said}")
    return _read(json.loads(report.read_text("utf-8")), role=role, said=said)


def _read(report: dict[str, Any], *, role: str, said: Path) -> Outcome:
    failures = {each["title"]: list(each["operations"]) for each in report["failures"]}
    if report["errors"]:
        failures["Could not be asked"] = [str(each) for each in report["errors"]]
    cases = report["test_cases"]["generated"]
    return Outcome(role, operations=report["operations"]["tested"], cases=cases, failures=failures, said=said)
