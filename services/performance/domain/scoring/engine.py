"""The one scoring engine: columns over people in, exact points and totals out; one person is a column of length 1.

A scorecard is scored in segments (usually one). Points are rounded to 6 places within their segment, segments combine
by workdays as exact fractions, a day in several positions divided between them, and the total is clamped and rounded
once. While data is outstanding the total counts
what is there, without rescaling, and `scored_weight` says how much of the weight that is. Final scoring applies each
metric's missing policy. What does not apply to a person is taken out and the rest rescaled in either case.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add, or_

import numpy as np

from services.performance.domain.exact import ONE, BoolArray, IntArray, Rationals, Rows, assemble
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.metric import FULL_WEIGHT
from services.performance.domain.schemes.rubric import Rubric
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.item_scoring import ItemColumn, ItemScores, score_item
from services.performance.domain.scoring.overall import Limited, Overall
from services.performance.domain.scoring.states import CardState, ItemCode, ItemState


@dataclass(frozen=True, slots=True, eq=False)
class SegmentScores:
    """One segment's items and their sum, rescaled where weight was taken out."""

    scheme: Scheme
    items: Mapping[str, ItemScores]
    states: IntArray
    sums: Rationals
    scored_weight: IntArray
    kept_weight: IntArray
    """What is left of 10,000 after exclusions; sums are rescaled by 10,000 over it."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Segments of some scorecards, at most one of each: `cards` are the positions of those scorecards."""

    cards: Rows
    workdays: Rationals
    """As far as they are the segment's own."""
    scores: SegmentScores

    @property
    def counting_workdays(self) -> Rationals:
        """Workdays, but 0 where nothing applies."""
        counts = self.scores.states != CardState.UNGRADED
        return Rationals(np.where(counts, self.workdays.num, 0), self.workdays.den)


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """Totals in hundredths; grades as indices into the rubric's, -1 where there is none."""

    totals: IntArray
    grades: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Results by scorecard; a grade comes only with a card that is complete."""

    states: IntArray
    has_total: BoolArray
    scored_weight: IntArray
    """Basis points behind the total, averaged over segments by workdays and cut to an integer."""
    shown: Verdicts
    unvetoed: Verdicts
    """What they would be if no veto fired."""
    vetoed: BoolArray
    """Where a veto fired, whether or not it changed anything."""


def score(scheme: Scheme, columns: Mapping[str, ItemColumn], *, final: bool) -> Scores:
    """Score people who stayed under one scheme version and one basis all the time."""
    scores = score_segment(scheme, columns, final=final)
    count = len(scores.states)
    whole = Segment(np.arange(count), ONE, scores)
    return combine([whole], count=count, rubric=scheme.rubric)


def score_segment(scheme: Scheme, columns: Mapping[str, ItemColumn], *, final: bool) -> SegmentScores:
    """Score one segment of each person; `columns` holds every item of the scheme, all of one length."""
    items = {item.key: score_item(scheme, item, columns[item.key], final=final) for item in scheme.items}
    if np.any(sum(item.weights for item in items.values()) != FULL_WEIGHT):
        raise ValueError(f"weights must sum to {FULL_WEIGHT} for everybody")
    over = _over_limit(scheme, items)
    excluded = _weight_where(items, _is_excluded)
    items = {item.key: _marked(items[item.key], _is_limited(item, items[item.key]) & over) for item in scheme.items}
    inapplicable = _weight_where(items, lambda item: item.states == ItemState.NOT_APPLICABLE)
    scored_weight = _weight_where(items, lambda item: item.scored)
    kept = FULL_WEIGHT - inapplicable - np.where(over, 0, excluded)
    blocked = reduce(or_, (_blocks(item) for item in items.values()), over)
    states = np.select(
        [blocked, kept == 0, scored_weight < kept],
        [CardState.BLOCKED, CardState.UNGRADED, CardState.PENDING],
        CardState.COMPLETE,
    )
    sums = reduce(add, (item.weighted for item in items.values()))
    return SegmentScores(scheme, items, states, rescaled(sums, kept), scored_weight, kept)


def combine(
    segments: Sequence[Segment],
    *,
    count: int,
    rubric: Rubric,
    minimum_workdays: int = 0,
    overall: Overall | None = None,
) -> Scores:
    """Fold segments into `count` scorecards; below `minimum_workdays` (at least one) a person is ungraded.

    What acts on the whole card, `overall`, acts once, after the fold: adjustments, then the floor, vetoes, the cap.
    """
    days, weight, worst = _days(segments, count)
    worst = worst if overall is None else np.maximum(worst, overall.states)
    few = days.less(Rationals.of(minimum_workdays)) | (days.num == 0)
    states = np.where(few, CardState.UNGRADED, worst)
    has_total = (states <= CardState.PENDING) & (weight.num > 0)  # of nothing there is no total, and never 0
    days = Rationals(np.where(days.num == 0, 1, days.num), days.den)

    def verdicts(sums: Rationals) -> Verdicts:
        totals = np.where(has_total, rubric.totals(sums), 0)
        return Verdicts(totals, np.where((states == CardState.COMPLETE) & has_total, rubric.grades_of(totals), -1))

    vetoed = np.zeros(count, dtype=np.bool_)
    shown = unvetoed = verdicts(rubric.floored(_fold(segments, count, days, overall)))
    if overall is not None and np.any(overall.fired):
        vetoed = overall.fired
        left = rubric.floored(_fold(segments, count, days, overall, vetoed=True))
        shown = verdicts(overall.limited(left))
        shown = replace(shown, grades=overall.graded(shown.grades))
    return Scores(states, has_total, (weight / days).quantised("floor").num, shown, unvetoed, vetoed)


def _days(segments: Sequence[Segment], count: int) -> tuple[Rationals, Rationals, IntArray]:
    """Give each card's counting workdays, its scored weight by day, and the worst state of its segments."""
    days = weight = assemble(count, [])
    worst = np.full(count, int(CardState.COMPLETE))
    for segment in segments:
        cards, scores, workdays = segment.cards, segment.scores, segment.counting_workdays
        scored = workdays * Rationals(scores.scored_weight, np.array([1]))
        days, weight = days + assemble(count, [(cards, workdays)]), weight + assemble(count, [(cards, scored)])
        worst[cards] = np.maximum(worst[cards], np.where(workdays.num > 0, scores.states, CardState.COMPLETE))
    return days, weight, worst


