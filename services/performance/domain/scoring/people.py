"""Scores people by what is measured of them, and tells what each result was computed from."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from services.performance.domain.schemes.assignment import Place, Version
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.metric import Level, Metric
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.actuals import INAPPLICABLE, Actual
from services.performance.domain.scoring.blending import Blend
from services.performance.domain.scoring.cards import (
    CardScore,
    ItemInput,
    ItemScore,
    OverallInput,
    SegmentInput,
    score_cards,
)
from services.performance.domain.scoring.proration import Asked, Prorating, share_within
from services.performance.domain.scoring.scorecard import NOTHING, Result, Scorecard, ScoredItem
from services.performance.domain.scoring.states import ItemCode
from services.performance.domain.scoring.timeline import WHOLE, Stretch, share_of, whole_of
from shared.core.decimals import shortest
from shared.core.errors import NotFound
from shared.core.periods import Period


class Question(NamedTuple):
    """A metric of one subject over some days; the answer is an actual. Asked, and found again, more than all else."""

    metric: str
    subject_id: UUID
    period: Period


Answers = Mapping[Question, Actual]


@dataclass(frozen=True, slots=True)
class Scoree:
    """Somebody who is scored: where and when, by which weights, against which targets."""

    employee_id: UUID
    company_id: UUID
    place: Place
    """Where the person is, or was last."""
    stretches: tuple[Stretch, ...]
    weights: tuple[Mapping[str, int], ...]
    """Of each stretch, basis points by item key; empty where the scheme's own hold."""
    targets: Mapping[UUID, Mapping[str, Asked]]
    """By subject and metric key."""
    prorating: Prorating
    blends: Mapping[tuple[Period, str], Blend] = field(default_factory=dict)
    """Targets that changed within the cycle, by days and metric key."""
    inapplicable: Collection[str] = ()
    """Keys of weighted items that do not apply to the person, as was decided."""

    @property
    def closing(self) -> Version:
        """Which scheme version grades the whole; of who has a stretch."""
        version = self.stretches[-1].place.version
        if version is None:
            raise LookupError("a stretch that no scheme scores")
        return version

    def questions(self, schemes: Mapping[Version, Scheme]) -> Iterator[tuple[SchemeItem, Question]]:
        """Ask for what every item needs: those of a stretch over its days, those of the whole over all of them."""
        for stretch, scheme in self.by_scheme(schemes):
            yield from self._questions(scheme.items, stretch)
        if self.stretches and (overall := schemes[self.closing].overall):
            yield from self._questions(overall, self.whole)

    def segments(self, schemes: Mapping[Version, Scheme], answers: Answers) -> list[SegmentInput]:
        """Lay out every stretch, cumulative targets prorated by its workdays."""
        counting = self._counting(schemes)
        return [
            SegmentInput(scheme, self._inputs(scheme.items, stretch, weights, answers, counting), stretch.workdays)
            for (stretch, scheme), weights in zip(self.by_scheme(schemes), self.weights, strict=True)
        ]

    def dated(self, schemes: Mapping[Version, Scheme]) -> Iterator[tuple[Metric, Stretch, Asked]]:
        """Give the targets that changed within the cycle, each with the days for which it is asked."""
        parts = [(stretch, scheme.items) for stretch, scheme in self.by_scheme(schemes)]
        parts += [(self.whole, schemes[self.closing].overall)] if parts else []
        for stretch, items in parts:
            for item, question in self._questions(items, stretch):
                asked = self.targets.get(question.subject_id, {}).get(item.metric.key)
                if asked is not None and asked.earlier:
                    yield item.metric, stretch, asked

    def overall(self, scheme: Scheme, answers: Answers) -> dict[str, ItemInput]:
        """Lay out what acts once on the whole card."""
        whole = self.whole
        return self._inputs(scheme.overall, whole, {}, answers, (whole,)) if scheme.overall else {}

    @property
    def whole(self) -> Stretch:
        """All stretches as one, with the days between them."""
        return whole_of(self.stretches)

    def share_in(self, stretch: Stretch) -> Fraction:
        """Give the share of the cycle's workdays that count for the person in a stretch."""
        return share_of(stretch.workdays, self.prorating.workdays)

    def by_scheme(self, schemes: Mapping[Version, Scheme]) -> Iterator[tuple[Stretch, Scheme]]:
        return ((each, schemes[each.place.version]) for each in self.stretches if each.place.version is not None)

    def _counting(self, schemes: Mapping[Version, Scheme]) -> Sequence[Stretch]:
        """Leave out stretches in which, as was decided, nothing applies to the person."""
        if not self.inapplicable:
            return self.stretches
        return [
            stretch
            for stretch, scheme in self.by_scheme(schemes)
            if any(item.key not in self.inapplicable for item in scheme.items)
        ]

    def _questions(self, items: Sequence[SchemeItem], stretch: Stretch) -> Iterator[tuple[SchemeItem, Question]]:
        subjects = subjects_of(self.employee_id, stretch.place, company_id=self.company_id)
        for item in items:
            yield item, Question(item.metric.key, subjects[item.metric.level], stretch.period)

    def _inputs(
        self,
        items: Sequence[SchemeItem],
        stretch: Stretch,
        weights: Mapping[str, int],
        answers: Answers,
        counting: Sequence[Stretch],
    ) -> dict[str, ItemInput]:
        inputs = {}
        for item, question in self._questions(items, stretch):
            asked = self.targets.get(question.subject_id, {}).get(item.metric.key)
            proration = self.prorating.of(item.metric, stretch, asked)
            value, scale = (None, WHOLE) if asked is None else (asked.value, proration.scale)
            if asked is not None and asked.earlier:
                value, scale = self.blends.get((stretch.period, item.metric.key), (value, scale))
            inputs[item.key] = ItemInput(
                actual=INAPPLICABLE if item.key in self.inapplicable and item.weight else answers[question],
                target=value,
                weight=weights.get(item.key),
                proration=proration.days,
                share=share_within(counting, stretch, item.metric.level),
                scale=scale,
            )
        return inputs


