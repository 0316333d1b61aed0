"""Rows in, rows out: the columnar engine for callers that hold scorecards one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
from msgspec import Struct, structs

from services.performance.domain.exact import Rationals, integers
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.metric import FULL_WEIGHT
from services.performance.domain.schemes.rubric import TOTAL_PLACES, Rubric
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.actuals import Actual
from services.performance.domain.scoring.engine import Scores, Segment, Verdicts, combine, score_segment
from services.performance.domain.scoring.item_scoring import POINTS_PLACES, ItemColumn, ItemScores
from services.performance.domain.scoring.overall import Overall, judge_overall
from services.performance.domain.scoring.scorecard import Verdict
from services.performance.domain.scoring.states import ITEM_CODES, ITEM_STATES, CardState, ItemCode, ItemState
from shared.core.decimals import from_scaled

_NOTHING = Decimal(0)


class ItemInput(Struct, frozen=True, gc=False):
    """One item of one person: what came, what was asked, what it weighs (None: the scheme's weight)."""

    actual: Actual
    target: Decimal | None = None
    weight: int | None = None
    proration: Fraction = Fraction(1)
    share: Fraction = Fraction(1)
    scale: Fraction = Fraction(1)
    """What makes the target one of a whole cycle by the proration."""

    def with_any_actual(self) -> "ItemInput":
        """Give the same with an actual that is a number, so that all that is left to judge is the target."""
        return structs.replace(self, actual=Actual(ItemState.VALUE, Decimal(1)))


@dataclass(frozen=True, slots=True)
class SegmentInput:
    """A stretch of one scorecard under one scheme version."""

    scheme: Scheme
    items: Mapping[str, ItemInput]
    workdays: int = 1
    allocation: Fraction = Fraction(1)
    """The part of each of them that is the segment's own."""


class ItemScore(Struct, frozen=True, gc=False):
    key: str
    state: ItemState
    code: ItemCode
    actual: Decimal | None
    target: Decimal | None
    weight: int
    points: Decimal | None
    weighted: Decimal | None
    """What it adds to the sum of its segment, before rescaling."""
    proration: Fraction = Fraction(1)
    scale: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class OverallInput:
    """What acts once on each of some scorecards that end under the same scheme version, in the cards' order."""

    scheme: Scheme
    items: Sequence[Mapping[str, ItemInput]]


@dataclass(frozen=True, slots=True)
class CardScore:
    state: CardState
    total: Decimal | None
    grade: str | None
    scored_weight: int
    segments: tuple[tuple[ItemScore, ...], ...]
    overall: tuple[ItemScore, ...] = ()
    """Adjustments and conditions of vetoes; a condition has 1 point where it fires."""
    before_veto: Verdict | None = None
    """What it would be without the vetoes that fired; None where none did."""


def score_cards(
    cards: Sequence[Sequence[SegmentInput]],
    *,
    rubric: Rubric,
    final: bool,
    minimum_workdays: int = 0,
    overall: OverallInput | None = None,
) -> list[CardScore]:
    """Score every card over its segments in order; cards may differ in scheme versions, weights and targets."""
    segments, lines = _segments(cards, final=final)
    judged = None if overall is None else judge_overall(overall.scheme, overall_columns(overall), final=final)
    scores = combine(segments, count=len(cards), rubric=rubric, minimum_workdays=minimum_workdays, overall=judged)
    above = _overall_lines(overall, judged, len(cards))
    return [
        _card(scores, at, rubric, segments=tuple(own), overall=beside)
        for at, (own, beside) in enumerate(zip(lines, above, strict=True))
    ]


def _segments(
    cards: Sequence[Sequence[SegmentInput]], *, final: bool
) -> tuple[list[Segment], list[list[tuple[ItemScore, ...]]]]:
    """Score together what is the same segment, first or second or later, under the same scheme version."""
    groups: dict[tuple[int, int], list[int]] = {}
    for at, card in enumerate(cards):
        for ordinal, segment in enumerate(card):
            groups.setdefault((ordinal, id(segment.scheme)), []).append(at)
    lines: list[list[tuple[ItemScore, ...]]] = [[()] * len(card) for card in cards]
    segments = []
    for (ordinal, _), members in groups.items():
        inputs = [cards[at][ordinal] for at in members]
        scheme = inputs[0].scheme
        scores = score_segment(scheme, columns_of(inputs), final=final)
        segments.append(Segment(np.array(members), _own_workdays(inputs), scores))
        given = [segment.items for segment in inputs]
        columns = [_lines(scheme, item, scores.items[item.key], given) for item in scheme.items]
        for at, own in zip(members, zip(*columns, strict=True), strict=True):
            lines[at][ordinal] = own
    return segments, lines


def _own_workdays(segments: Sequence[SegmentInput]) -> Rationals:
    """Give the workdays as far as they are the segments' own."""
    workdays = Rationals(np.array([segment.workdays for segment in segments]), np.array([1]))
    return workdays * _shares([segment.allocation for segment in segments])


def columns_of(segments: Sequence[SegmentInput]) -> dict[str, ItemColumn]:
    """Turn segments under one scheme version into the engine's columns."""
    scheme = segments[0].scheme
    return {
        item.key: column_of([segment.items[item.key] for segment in segments], item.weight) for item in scheme.items
    }


def overall_columns(overall: OverallInput) -> dict[str, ItemColumn]:
    """Turn what acts on whole cards into the engine's columns."""
    return {item.key: column_of([card[item.key] for card in overall.items], 0) for item in overall.scheme.overall}


def on_target_score(scheme: Scheme) -> Decimal | None:
    """Give the total of somebody who reaches every target exactly, without bonus, penalty or veto.

    None where an item does not say what to reach.
    """
    card = _on_target(scheme)
    return card.total if card.state is CardState.COMPLETE else None


def on_target_points(scheme: Scheme) -> dict[str, Decimal | None]:
    """Give the points each item earns by reaching its target exactly; None where it does not say what to reach."""
    return {line.key: line.points for line in _on_target(scheme).segments[0]}


def _on_target(scheme: Scheme) -> CardScore:
    items = {item.key: _reached(item) for item in scheme.items}
    (card,) = score_cards([[SegmentInput(scheme, items)]], rubric=scheme.rubric, final=False)
    return card


def _reached(item: SchemeItem) -> ItemInput:
    reached = item.rule.on_target(item.default_target)
    if reached is None:
        return ItemInput(Actual(ItemState.PENDING))
    actual, target = reached
    return ItemInput(Actual(ItemState.VALUE, actual), target=target)


def column_of(inputs: Sequence[ItemInput], weight: int) -> ItemColumn:
    """Turn one item of some people into the engine's column; `weight` is the scheme's."""
    return ItemColumn(
        states=np.array([line.actual.state for line in inputs]),
        codes=np.array([line.actual.code for line in inputs]),
        actuals=Rationals.of(*(line.actual.value or _NOTHING for line in inputs)),
        targets=_targets(inputs),
        has_target=np.array([line.target is not None for line in inputs]),
        weights=integers(weight if line.weight is None else line.weight for line in inputs),
        proration=_shares([line.proration for line in inputs]),
        share=_shares([line.share for line in inputs]),
    )


def _targets(inputs: Sequence[ItemInput]) -> Rationals:
    """Give targets as those of a whole cycle."""
    stated = Rationals.of(*(line.target or _NOTHING for line in inputs))
    scales = [line.scale for line in inputs]
    return stated if all(scale == 1 for scale in scales) else stated * _shares(scales)


def _shares(shares: Sequence[Fraction]) -> Rationals:
    """Keep one value where all agree: a shared factor keeps the arithmetic small."""
    different = set({id(share): share for share in shares}.values())
    return Rationals.of(shares[0]) if len(different) == 1 else Rationals.of_each(shares)


def _lines(
    scheme: Scheme, item: SchemeItem, scores: ItemScores, given: Sequence[Mapping[str, ItemInput]]
) -> list[ItemScore]:
    """Tell everybody's score of one item."""
    columns = (scores.states, scores.codes, scores.scored, scores.points, scores.weights)
    weighs = scheme.points_basis == "item" and item.role == "weighted"
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [_line(item, own[item.key], row, weighs=weighs) for own, row in zip(given, rows, strict=True)]


def _line(item: SchemeItem, given: ItemInput, row: tuple[int, int, bool, int, int], *, weighs: bool) -> ItemScore:
    state, code, scored, number, weight = row
    points = from_scaled(number, POINTS_PLACES) if scored else None
    return ItemScore(
        key=item.key,
        state=ITEM_STATES[state],
        code=ITEM_CODES[code],
        actual=given.actual.value,
        target=item.default_target if given.target is None else given.target,
        weight=weight,
        points=points,
        weighted=None if points is None else points * (weight if weighs else FULL_WEIGHT) / FULL_WEIGHT,
        proration=given.proration,
        scale=given.scale,
    )


def _overall_lines(overall: OverallInput | None, judged: Overall | None, count: int) -> list[tuple[ItemScore, ...]]:
    """Tell of each of `count` scorecards what acted on the whole."""
    if overall is None or judged is None or not overall.scheme.overall:
        return [()] * count
    scheme = overall.scheme
    columns = [_lines(scheme, item, judged.items[item.key], overall.items) for item in scheme.overall]
    return list(zip(*columns, strict=True))


def _card(
    scores: Scores,
    at: int,
    rubric: Rubric,
    *,
    segments: tuple[tuple[ItemScore, ...], ...],
    overall: tuple[ItemScore, ...],
) -> CardScore:
    shown = _verdict(scores, scores.shown, at, rubric)
    return CardScore(
        state=CardState(int(scores.states[at])),
        total=shown.total,
        grade=shown.grade,
        scored_weight=int(scores.scored_weight[at]),
        segments=segments,
        overall=overall,
        before_veto=_verdict(scores, scores.unvetoed, at, rubric) if scores.vetoed[at] else None,
    )


def _verdict(scores: Scores, verdicts: Verdicts, at: int, rubric: Rubric) -> Verdict:
    grade = int(verdicts.grades[at])
    total = from_scaled(int(verdicts.totals[at]), TOTAL_PLACES) if scores.has_total[at] else None
    return Verdict(total, None if grade < 0 else rubric.grades[grade].key)
