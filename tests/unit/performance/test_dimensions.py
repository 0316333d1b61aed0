"""Dimensions: by what a result divides, worked out again from an explanation's lines alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import uuid4

import pytest

from services.performance.domain.explaining.dimension_texts import dimension_documents
from services.performance.domain.explaining.explanation import explain
from services.performance.domain.schemes.assignment import Place, Version
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.cards import SegmentInput
from services.performance.domain.scoring.dimensions import Dimension, dimensions_of
from services.performance.domain.scoring.scorecard import Result, ScoredItem
from services.performance.domain.scoring.timeline import Stretch
from shared.core.periods import Period
from tests.oracle.cases import METRICS as MANY
from tests.oracle.cases import Cases
from tests.oracle.comparison import inputs
from tests.oracle.rules import half_up
from tests.unit.performance.samples import METRICS, RATING, read_metric, read_scheme

MANY_METRICS = {key: read_metric(document) for key, document in MANY.items()}
DAYS = Period(date(2026, 1, 1), date(2026, 7, 1))
Json = Mapping[str, Any]


@dataclass
class Worked:
    """What the lines of one dimension sum to, by workdays."""

    weight: Fraction = Fraction(0)
    scored: Fraction = Fraction(0)
    mean: Fraction = Fraction(0)
    added: Fraction = Fraction(0)
    contribution: Fraction = Fraction(0)
    bases: set[str] = field(default_factory=set)

    def count(self, line: Json, part: Json) -> None:
        days, points = own_days(part), Fraction(line["points"] or 0)
        share = Fraction(line["weight"], 10_000) if part["points_basis"] == "item" else Fraction(1)
        self.bases.add(part["points_basis"])
        self.weight += days * line["weight"]
        self.scored += days * line["weight"] if line["points"] is not None else 0
        self.mean += days * line["weight"] * points
        self.added += days * points
        self.contribution += days * points * share * 10_000 / max(part["kept_weight"], 1)

    def points(self, days: Fraction) -> Fraction | None:
        if len(self.bases) > 1 or not self.scored:
            return None
        return half_up(self.mean / self.scored if self.bases == {"item"} else self.added / days, 6)


def recomputed(explained: Json) -> tuple[dict[str | None, Worked], Fraction]:
    counting = [part for part in explained["segments"] if part["state"] != "ungraded" and part["workdays"]]
    found: dict[str | None, Worked] = {}
    for part in counting:
        for line in part["items"]:
            found.setdefault(line["dimension"], Worked()).count(line, part)
    return found, sum((own_days(part) for part in counting), Fraction(0))


def own_days(segment: Json) -> Fraction:
    return Fraction(segment["workdays"]) * Fraction(segment["allocation"])


def kept(explained: Json, schemes: Sequence[Scheme]) -> tuple[Result, Mapping[Version, Scheme]]:
    """Give the result that an explanation is about, as it is kept."""
    places = [Place(uuid4(), uuid4(), uuid4(), 1) for _ in schemes]
    days = [(part["workdays"], Fraction(part["allocation"])) for part in explained["segments"]]
    lines = [_kept(line, at) for at, part in enumerate(explained["segments"]) for line in part["items"]]
    stretches = tuple(
        Stretch(DAYS, place, own, allocation=part) for place, (own, part) in zip(places, days, strict=True)
    )
    versions = [place.version for place in places if place.version is not None]
    return Result("complete", segments=stretches, items=tuple(lines)), dict(zip(versions, schemes, strict=True))


def _kept(line: Json, segment: int) -> ScoredItem:
    points = None if line["points"] is None else Decimal(line["points"])
    same = {name: line[name] for name in ("key", "metric", "name", "weight", "state", "code")}
    return ScoredItem(**same, target=None, actual=None, points=points, segment=segment)


@pytest.mark.parametrize("final", [True, False], ids=["final", "provisional"])
def test_dimensions_follow_from_the_lines_alone_and_sum_to_the_total(*, final: bool) -> None:
    """Whatever schemes, overridden weights, missing data, bases and segments."""
    compared = 0
    for seed in range(60):
        cases = Cases(seed)
        documents = [cases.scheme() for _ in range(2)]
        read = {id(each): read_scheme(each, MANY_METRICS) for each in documents}
        card = [
            SegmentInput(read[id(part.scheme)], inputs(part.data), part.workdays, part.allocation)
            for part in cases.card(documents, documents[0]).stretches
        ]
        explained = explain(card, rubric=card[-1].scheme.rubric, final=final)
        found = dimensions_of(*kept(explained, [segment.scheme for segment in card]))
        worked, days = recomputed(explained)
        compared += len(found)
        if worked.keys() <= {None}:
            assert found == [], seed
            continue
        assert sum(each.contribution for each in found) == Fraction(explained["sum"]), seed
        _same(found, worked, days)
    assert compared > 60


def _same(found: Sequence[Dimension], worked: Mapping[str | None, Worked], days: Fraction) -> None:
    assert {each.key for each in found} == worked.keys()
    for each in found:
        own = worked[each.key]
        assert each.contribution * days == own.contribution
        assert [each.weight * days, each.scored_weight * days] == [own.weight, own.scored]
        assert (None if each.points is None else Fraction(each.points)) == own.points(days)


def scheme(basis: str = "item", **dimensions: str | None) -> Scheme:
    """Weigh three ratings 50, 30 and 20 %."""
    items = [
        {"key": key, "name": key, "metric": "teamwork", "weight": weight, "rule": RATING}
        | ({} if dimension is None else {"dimension": dimension})
        for (key, dimension), weight in zip(dimensions.items(), (5000, 3000, 2000), strict=True)
    ]
    return read_scheme({"points_basis": basis, "items": items}, METRICS)


def line(key: str, weight: int, points: str | None, *, segment: int = 0, state: str = "value", code: str = "") -> Json:
    return {"key": key, "metric": "teamwork", "name": key, "weight": weight, "state": state, "code": code or None} | {
        "points": points, "segment": segment
    }  # fmt: skip


def told(schemes: Sequence[Scheme], days: Sequence[int], *lines: Json) -> list[dict[str, Any]]:
    explained = {
        "segments": [
            {"workdays": own, "allocation": "1", "items": [each for each in lines if each["segment"] == at]}
            for at, own in enumerate(days)
        ]
    }
    return dimension_documents(dimensions_of(*kept(explained, schemes)))


THREE = {"a": "业绩", "b": "业绩", "c": "态度"}


def test_points_are_the_mean_by_weight_and_contributions_what_they_weigh_in_the_total() -> None:
    found = told([scheme(**THREE)], [120], line("a", 5000, "80"), line("b", 3000, "60"), line("c", 2000, "90"))
    shown = [(each["key"], each["state"], each["weight"], each["points"], each["contribution"]) for each in found]
    assert shown == [("业绩", "complete", 8000, "72.5", "58"), ("态度", "complete", 2000, "90", "18")]
    assert found[0]["sentence"] == {
        "zh": "业绩：权重 80%，加权平均 72.5 分，计入合计 58 分。",
        "en": "业绩: weight 80%, 72.5 points on average, adds 58 to the sum.",
    }


def test_on_the_weight_basis_points_add_up() -> None:
    found = told([scheme("weight", **THREE)], [120], line("a", 5000, "40"), line("b", 3000, "30"), line("c", 2000, "9"))
    assert [(each["points"], each["contribution"]) for each in found] == [("70", "70"), ("9", "9")]
    assert found[1]["sentence"]["zh"] == "态度：权重 20%，得 9 分，计入合计 9 分。"


def test_what_is_outstanding_leaves_the_mean_over_what_is_scored() -> None:
    lines = line("a", 5000, "80"), line("b", 3000, None, state="pending"), line("c", 2000, None, state="pending")
    first, second = told([scheme(**THREE)], [120], *lines)
    assert [first[name] for name in ("state", "weight", "scored_weight", "points")] == ["pending", 8000, 5000, "80"]
    assert first["sentence"]["en"].endswith("adds 40 to the sum; data is outstanding, weight 50% is scored.")
    assert (second["state"], second["points"], second["contribution"]) == ("pending", None, "0")
    assert second["sentence"]["zh"] == "态度：权重 20%，尚有数据未到，已计分权重 0%。"


def test_what_is_taken_out_lets_the_rest_stand_for_the_whole() -> None:
    out = line("c", 2000, None, state="not_applicable", code="not_applicable")
    first, second = told([scheme(**THREE)], [120], line("a", 5000, "80"), line("b", 3000, "60"), out)
    assert (first["points"], first["contribution"]) == ("72.5", "72.5")
    assert (second["state"], second["points"]) == ("ungraded", None)
    assert second["sentence"]["en"] == "态度: weight 20%; all of it is taken out."


def test_an_item_in_error_blocks_its_dimension_alone() -> None:
    lines = line("a", 5000, "80"), line("b", 3000, "60"), line("c", 2000, None, state="error", code="target_zero")
    states = [each["state"] for each in told([scheme(**THREE)], [120], *lines)]
    assert states == ["complete", "blocked"]


def test_segments_combine_by_workdays_and_items_without_a_dimension_come_last() -> None:
    """A third of the days a half weighs 80 points, two thirds of them a fifth weighs 50."""
    schemes = [scheme(a="业绩", b=None, c=None), scheme(a=None, b=None, c="业绩")]
    early = [line(key, weight, "80") for key, weight in (("a", 5000), ("b", 3000), ("c", 2000))]
    late = [line(key, weight, "50", segment=1) for key, weight in (("a", 5000), ("b", 3000), ("c", 2000))]
    first, rest = told(schemes, [40, 80], *early, *late)
    assert (first["weight"], first["points"], first["contribution"]) == (3000, "66.666667", "20")
    assert (rest["key"], rest["contribution"]) == (None, "40")
    assert rest["sentence"]["zh"].startswith("其他指标：权重 70%，")


def test_points_on_different_bases_do_not_combine() -> None:
    lines = [line(key, 5000, "50", segment=at) for at in (0, 1) for key in "abc"]
    first, _ = told([scheme(**THREE), scheme("weight", **THREE)], [60, 60], *lines)
    assert (first["points_basis"], first["points"]) == (None, None)
    assert first["sentence"]["en"].startswith("业绩: weight 100%, adds ")


def test_without_dimensions_there_is_nothing_to_say() -> None:
    lines = [line(key, weight, "80") for key, weight in (("a", 5000), ("b", 3000), ("c", 2000))]
    assert told([scheme(a=None, b=None, c=None)], [120], *lines) == []
    assert told([], []) == []
