"""Proposed targets carry their reason, three years of history, and a mark when far off."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.performance.domain.goals.target_proposal import (
    PastYear,
    Proposal,
    propose_from_business,
    propose_from_history,
)
from services.performance.domain.texts import Texts

YEARS = [PastYear(str(year), Decimal(value)) for year, value in ((2022, 100), (2023, 800), (2024, 900), (2025, 1000))]
FAR_OFF = Decimal("0.25")


def business(value: str, history: list[PastYear], growth: str | None = None) -> Proposal:
    return propose_from_business(
        Decimal(value),
        total=Decimal(12_000),
        holders=10,
        method=Texts("平均分配", "equal shares"),
        growth=None if growth is None else Decimal(growth),
        history=history,
        far_off=FAR_OFF,
    )


def test_the_reason_says_how_far_the_whole_and_the_part_are_off_the_past() -> None:
    found = business("828", YEARS, growth="0.2")
    assert found.reason.zh == "业务目标 12000，10 人，平均分配；整体较近三年均值 +20%；与历史均值 900 相差 -8%"
    assert found.reason.en == (
        "business target 12000 over 10 holders, equal shares; the whole +20% on the mean of its last three years"
        "; -8% off the historical mean 900"
    )


@pytest.mark.parametrize(
    ("targets", "told"),
    [
        ((1000, 1000, 1000), (3, "90")),
        ((1000, None, 1001), (2, "90")),  # 1,800 of 2,001 is 89.955 %
        ((None, None, 2400), (1, "41.7")),
        ((None, None, None), None),
        ((0, None, None), None),
    ],
)
def test_the_reason_says_how_much_was_reached_of_past_targets(
    targets: tuple[int | None, ...], told: tuple[int, str] | None
) -> None:
    wanted = [None if each is None else Decimal(each) for each in targets]
    found = business("828", [replace(year, target=target) for year, target in zip(YEARS[1:], wanted, strict=True)])
    zh, en = "业务目标 12000，10 人，平均分配", "business target 12000 over 10 holders, equal shares"
    if told is not None:
        zh += f"；近 {told[0]} 年目标完成率 {told[1]}%"
        en += f"; {told[1]}% of the targets of the last {told[0]} years"
    assert found.reason.zh == f"{zh}；与历史均值 900 相差 -8%"
    assert found.reason.en == f"{en}; -8% off the historical mean 900"


def test_history_and_growth_give_a_number_and_its_reason() -> None:
    found = propose_from_history(YEARS, growth=Decimal("0.2"), far_off=FAR_OFF)
    assert found is not None
    assert (found.value, found.mean, found.deviation) == (Decimal(1080), Decimal(900), Decimal("0.2"))
    assert not found.far_off
    assert [year.label for year in found.history] == ["2023", "2024", "2025"]
    assert found.reason.zh == "近 3 年平均 900，增长 20%；与历史均值 900 相差 20%"
    assert found.reason.en.startswith("mean of the last 3 years 900, growth 20%")


@pytest.mark.parametrize(
    ("years", "growth", "mean", "value"), [((1, 1, 2), "0.1", "1.33", "1.47"), ((0, 0, 100), "1", "33.33", "66.67")]
)
def test_a_mean_without_an_end_is_grown_before_the_one_rounding(
    years: tuple[int, ...], growth: str, mean: str, value: str
) -> None:
    past = [PastYear(str(at), Decimal(each)) for at, each in enumerate(years)]
    found = propose_from_history(past, growth=Decimal(growth), far_off=FAR_OFF)
    assert found is not None
    assert (found.mean, found.value) == (Decimal(mean), Decimal(value))


def test_a_proposal_is_compared_with_the_exact_mean() -> None:
    past = [PastYear(str(at), Decimal(each)) for at, each in enumerate(("0.01", "0", "0"))]
    found = propose_from_history(past, growth=Decimal(5), far_off=FAR_OFF)
    assert found is not None
    assert (found.value, found.deviation) == (Decimal("0.02"), Decimal(5))


def test_no_history_proposes_nothing() -> None:
    assert propose_from_history([], growth=Decimal("0.2"), far_off=FAR_OFF) is None


@pytest.mark.parametrize(
    ("value", "deviation", "far_off"),
    [("1125", "0.25", False), ("1125.01", "0.25", True), ("675", "-0.25", False), ("600", "-0.3333", True)],
)
def test_beyond_the_threshold_a_target_is_marked(value: str, deviation: str, far_off: bool) -> None:  # noqa: FBT001
    found = business(value, YEARS)
    assert (found.deviation, found.far_off) == (Decimal(deviation), far_off)
    assert ("偏离较大" in found.reason.zh, "far off" in found.reason.en) == (far_off, far_off)


@pytest.mark.parametrize("history", [[], [PastYear("2025", Decimal(0))], [PastYear("2025", Decimal(-5))]])
def test_without_a_history_to_compare_there_is_no_mark(history: list[PastYear]) -> None:
    found = business("1200", history)
    assert (found.deviation, found.far_off) == (None, False)
    assert found.reason.zh == "业务目标 12000，10 人，平均分配"


def test_a_proposal_is_plain_data() -> None:
    assert business("1200", YEARS).to_document() | {"reason": None} == {
        "value": "1200",
        "basis": "business_share",
        "history": [
            {"label": "2023", "value": "800", "target": None},
            {"label": "2024", "value": "900", "target": None},
            {"label": "2025", "value": "1000", "target": None},
        ],
        "mean": "900",
        "deviation": "0.3333",
        "far_off": True,
        "reason": None,
    }
