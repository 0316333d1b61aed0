"""One table for people, one file for programs."""

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.harness import Figure

_MET = {True: "[green]yes[/]", False: "[red]no[/]", None: "–"}


def print_table(figures: Sequence[Figure], console: Console) -> None:
    table = Table(title="Figures: medians of interleaved rounds", title_justify="left")
    for heading in ("name", "value", "unit", "reference", "ratio", "spread", "goal", "met"):
        table.add_column(heading, justify="right" if heading in {"value", "reference", "ratio"} else "left")
    for figure in figures:
        table.add_row(
            figure.name,
            _number(figure.value),
            figure.unit,
            _number(figure.reference),
            _number(figure.ratio),
            figure.spread,
            str(figure.goal or "–"),
            _MET[figure.met],
        )
    console.print(table)


def write_json(figures: Sequence[Figure], file: Path, *, keep: bool = False) -> None:
    """Write a list of `{name, value, unit, reference, ratio, goal, met}`; what a figure does not have is null.

    With `keep` figures that the file has under other names stay.
    """
    rows = {row["name"]: row for row in json.loads(file.read_text("utf-8"))} if keep and file.exists() else {}
    rows |= {figure.name: _row(figure) for figure in figures}
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps([*rows.values()], indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(file)


def _row(figure: Figure) -> dict[str, object]:
    return {
        "name": figure.name,
        "value": figure.value,
        "unit": figure.unit,
        "reference": figure.reference,
        "ratio": figure.ratio,
        "goal": str(figure.goal) if figure.goal else None,
        "met": figure.met,
    }


def _number(number: float | None) -> str:
    if number is None:
        return "–"
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"  # noqa: PLR2004 -- as people read numbers
