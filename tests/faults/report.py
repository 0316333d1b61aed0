"""The one table of a run, and the same as JSON."""

import json
from collections import Counter, defaultdict
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.faults.looks import describe
from tests.faults.outcome import Outcome
from tests.faults.striking import Done

_MOST_SHOWN = 20


def show(outcome: Outcome, console: Console) -> None:
    """Print the table, then whatever is wrong."""
    table = Table(title=f"Faults: seed {outcome.seed}, {outcome.minutes:.1f} minutes", title_justify="left")
    for name, justify in (("fault", "left"), ("times", "right"), ("hit", "right"), ("in flight", "left")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]  # both words are among those it knows
    table.add_column("recovered", justify="right")
    table.add_column("in s (median, worst)", justify="right")
    by_kind: dict[str, list[Done]] = defaultdict(list)
    for done in outcome.done:
        by_kind[done.fault.kind].append(done)
    for kind in sorted(by_kind):
        table.add_row(kind, *_row(by_kind[kind]))
    table.add_section()
    for name, value in outcome.totals.items():
        table.add_row(name, str(value))
    console.print(table)
    _complain(outcome, console)


def write(outcome: Outcome, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_document(outcome), ensure_ascii=False, indent=2) + "\n", "utf-8")


def _row(done: list[Done]) -> tuple[str, str, str, str, str]:
    hits: Counter[str] = Counter()
    for each in done:
        hits.update(each.hit)
    struck = sum(bool(each.hit) for each in done)
    recovered = [each.recovered for each in done if each.recovered is not None]
    seconds = f"{median(recovered):.1f}  {max(recovered):.1f}" if recovered else ""
    return str(len(done)), str(struck), describe(hits), f"{len(recovered)} of {struck}" if struck else "", seconds


def _complain(outcome: Outcome, console: Console) -> None:
    for what, count in outcome.told.unforeseen.most_common(_MOST_SHOWN):
        console.print(f"[yellow]logged {count} ×[/] {what}", highlight=False)
    for violation in outcome.violations[:_MOST_SHOWN]:
        console.print(f"[bold red]{violation.kind}[/] {violation.what}", highlight=False)
    if len(outcome.violations) > _MOST_SHOWN:
        console.print(f"[bold red]… and {len(outcome.violations) - _MOST_SHOWN} more[/]")
    for reason in outcome.vacuous:
        console.print(f"[bold red]vacuous[/] {reason}", highlight=False)


def _document(outcome: Outcome) -> dict[str, Any]:
    return {
        "seed": outcome.seed,
        "minutes": round(outcome.minutes, 2),
        "passed": outcome.passed,
        "totals": outcome.totals,
        "faults": [
            {
                "fault": done.fault.kind,
                "target": done.fault.target,
                "began": round(done.began, 2),
                "lasted": round(done.lasted, 2),
                "hit": done.hit,
                "missed": done.missed,
                "recovered": None if done.recovered is None else round(done.recovered, 2),
            }
            for done in outcome.done
        ],
        "violations": [asdict(violation) for violation in outcome.violations],
        "vacuous": list(outcome.vacuous),
        "unforeseen": dict(outcome.told.unforeseen),
    }
