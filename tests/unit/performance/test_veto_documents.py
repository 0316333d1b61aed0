"""What is refused of bonuses, penalties and vetoes when a scheme is saved, and what is written as it was read."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.performance.overall_samples import BONUS, KNOWN, PENALTY, sales_with, veto
from tests.unit.performance.samples import item, read_scheme, refusals, scheme_document


def capped(limit: str, scope: Mapping[str, str]) -> dict[str, Any]:
    return veto(scope, {"kind": "cap_score", "limit": limit})


@pytest.mark.parametrize("scope", [{"kind": "total"}, {"kind": "item", "key": "sales"},
                                   {"kind": "dimension", "key": "results"}])  # fmt: skip
def test_a_limit_below_everything_that_could_be_left_is_refused(scope: Mapping[str, str]) -> None:
    """Floors are 0 unless they are stated; here the item's is -50, which on the weight basis is -30 of 60 points."""
    document = scheme_document("weight")
    document["items"][0] |= {"dimension": "results", "full_mark": "100"}
    lenient = {**document, "total_floor": "-30", "vetoes": [capped("-30", scope)]}
    lenient["items"] = [{**document["items"][0], "rule": {**document["items"][0]["rule"], "floor": "-50"}}]
    lenient["items"] += document["items"][1:]
    assert read_scheme(lenient, KNOWN).vetoes[0].effect.limit == Decimal(-30)
    refused = {("/vetoes/0/effect/limit", "limit_below_floor")}
    for stricter in ({**document, "vetoes": [capped("-0.01", scope)]},
                     {**lenient, "vetoes": [capped("-30.01", scope)]}):  # fmt: skip
        assert refusals(read_scheme, stricter, KNOWN) == refused
    assert read_scheme({**document, "total_floor": "10", "vetoes": [capped("0", scope)]}, KNOWN).vetoes


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        (
            {"bonuses": [{**BONUS, "rule": {**BONUS["rule"], "floor": "-1"}}]},
            ("/bonuses/0/rule/floor", "points_negative"),
        ),
        ({"bonuses": [{**BONUS, "metric": "team_sales"}]}, ("/bonuses/0/metric", "level_of_a_part")),
        ({"bonuses": [{**BONUS, "full_mark": None}]}, ("/bonuses/0/full_mark", "field_missing")),
        ({"bonuses": [{**BONUS, "weight": 100}]}, ("/bonuses/0/weight", "field_unknown")),
        ({"bonuses": [{**BONUS, "key": "sales"}]}, ("/bonuses/0/key", "item_duplicate")),
        ({"bonuses": []}, ("/bonuses", "list_invalid")),
        ({"penalties": [{**PENALTY, "metric": "luck"}]}, ("/penalties/0/metric", "metric_unknown")),
        (
            {"penalties": [{**PENALTY, "rule": {"kind": "deduction", "each": "1"}}]},
            ("/penalties/0/rule/kind", "deduction_against_direction"),
        ),
        (
            {"vetoes": [veto({"kind": "item", "key": "luck"}, {"kind": "zero"})]},
            ("/vetoes/0/scope/key", "item_unknown"),
        ),
        (
            {"vetoes": [veto({"kind": "dimension", "key": "luck"}, {"kind": "zero"})]},
            ("/vetoes/0/scope/key", "dimension_unknown"),
        ),
        (
            {"vetoes": [veto({"kind": "item", "key": "sales"}, {"kind": "cap_grade", "grade": "fair"})]},
            ("/vetoes/0/effect/kind", "grade_of_a_part"),
        ),
        (
            {"vetoes": [veto({"kind": "total"}, {"kind": "cap_grade", "grade": "great"})]},
            ("/vetoes/0/effect/grade", "grade_unknown"),
        ),
        (
            {"vetoes": [veto({"kind": "total"}, {"kind": "cap_score"})]},
            ("/vetoes/0/effect/limit", "field_missing"),
        ),
        (
            {"vetoes": [veto({"kind": "total"}, {"kind": "zero"}, when={})]},
            ("/vetoes/0/when/at_least", "condition_ambiguous"),
        ),
    ],
)
def test_what_is_wrong_is_refused_at_its_place(more: Mapping[str, Any], refused: tuple[str, str]) -> None:
    document = {"items": [item("sales", 10_000, {"kind": "ratio"})], **more}
    assert refusals(read_scheme, document, KNOWN) == {refused}


def test_a_scheme_is_written_as_it_was_read() -> None:
    scheme = sales_with(
        bonuses=[BONUS], penalties=[PENALTY], vetoes=[veto({"kind": "total"}, {"kind": "cap_score", "limit": "59"})]
    )
    assert read_scheme(scheme.to_document(), KNOWN) == scheme
