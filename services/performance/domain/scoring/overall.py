"""What acts once on a whole scorecard, after its segments are combined: bonuses, penalties, vetoes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from services.performance.domain.exact import ZERO, BoolArray, IntArray, Rationals, Rows, chosen
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.metric import FULL_WEIGHT
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.schemes.veto import ScopeKind, Veto
from services.performance.domain.scoring.item_scoring import ItemColumn, ItemScores, score_item, weight_share
from services.performance.domain.scoring.states import CardState, ItemCode, ItemState


@dataclass(frozen=True, slots=True, eq=False)
class Firing:
    """A veto, and the scorecards on which it fires."""

    veto: Veto
    fired: BoolArray

    @property
    def limit(self) -> Rationals:
        return Rationals.of(self.veto.effect.limit)


@dataclass(frozen=True, slots=True, eq=False)
class Overall:
    """One row a scorecard; `items` by key are those of `scheme.overall`."""

    scheme: Scheme
    items: Mapping[str, ItemScores]
    firings: tuple[Firing, ...]
    states: IntArray
    """What they let a scorecard be at best: see `CardState`."""

    @property
    def fired(self) -> BoolArray:
        """Where any veto fires."""
        return np.any([each.fired for each in self.firings], axis=0) if self.firings else np.array([False])

    @property
    def added(self) -> Rationals:
        """Bonuses less penalties."""
        plus = (self.items[item.key].weighted for item in self.scheme.bonuses)
        minus = (-self.items[item.key].weighted for item in self.scheme.penalties)
        return sum((*plus, *minus), ZERO)

    def on(self, kind: ScopeKind) -> list[Firing]:
        """Give the vetoes that limit the points of what is of `kind`."""
        return [each for each in self.firings if each.veto.scope.kind == kind and each.veto.effect.kind != "cap_grade"]

    def limited(self, sums: Rationals) -> Rationals:
        """Hold the totals to what vetoes of the total leave."""
        for each in self.on("total"):
            sums = chosen(each.fired, sums.at_most(each.limit), sums)
        return sums

    def graded(self, grades: IntArray) -> IntArray:
        """Hold grades (indices, the best first) to what vetoes leave; -1 stays none."""
        keys = [grade.key for grade in self.scheme.rubric.grades]
        for each in self.firings:
            if each.veto.effect.grade is not None:
                best = keys.index(each.veto.effect.grade)
                grades = np.where(each.fired & (grades >= 0), np.maximum(grades, best), grades)
        return grades


def judge_overall(scheme: Scheme, columns: Mapping[str, ItemColumn], *, final: bool) -> Overall:
    """Score adjustments and conditions; `columns` holds all of `scheme.overall`, one row a scorecard."""
    items = {item.key: score_item(scheme, item, columns[item.key], final=final) for item in scheme.overall}
    firings = tuple(Firing(veto, np.asarray(items[veto.key].points > 0)) for veto in scheme.vetoes)
    states = reduce(np.maximum, (_state(item) for item in items.values()), np.array([CardState.COMPLETE]))
    return Overall(scheme, items, firings, states)


@dataclass(frozen=True, slots=True, eq=False)
class Limited:
    """A segment of `cards` under `scheme`, as far as vetoes of items and dimensions leave it."""

    scheme: Scheme
    items: Mapping[str, ItemScores]
    overall: Overall
    cards: Rows
    kept_weight: IntArray
    """By which `sum` will be rescaled: see `SegmentScores`."""

    def sum(self) -> Rationals:
        """Add up what is left, not yet rescaled."""
        left = {item.key: self._item(item) for item in self.scheme.items}
        total = sum(left.values(), ZERO)
        for dimension in {each.veto.scope.key for each in self._firings("dimension")}:
            members = [item for item in self.scheme.items if item.dimension == dimension]
            if members:
                own = sum((left[item.key] for item in members), ZERO)
                total = total + (self._dimension(dimension, members, own) - own)
        return total

    def _firings(self, kind: ScopeKind) -> list[Firing]:
        """Give the vetoes of parts; their limits mean nothing where points are on another basis."""
        return self.overall.on(kind) if self.scheme.points_basis == self.overall.scheme.points_basis else []

    @property
    def _follows_weight(self) -> bool:
        return self.scheme.points_basis == "weight"

    @property
    def _kept(self) -> Rationals:
        """Give what a limit on points that follow the weight comes to before they are rescaled."""
        return Rationals(self.kept_weight, np.array([FULL_WEIGHT]))

    def _item(self, item: SchemeItem) -> Rationals:
        scores = self.items[item.key]
        left = scores.weighted
        share = self._kept if self._follows_weight else weight_share(self.scheme, item, scores.weights)
        for each in self._firings("item"):
            if each.veto.scope.key == item.key:
                left = chosen(each.fired[self.cards], left.at_most(each.limit * share), left)
        return left

    def _dimension(self, dimension: str | None, members: Sequence[SchemeItem], own: Rationals) -> Rationals:
        share = self._share(members)
        for each in self._firings("dimension"):
            if each.veto.scope.key == dimension:
                own = chosen(each.fired[self.cards], own.at_most(each.limit * share), own)
        return own

    def _share(self, members: Sequence[SchemeItem]) -> Rationals:
        """Give the weight behind a dimension's points."""
        if self._follows_weight:
            return self._kept
        weights = [np.where(self.items[item.key].scored, self.items[item.key].weights, 0) for item in members]
        return Rationals(np.sum(weights, axis=0), np.array([FULL_WEIGHT]))


def _state(item: ItemScores) -> IntArray:
    blocked = (item.states == ItemState.ERROR) | (item.codes == ItemCode.MISSING_BLOCKS)
    absent = (item.states == ItemState.PENDING) | (item.states == ItemState.MISSING)
    outstanding = absent & (item.codes != ItemCode.EXCLUDED)
    return np.select([blocked, outstanding], [CardState.BLOCKED, CardState.PENDING], CardState.COMPLETE)
