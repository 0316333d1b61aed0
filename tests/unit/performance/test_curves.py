"""An item's curve: its pieces are those that score, and the picture is well-formed and shows the point."""

from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given as hypothesis_given

from services.performance.domain.explaining.curves import describe_curve, target_fault
from services.performance.domain.scoring.actuals import Actual
from services.performance.domain.scoring.cards import ItemInput
from services.performance.domain.scoring.states import ItemCode, ItemState
from tests.oracle.rules import half_up
from tests.unit.performance.samples import RATIO, STEPS, given, measured, score_one, single
from tests.unit.performance.strategies import actuals, ruled, shares, targets

SVG = "{http://www.w3.org/2000/svg}"


def test_pieces_point_and_picture_of_the_known_example() -> None:
    scheme = single(STEPS)
    shown = describe_curve(scheme, scheme.items[0], given("1250000", "1000000"))
    assert [(piece["name"], piece["from"], piece["to"]) for piece in shown["pieces"]] == [
        ("short_of_anchor", None, "1000000"),
        ("beyond_anchor", "1000000", None),
    ]
    assert (shown["target"], shown["floor"], shown["cap"], shown["full_mark"]) == ("1000000", "0", "100", "100")
    assert shown["point"] == {"actual": "1250000", "piece": "beyond_anchor", "points": "64"}
    drawn = ET.fromstring(shown["svg"])  # noqa: S314 -- our own
    (dot,) = drawn.iter(f"{SVG}circle")
    texts = [text.text for text in drawn.iter(f"{SVG}text")]
    assert {"64 @ 1250000", "T 1000000", "0", "100"} <= set(texts)
    assert 20 < float(dot.attrib["cy"]) < 244
    assert drawn.find(f"{SVG}title") is not None


def test_without_an_actual_there_is_a_curve_and_no_point() -> None:
    scheme = single(RATIO)
    shown = describe_curve(scheme, scheme.items[0], ItemInput(Actual(ItemState.PENDING), Decimal(10)))
    assert shown["point"] is None
    assert "<circle" not in shown["svg"]


@pytest.mark.parametrize(
    ("target", "fault"),
    [(None, ItemCode.TARGET_MISSING), ("0", ItemCode.TARGET_ZERO), ("-1", ItemCode.TARGET_NEGATIVE), ("1", None)],
)
def test_a_target_without_meaning_is_named(target: str | None, fault: ItemCode | None) -> None:
    scheme = single(RATIO)
    assert target_fault(scheme, scheme.items[0], given("5", target)) is fault


def test_names_cannot_write_into_the_picture() -> None:
    scheme = single(RATIO, name='</title><script>alert("x")</script>')
    shown = describe_curve(scheme, scheme.items[0], given("5", "10"))
    assert "<script>" not in shown["svg"]
    assert ET.fromstring(shown["svg"]).findtext(f"{SVG}title") == scheme.items[0].name  # noqa: S314 -- our own


@hypothesis_given(ruled, actuals, targets, shares)
def test_any_curve_draws_and_its_point_is_what_scores(
    found: tuple[str, dict[str, object]], actual: Decimal, target: Decimal, proration: Fraction
) -> None:
    metric, rule = found
    scheme = single(rule, metric=metric)
    if metric == "teamwork":
        actual = 1 + abs(actual) % 4
    line = ItemInput(measured(str(actual)), target, proration=proration)
    assert target_fault(scheme, scheme.items[0], line) is None
    shown = describe_curve(scheme, scheme.items[0], line)
    points = score_one(scheme, {metric: line}).segments[0][0].points
    assert shown["point"] is not None
    assert half_up(Fraction(shown["point"]["points"]), 6) == Fraction(points or 0)
    ET.fromstring(shown["svg"])  # noqa: S314 -- our own
