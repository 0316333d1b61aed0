"""Scores the people of one scheme version together, and tells what each result was computed from."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import numpy as np

from services.performance.domain.exact import Rationals, integers
from services.performance.domain.schemes.assignment import Place
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.metric import Level, Metric
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.actuals import Actual, Aggregates
from services.performance.domain.scoring.cards import (
    CardScore,
    ItemInput,
    ItemScore,
    OverallInput,
    SegmentInput,
    score_cards,
)
from services.performance.domain.scoring.scorecard import Result, ScoredItem
from services.performance.domain.scoring.states import ItemCode, ItemState
from shared.core.decimals import plain


@dataclass(frozen=True, slots=True)
class Scoree:
    """Somebody who is scored: their place, the weights their department set, their own targets."""

    subjects: Mapping[Level, UUID]
    """Whose observations and targets count for them, by the level of a metric."""
    place: Place
    weights: Mapping[str, int]
    """Basis points by item key; empty where the scheme's own hold."""
    targets: Mapping[UUID, Mapping[str, Decimal]]
    """For the whole period, by subject and metric key."""

    @property
    def employee_id(self) -> UUID:
        return self.subjects["employee"]

    def subject(self, metric: Metric) -> UUID:
        return self.subjects[metric.level]

    def segment(self, scheme: Scheme, actuals: Mapping[str, Actual]) -> SegmentInput:
        """Lay out one stretch under `scheme`, given the actuals by metric key."""
        return SegmentInput(scheme, self.inputs(scheme.items, actuals))

    def inputs(self, items: Sequence[SchemeItem], actuals: Mapping[str, Actual]) -> dict[str, ItemInput]:
        """Lay out what `items` are scored from."""
        return {
            item.key: ItemInput(
                actual=actuals[item.metric.key],
                target=self.targets.get(self.subject(item.metric), {}).get(item.metric.key),
                weight=self.weights.get(item.key),
            )
            for item in items
        }


def subjects_of(employee_id: UUID, place: Place, *, company_id: UUID) -> Mapping[Level, UUID]:
    """Say whose observations and targets count for a person, by the level of a metric."""
    return {"employee": employee_id, "department": place.department_id, "company": company_id}


def aggregates_for(
    subjects: Sequence[UUID], found: Mapping[UUID, tuple[int, Decimal]], *, complete: bool
) -> Aggregates:
    """Lay (rows, value) by subject out as columns in the order of `subjects`."""
    pairs = [found.get(subject, (0, Decimal(0))) for subject in subjects]
    return Aggregates(
        rows=integers(rows for rows, _ in pairs),
        values=Rationals.of(*(value for _, value in pairs)),
        complete=np.array([complete]),
    )


def shown_segment(scheme: Scheme, result: Result) -> SegmentInput:
    """Turn what a scorecard shows back into what it was scored from."""
    return SegmentInput(scheme, _shown(scheme.items, result.items))


def shown_overall(scheme: Scheme, result: Result) -> OverallInput:
    """Do the same with what acted on the whole card."""
    return OverallInput(scheme, [_shown(scheme.overall, result.overall)])


def score_people(
    scheme: Scheme, people: Sequence[Scoree], actuals: Sequence[Mapping[str, Actual]], *, final: bool
) -> list[Result]:
    """Score `people`, who all have `scheme`; `actuals` are theirs by metric key, in the same order."""
    pairs = list(zip(people, actuals, strict=True))
    scored = score_cards(
        [[person.segment(scheme, own)] for person, own in pairs],
        rubric=scheme.rubric,
        final=final,
        overall=OverallInput(scheme, [person.inputs(scheme.overall, own) for person, own in pairs]),
    )
    return [_result(scheme, card) for card in scored]


def input_hash(place: Place, result: Result, *, final: bool) -> str:
    """Fingerprint what a result was computed from: the scheme version, and each item's weight, target and actual."""
    lines = (*result.items, *result.overall)
    numbers = [[item.key, item.weight, item.state, _text(item.target), _text(item.actual)] for item in lines]
    inputs = [str(place.scheme_id), place.scheme_version, final, numbers]
    return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()


def _shown(items: Sequence[SchemeItem], lines: Sequence[ScoredItem]) -> dict[str, ItemInput]:
    by_key = {line.key: line for line in lines}
    found = ((item.key, by_key[item.key]) for item in items)
    return {key: ItemInput(_shown_actual(line), line.target, line.weight) for key, line in found}


def _shown_actual(line: ScoredItem) -> Actual:
    """Give the actual as it was measured: a known number is one, whatever the rule then made of it."""
    if line.actual is None:
        code = ItemCode.NONE if line.code is None else ItemCode.labelled(line.code)
        return Actual(ItemState.labelled(line.state), None, code)
    return Actual(ItemState.VALUE if line.actual else ItemState.ZERO, line.actual)


def _result(scheme: Scheme, card: CardScore) -> Result:
    (lines,) = card.segments
    return Result(
        state=card.state.label,
        total=card.total,
        grade=card.grade,
        scored_weight=card.scored_weight,
        items=tuple(_item(item, line) for item, line in zip(scheme.items, lines, strict=True)),
        overall=tuple(_item(item, line) for item, line in zip(scheme.overall, card.overall, strict=True)),
        before_veto=card.before_veto,
    )


def _item(item: SchemeItem, line: ItemScore) -> ScoredItem:
    return ScoredItem(
        key=item.key,
        metric=item.metric.key,
        name=item.name,
        weight=line.weight,
        state=line.state.label,
        code=None if line.code is ItemCode.NONE else line.code.label,
        target=_shortest(line.target),
        actual=_shortest(line.actual),
        points=_shortest(line.points),
        role=item.role,
    )


def _shortest(value: Decimal | None) -> Decimal | None:
    """Drop zeros that only say how a number was stored."""
    return None if value is None else Decimal(plain(value))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