def questions_behind(
    card: Scorecard, schemes: Mapping[Version, Scheme], *, company_id: UUID
) -> Iterator[tuple[SchemeItem, Question]]:
    """Ask again what a scorecard's result was computed from."""
    person = Scoree(card.employee_id, company_id, card.place, card.result.segments, (), {}, Prorating(0))
    return person.questions(schemes)


def question_behind(
    card: Scorecard, schemes: Mapping[Version, Scheme], key: str, *, segment: int, company_id: UUID
) -> tuple[SchemeItem, Question]:
    """Ask again what one line was computed from; what acts on the whole is in no segment. Raises NotFound."""
    days = [each.period for each in card.result.segments[segment : segment + 1]]
    for item, question in questions_behind(card, schemes, company_id=company_id):
        if item.key == key and (item.role != "weighted" or question.period in days):
            return item, question
    raise NotFound.of("item")


def subjects_of(employee_id: UUID, place: Place, *, company_id: UUID) -> Mapping[Level, UUID]:
    """Say whose observations and targets count for a person, by the level of a metric."""
    return {"employee": employee_id, "department": place.department_id, "company": company_id}


def score_people(
    people: Sequence[Scoree],
    answers: Answers,
    *,
    schemes: Mapping[Version, Scheme],
    final: bool,
    minimum_workdays: int = 0,
) -> list[Result]:
    """Score `people`, in their order; all who end under the same scheme version are scored together."""
    groups: dict[Version, list[int]] = defaultdict(list)
    for at, person in enumerate(people):
        if person.stretches:
            groups[person.closing].append(at)
    results = [NOTHING] * len(people)
    for version, members in groups.items():
        scheme, group = schemes[version], [people[at] for at in members]
        scored = score_cards(
            [person.segments(schemes, answers) for person in group],
            rubric=scheme.rubric,
            final=final,
            minimum_workdays=minimum_workdays,
            overall=OverallInput(scheme, [person.overall(scheme, answers) for person in group]),
        )
        for at, person, card in zip(members, group, scored, strict=True):
            results[at] = _result(person, schemes, card)
    return results


def input_hash(place: Place, result: Result, *, final: bool, minimum_workdays: int) -> str:
    """Fingerprint what a result was computed from: under the same scheme versions the same gives the same result.

    These are the versions, days and workdays, and of each item weight, target, actual and why there may be none.
    """
    numbers = [
        [
            item.segment,
            item.key,
            item.weight,
            item.state,
            item.code,
            _text(item.target),
            _text(item.actual),
            *_own(item),
        ]
        for item in (*result.items, *result.overall)
    ]
    segments = [
        [str(each.place.scheme_id), each.place.scheme_version, *_days(each), *_beside(each)] for each in result.segments
    ]
    asked = [final, minimum_workdays, result.workdays]
    inputs = [str(place.scheme_id), place.scheme_version, *asked, segments, numbers]
    return hashlib.sha256(orjson.dumps(inputs)).hexdigest()


def _days(stretch: Stretch) -> list[Any]:
    return [stretch.period.starts_on, stretch.period.ends_on, stretch.workdays]


def _beside(stretch: Stretch) -> list[Any]:
    """Tell absence and part-time where there are any."""
    return [] if not stretch.absent and stretch.fte == 1 else [stretch.absent, str(stretch.fte)]


def _own(item: ScoredItem) -> list[str | None]:
    """Tell how a line is prorated where it is not by workdays alone."""
    own = (item.proration, item.scale)
    return [] if own == (None, None) else [None if each is None else str(each) for each in own]


def _result(person: Scoree, schemes: Mapping[Version, Scheme], card: CardScore) -> Result:
    lines = [
        _item(item, line, person.share_in(stretch), segment=at)
        for at, ((stretch, scheme), own) in enumerate(zip(person.by_scheme(schemes), card.segments, strict=True))
        for item, line in zip(scheme.items, own, strict=True)
    ]
    beside = zip(schemes[person.closing].overall, card.overall, strict=True)
    return Result(
        state=card.state.label,
        total=card.total,
        grade=card.grade,
        scored_weight=card.scored_weight,
        segments=person.stretches,
        workdays=person.prorating.workdays,
        items=tuple(lines),
        overall=tuple(_item(item, line, person.share_in(person.whole)) for item, line in beside),
        before_veto=card.before_veto,
    )


def _item(item: SchemeItem, line: ItemScore, share: Fraction, *, segment: int = 0) -> ScoredItem:
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
        segment=segment,
        proration=_unless(share, line.proration),
        scale=_unless(WHOLE, line.scale),
    )


def _unless(usual: Fraction, value: Fraction) -> Fraction | None:
    """Tell a fraction that is not the usual one; to compare objects first spares most comparisons of numbers."""
    return None if value is usual or value == usual else value


def _shortest(value: Decimal | None) -> Decimal | None:
    """Drop zeros that only say how a number was stored."""
    return None if value is None else shortest(value)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
