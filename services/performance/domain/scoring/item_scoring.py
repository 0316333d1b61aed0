"""Scores one item of a scheme for a column of people: judge the data, compile the curve, evaluate, round."""

from dataclasses import dataclass

import numpy as np

from services.performance.domain.exact import ONE, ZERO, BoolArray, IntArray, Rationals, assemble
from services.performance.domain.rules import Basis
from services.performance.domain.schemes.item import BASIS_POINTS_A_POINT, SchemeItem
from services.performance.domain.schemes.metric import FULL_WEIGHT
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.states import WAITING_CODES, ItemCode, ItemState

POINTS_PLACES = 6


@dataclass(frozen=True, slots=True, eq=False)
class ItemColumn:
    """One item's inputs, one row a person; every column but `states` may be of length 1 to stand for all."""

    states: IntArray
    actuals: Rationals
    """To 10 places; 0 where the state is no number."""
    targets: Rationals = ZERO
    """For the whole period."""
    has_target: BoolArray | None = None
    """Who has a target of their own; None: everybody. Others get the item's default target."""
    weights: IntArray | None = None
    """Basis points; None: the scheme's."""
    proration: Rationals = ONE
    """Eligible workdays of the segment over those of the period; applied to cumulative metrics only."""
    share: Rationals = ONE
    """Eligible workdays of the segment over those of the whole scorecard; the same."""
    codes: IntArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ItemScores:
    """One item's results; `points` in millionths, 0 where not `scored`."""

    states: IntArray
    codes: IntArray
    scored: BoolArray
    points: IntArray
    weights: IntArray
    weighted: Rationals
    """What the item adds to the sum of its segment, unrounded."""


def score_item(scheme: Scheme, item: SchemeItem, column: ItemColumn, *, final: bool) -> ItemScores:
    """Score `item`; `final` applies the metric's policy to data that is missing or still pending."""
    states, codes = _judged(scheme, item, column, final=final)
    scored = states <= ItemState.ZERO
    weights = np.array([item.weight]) if column.weights is None else column.weights
    points = _points(scheme, item, column, weights=weights, scored=scored)
    exact = Rationals.of_scaled(points, POINTS_PLACES)
    return ItemScores(states, codes, scored, points, weights, exact * weight_share(scheme, item, weights))


def weight_share(scheme: Scheme, item: SchemeItem, weights: IntArray) -> Rationals:
    """Give what an item's points count for in the sum: its weight, or all where they follow the weight or have none."""
    weighted = scheme.points_basis == "item" and item.role == "weighted"
    return Rationals(weights, np.array([FULL_WEIGHT])) if weighted else ONE


def basis_of(scheme: Scheme, item: SchemeItem, column: ItemColumn) -> Basis:
    """Give what the item's rule is compiled against, for everybody in the column."""
    cumulative = item.metric.cumulative
    return Basis(
        full_mark=Rationals.of(item.full_mark(scheme.points_basis)),
        direction=item.direction,
        target=_targets(item, column)[0],
        proration=column.proration if cumulative else ONE,
        share=column.share if cumulative else ONE,
    )


def points_scale(scheme: Scheme, item: SchemeItem, weights: IntArray) -> Rationals:
    """Give what turns a rule's points into the item's: 1, or on the weight basis the weight over the full mark."""
    if scheme.points_basis == "item" or item.role != "weighted":
        return ONE
    return Rationals(weights, np.array([BASIS_POINTS_A_POINT])) / Rationals.of(item.full_mark("weight"))


def _points(scheme: Scheme, item: SchemeItem, column: ItemColumn, *, weights: IntArray, scored: BoolArray) -> IntArray:
    rows = np.flatnonzero(scored)
    if not rows.size:
        return np.zeros(len(scored), dtype=np.int64)
    curve = item.rule.curve(basis_of(scheme, item, column).take(rows))
    reached = curve.evaluate(column.actuals.take(rows), count=rows.size).points
    points = (reached * points_scale(scheme, item, weights).take(rows)).rounded(POINTS_PLACES)
    laid = np.zeros(len(scored), dtype=points.dtype)
    laid[rows] = points
    return laid


def _judged(scheme: Scheme, item: SchemeItem, column: ItemColumn, *, final: bool) -> tuple[IntArray, IntArray]:
    """Say for everybody whether there is something to score, and if not, why."""
    states = column.states
    codes = np.full(len(states), ItemCode.NONE) if column.codes is None else column.codes
    if final:
        states, codes = _by_policy(item, states, codes)
    faults = (*_target_faults(item, column), *_place_faults(scheme, item, column), *_scale_faults(item, column, codes))
    for wrong, state, code in faults:
        hit = (states <= ItemState.ZERO) & wrong
        states, codes = np.where(hit, state, states), np.where(hit, code, codes)
    return states, codes


def _by_policy(item: SchemeItem, states: IntArray, codes: IntArray) -> tuple[IntArray, IntArray]:
    absent = ((states == ItemState.MISSING) | (states == ItemState.PENDING)) & ~np.isin(codes, WAITING_CODES)
    outcomes = {
        "zero": (ItemState.ZERO, ItemCode.MISSING_AS_ZERO),
        "exclude_and_rescale": (ItemState.MISSING, ItemCode.EXCLUDED),
        "block": (ItemState.MISSING, ItemCode.MISSING_BLOCKS),
    }
    outcome = outcomes.get(item.metric.missing.policy)
    if outcome is None:
        return states, codes
    return np.where(absent, outcome[0], states), np.where(absent, outcome[1], codes)


def _targets(item: SchemeItem, column: ItemColumn) -> tuple[Rationals, BoolArray]:
    """Give everybody's target, their own or the default, and who has one."""
    if column.has_target is None:
        return column.targets, np.array([True])
    rows = np.flatnonzero(column.has_target)
    parts = [(rows, column.targets.take(rows))]
    if item.default_target is not None:
        parts.append((np.flatnonzero(~column.has_target), Rationals.of(item.default_target)))
    known = column.has_target | (item.default_target is not None)
    return assemble(len(column.has_target), parts), known


def _target_faults(item: SchemeItem, column: ItemColumn) -> list[tuple[BoolArray, ItemState, ItemCode]]:
    need = item.rule.target_need
    if need == "none":
        return []
    targets, known = _targets(item, column)
    faults = [(~known, ItemState.PENDING, ItemCode.TARGET_MISSING)]
    if need == "positive":
        sign = targets.sign()
        faults.append((sign == 0, ItemState.ERROR, ItemCode.TARGET_ZERO))
        faults.append((sign < 0, ItemState.ERROR, ItemCode.TARGET_NEGATIVE))
    return faults


def _place_faults(scheme: Scheme, item: SchemeItem, column: ItemColumn) -> list[tuple[BoolArray, ItemState, ItemCode]]:
    return [(item.rule.misplaced(basis_of(scheme, item, column)), ItemState.ERROR, ItemCode.TARGET_MISPLACED)]


def _scale_faults(item: SchemeItem, column: ItemColumn, codes: IntArray) -> list[tuple[BoolArray, ItemState, ItemCode]]:
    """Find ratings off the scale; a missing one that counts as zero is nobody's rating and may lie below it."""
    if item.rule.scale is None:
        return []
    lowest, highest = (Rationals.of(end) for end in item.rule.scale)
    off = column.actuals.less(lowest) | highest.less(column.actuals)
    return [(off & (codes != ItemCode.MISSING_AS_ZERO), ItemState.ERROR, ItemCode.RATING_OFF_SCALE)]
