"""Holds the engine to the oracle, batch after batch of random cards; a failure names the batch to draw again."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from services.performance.domain.schemes.metric import Metric
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.actuals import INAPPLICABLE, Actual
from services.performance.domain.scoring.cards import (
    CardScore,
    ItemInput,
    ItemScore,
    OverallInput,
    SegmentInput,
    score_cards,
)
from services.performance.domain.scoring.states import ItemCode, ItemState
from tests.oracle.cards import Line, Oracle, Verdict
from tests.oracle.cases import METRICS, Cases, RandomCard
from tests.oracle.items import Data
from tests.oracle.rules import Document

CARDS_A_BATCH = 100
_READ = {key: Metric.from_document(document) for key, document in METRICS.items()}


def compare_batch(seed: int) -> int:
    """Score a batch of cards by both, and give how many; raises AssertionError where they differ."""
    cases = Cases(seed)
    schemes = [cases.scheme() for _ in range(3)]
    read = {id(document): Scheme.from_document(document, metrics=_READ) for document in schemes}
    closing = schemes[0]
    cards = [cases.card(schemes, closing) for _ in range(CARDS_A_BATCH)]
    for final, least_days in ((True, 0), (False, 0), (True, 20)):
        scored = _by_engine(cards, closing, read, final=final, least_days=least_days)
        oracle = Oracle(METRICS, final=final)
        for at, (card, found) in enumerate(zip(cards, scored, strict=True)):
            expected = oracle.verdict(card.stretches, card.overall, closing=closing, least_days=least_days)
            assert _verdict(found) == expected, f"seed {seed}, card {at}, final {final}, least {least_days}"
    return len(cards) * 3


def _by_engine(
    cards: Sequence[RandomCard], closing: Document, read: Mapping[int, Scheme], *, final: bool, least_days: int
) -> list[CardScore]:
    scheme = read[id(closing)]
    return score_cards(
        [
            [
                SegmentInput(read[id(stretch.scheme)], inputs(stretch.data), stretch.workdays, stretch.allocation)
                for stretch in card.stretches
            ]
            for card in cards
        ],
        rubric=scheme.rubric,
        final=final,
        minimum_workdays=least_days,
        overall=OverallInput(scheme, [inputs(card.overall) for card in cards]),
    )


def inputs(data: Mapping[str, Data]) -> dict[str, ItemInput]:
    """Turn what the oracle is given into what the engine is given."""
    return {key: _input(each) for key, each in data.items()}


def _input(data: Data) -> ItemInput:
    if data.known == "value":
        actual = Actual(ItemState.VALUE if data.actual else ItemState.ZERO, _decimal(data.actual))
    elif data.known == "not_applicable":
        actual = INAPPLICABLE
    elif data.known == "unpriced":
        actual = Actual(ItemState.PENDING, code=ItemCode.RATE_MISSING)
    else:
        actual = Actual(ItemState.labelled(data.known))
    target = None if data.target is None else _decimal(data.target)
    return ItemInput(actual, target, data.weight, data.proration, data.share)


def _decimal(value: Fraction) -> Decimal:
    """Write what ends within 10 places."""
    return Decimal(value.numerator * 10**10 // value.denominator).scaleb(-10)


def _verdict(score: CardScore) -> Verdict:
    before = score.before_veto
    return Verdict(
        score.state.label,  # type: ignore[arg-type]  # one of the states
        fraction(score.total),
        score.grade,
        None if before is None else (fraction(before.total), before.grade),
        score.scored_weight,
        tuple(tuple(map(_line, segment)) for segment in score.segments),
        tuple(map(_line, score.overall)),
    )


def _line(line: ItemScore) -> Line:
    code = None if line.code is ItemCode.NONE else line.code.label
    return Line(line.key, line.state.label, code, line.weight, fraction(line.points))


def fraction(number: Decimal | None) -> Fraction | None:
    """Turn what the engine gives into what the oracle does."""
    return None if number is None else Fraction(number)