def _fold(
    segments: Sequence[Segment], count: int, days: Rationals, overall: Overall | None, *, vetoed: bool = False
) -> Rationals:
    """Average the segments by workdays, and add what adjustments add."""
    sums = assemble(count, [])
    for segment in segments:
        scores = segment.scores
        own = scores.sums
        if vetoed and overall is not None:
            limited = Limited(scores.scheme, scores.items, overall, segment.cards, scores.kept_weight)
            own = rescaled(limited.sum(), scores.kept_weight)
        sums = sums + assemble(count, [(segment.cards, own * segment.counting_workdays)])
    mean = sums / days
    return mean if overall is None else mean + overall.added


def _over_limit(scheme: Scheme, items: Mapping[str, ItemScores]) -> BoolArray:
    """Tell where more weight is taken out than the strictest limit among those items allows."""
    taken: IntArray = np.array([0])
    allowed: IntArray = np.array([FULL_WEIGHT])
    for item in scheme.items:
        limited = _is_limited(item, items[item.key])
        taken = taken + np.where(limited, items[item.key].weights, 0)
        allowed = np.minimum(allowed, np.where(limited, item.metric.missing.limit, FULL_WEIGHT))
    return np.asarray(taken > allowed)


def _is_limited(item: SchemeItem, scores: ItemScores) -> BoolArray:
    """Tell where weight is taken out under a limit: of missing data, and of what does not apply where one is set."""
    inapplicable = (scores.states == ItemState.NOT_APPLICABLE) & (item.metric.missing.limit > 0)
    return np.asarray(_is_excluded(scores) | inapplicable)


def _is_excluded(item: ItemScores) -> BoolArray:
    return np.asarray(item.codes == ItemCode.EXCLUDED)


def _blocks(item: ItemScores) -> BoolArray:
    return np.asarray((item.states == ItemState.ERROR) | (item.codes == ItemCode.MISSING_BLOCKS))


def _weight_where(items: Mapping[str, ItemScores], holds: Callable[[ItemScores], BoolArray]) -> IntArray:
    weights = [np.where(holds(item), item.weights, 0) for item in items.values()]
    return np.asarray(np.sum(weights, axis=0))


def _marked(item: ItemScores, over: BoolArray) -> ItemScores:
    codes = np.where(over, ItemCode.EXCLUSION_OVER_LIMIT, item.codes)
    return replace(item, codes=codes)


def rescaled(sums: Rationals, kept: IntArray) -> Rationals:
    """Let the weight that is left stand for all of it."""
    if np.all(kept == FULL_WEIGHT):
        return sums
    return sums * Rationals(np.array([FULL_WEIGHT]), np.maximum(kept, 1))
