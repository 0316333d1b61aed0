"""What a person reached of a metric in a whole cycle: once, however many items are over it and segments there are."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from msgspec import structs

from services.performance.domain.schemes.assignment import Place
from services.performance.domain.scoring.reached import Reached, reached_in
from services.performance.domain.scoring.scorecard import Result, ScoredItem
from services.performance.domain.scoring.timeline import Stretch
from shared.core.periods import Period
from tests.unit.performance.samples import RATIO, item, read_scheme

SCHEME = read_scheme(
    {
        "items": [
            item("sales", 6000, RATIO, default_target="100"),
            item("sales", 3000, {"kind": "binary", "threshold": {"of_target": "1"}}, default_target="100")
            | {"key": "sales_reached"},
            item("conversion_rate", 1000, RATIO, default_target="0.2"),
        ]
    }
)
PLACE = Place(UUID(int=1), UUID(int=2), UUID(int=3), 1)


def _stretch(month: int, workdays: int) -> Stretch:
    return Stretch(Period(date(2026, month, 1), date(2026, month + 1, 1)), PLACE, workdays)


def _line(key: str, actual: str | None, *, segment: int) -> ScoredItem:
    """Lay out a line of the scheme, of which 100 are asked in a whole cycle."""
    of = next(each for each in SCHEME.items if each.key == key)
    number = None if actual is None else Decimal(actual)
    return ScoredItem(
        key=key, metric=of.metric.key, name=of.name, weight=of.weight, state="value", code=None,
        target=Decimal(100), actual=number, points=None, segment=segment,
    )  # fmt: skip


def _segment(sales: str | None, reached: str | None, rate: str, *, at: int) -> tuple[ScoredItem, ...]:
    numbers = {"sales": sales, "sales_reached": reached, "conversion_rate": rate}
    return tuple(_line(key, actual, segment=at) for key, actual in numbers.items())


def test_two_items_over_one_metric_count_what_was_reached_once() -> None:
    result = Result("complete", segments=(_stretch(1, 20),), workdays=20, items=_segment("100", "100", "0.3", at=0))
    sales, rate = reached_in(result, {(UUID(int=3), 1): SCHEME})
    assert (sales, rate.actual) == (Reached("sales", Decimal(100), Decimal(100)), Decimal("0.3"))


def test_sums_are_added_over_segments_and_of_rates_the_longest_speaks() -> None:
    items = (*_segment("100", "100", "0.3", at=0), *_segment("7", "7", "0.5", at=1))
    result = Result("complete", segments=(_stretch(1, 20), _stretch(2, 8)), workdays=28, items=items)
    reached = reached_in(result, {(UUID(int=3), 1): SCHEME})
    assert [(each.metric, each.actual) for each in reached] == [
        ("sales", Decimal(107)),
        ("conversion_rate", Decimal("0.3")),
    ]


def test_an_item_that_does_not_apply_hides_nothing_of_the_other() -> None:
    result = Result("complete", segments=(_stretch(1, 20),), workdays=20, items=_segment(None, "100", "0.3", at=0))
    assert reached_in(result, {(UUID(int=3), 1): SCHEME})[0].actual == Decimal(100)


def test_what_grows_with_time_is_told_with_what_was_asked_of_the_days_there() -> None:
    halves = (_segment("30", "30", "0.3", at=0), _segment("20", "20", "0.5", at=1))
    segments = (_stretch(1, 20), _stretch(2, 8))
    result = Result("complete", segments=segments, workdays=112, items=(*halves[0], *halves[1]))
    sales, rate = reached_in(result, {(UUID(int=3), 1): SCHEME})
    assert (sales.target, sales.actual) == (Decimal(25), Decimal(50))
    assert (rate.target, rate.actual) == (Decimal(100), Decimal("0.3"))
    part_time = structs.replace(_line("sales", "30", segment=0), proration=Fraction(1, 16), scale=Fraction(2))
    lines = (part_time, *halves[0][1:])
    result = Result("complete", segments=segments[:1], workdays=112, items=lines)
    assert reached_in(result, {(UUID(int=3), 1): SCHEME})[0].target == Decimal("12.5")


def test_of_two_positions_whose_departments_are_measured_the_principal_one_speaks() -> None:
    """The last of the same days, where it has a number."""
    days = (_stretch(1, 20), _stretch(1, 20))
    for actual, told in (("7", "7"), (None, "5")):
        items = (*_segment("5", "5", "0.3", at=0), *_segment(actual, actual, "0.5", at=1))
        result = Result("complete", segments=days, workdays=20, items=items)
        sales, rate = reached_in(result, {(UUID(int=3), 1): SCHEME})
        assert (sales.actual, rate.actual) == (Decimal(told), Decimal("0.5"))
