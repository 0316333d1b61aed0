"""The harness of the benchmarks: turns, medians, goals, and what is written down; never how long anything takes."""

import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks import __main__ as program
from benchmarks.ground import Absent, Ground
from benchmarks.harness import Comparison, Figure, Goal, Run, compare, percentile
from benchmarks.report import print_table, write_json

AT_LEAST_HALF = Goal("ratio", "at_least", 0.5)


def saying(name: str, numbers: Sequence[float], log: list[str]) -> Run:
    """Give a run that answers with one number after the other."""
    left = iter(numbers)

    async def run() -> float:
        log.append(name)
        return next(left)

    return run


@pytest.mark.anyio
async def test_subject_and_reference_take_turns_and_the_first_round_does_not_count() -> None:
    log: list[str] = []
    compared = await compare(saying("ours", [999, 30, 10, 20], log), saying("theirs", [1, 60, 40, 50], log), rounds=3)
    assert log == ["ours", "theirs", "ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert (compared.subject, compared.reference) == ([30, 10, 20], [60, 40, 50])


def test_a_figure_is_made_of_medians() -> None:
    figure = Comparison([30, 10, 20], [60, 40, 50]).figure("copying", "rows/s", goal=AT_LEAST_HALF)
    assert (figure.value, figure.reference, figure.ratio, figure.met) == (20, 50, 0.4, False)
    assert figure.spread == "0.25 … 0.50"


@pytest.mark.parametrize(
    ("goal", "value", "ratio", "met"),
    [
        (AT_LEAST_HALF, 1, 0.5, True),
        (AT_LEAST_HALF, 1, 0.49, False),
        (AT_LEAST_HALF, 1, None, False),
        (Goal("value", "at_most", 30), 30, None, True),
        (Goal("value", "at_most", 30), 31, 9, False),
        (None, 1, 1, None),
    ],
)
def test_a_goal_is_met_by_what_it_is_about(
    *, goal: Goal | None, value: float, ratio: float | None, met: bool | None
) -> None:
    assert Figure("x", value, "ms", ratio=ratio, goal=goal).met is met


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.95, 95), (1.0, 100), (0.001, 1)])
def test_percentiles_are_numbers_that_occurred(share: float, expected: float) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], share) == expected


def test_figures_are_written_for_programs(tmp_path: Path) -> None:
    file = tmp_path / "bench" / "latest.json"
    write_json([Figure("copying", 20, "rows/s", 50, 0.4, AT_LEAST_HALF), Figure("alone", 3.5, "ms")], file)
    assert json.loads(file.read_text("utf-8")) == [
        {
            "name": "copying", "value": 20, "unit": "rows/s",
            "reference": 50, "ratio": 0.4, "goal": "ratio ≥ 0.5", "met": False,
        },
        {"name": "alone", "value": 3.5, "unit": "ms", "reference": None, "ratio": None, "goal": None, "met": None},
    ]  # fmt: skip


def test_a_benchmark_runs_from_its_name_to_the_file_and_what_cannot_run_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def trivial(ground: Ground) -> list[Figure]:
        compared = await compare(saying("", [3] * 4, []), saying("", [4] * 4, []), rounds=ground.sized(3, 300))
        return [compared.figure("trivial", "runs/s", goal=AT_LEAST_HALF)]

    async def impossible(_: Ground) -> list[Figure]:
        raise Absent("there is no such machine")

    monkeypatch.delenv("BENCH", raising=False)
    monkeypatch.setattr(program, "VAR", tmp_path)
    monkeypatch.setattr(program, "BENCHMARKS", {"trivial": trivial, "impossible": impossible})
    assert program.main([]) == 0
    (row,) = json.loads((tmp_path / "latest.json").read_text("utf-8"))
    assert (row["name"], row["ratio"], row["met"]) == ("trivial", 0.75, True)
    said = capsys.readouterr().out
    assert "trivial" in said
    assert "NOT MEASURED HERE: impossible: there is no such machine" in said
    assert program.main(["unheard-of"]) == 2


def test_a_run_of_some_benchmarks_keeps_the_figures_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"one": 1.0, "other": 2.0}

    def measuring(name: str) -> Callable[[Ground], Awaitable[list[Figure]]]:
        async def measure(_: Ground) -> list[Figure]:
            return [Figure(name, values[name], "ms")]

        return measure

    def told() -> dict[str, float]:
        return {row["name"]: row["value"] for row in json.loads((tmp_path / "latest.json").read_text("utf-8"))}

    monkeypatch.setattr(program, "VAR", tmp_path)
    monkeypatch.setattr(program, "BENCHMARKS", {name: measuring(name) for name in values})
    assert program.main([]) == 0
    values["other"] = 3.0
    assert program.main(["other"]) == 0
    assert told() == {"one": 1.0, "other": 3.0}
    monkeypatch.setattr(program, "BENCHMARKS", {"other": measuring("other")})
    assert program.main([]) == 0
    assert told() == {"other": 3.0}


def test_the_table_names_every_figure() -> None:
    console = Console(record=True, width=160)
    print_table([Figure("copying", 12345.6, "rows/s", 50000, 0.25, AT_LEAST_HALF, "0.20 … 0.30")], console)
    table = console.export_text()
    assert all(part in table for part in ("copying", "12,346", "50,000", "0.25", "0.20 … 0.30", "ratio ≥ 0.5", "no"))
