"""Somebody who is scored: what is asked of the data for them, and how the answers are laid out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from services.performance.domain.schemes.assignment import Place, Version
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.metric import Level, Metric
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.actuals import INAPPLICABLE, Actual
from services.performance.domain.scoring.blending import Blend
from services.performance.domain.scoring.cards import ItemInput, SegmentInput
from services.performance.domain.scoring.proration import Asked, Prorating, share_within
from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.domain.scoring.timeline import WHOLE, Stretch, share_of, whole_of
from shared.core.errors import NotFound
from shared.core.periods import Period


class Question(NamedTuple):
    """A metric of one subject over some days; the answer is an actual. Asked, and found again, more than all else."""

    metric: str
    subject_id: UUID
    period: Period


Answers = Mapping[Question, Actual]
Line = tuple[int | None, str]
"""A metric key in a segment, or in what acts on the whole (None)."""


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
    blends: Mapping[Line, Blend] = field(default_factory=dict)
    """Targets that changed within the cycle."""
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
            yield from self.asked_of(scheme.items, stretch)
        if self.stretches and (overall := schemes[self.closing].overall):
            yield from self.asked_of(overall, self.whole)

    def segments(self, schemes: Mapping[Version, Scheme], answers: Answers) -> list[SegmentInput]:
        """Lay out every stretch, cumulative targets prorated by its workdays."""
        counting = self._counting(schemes)
        return [
            SegmentInput(
                scheme,
                self._inputs(scheme.items, _Days(at, stretch, counting, beside), weights, answers),
                stretch.workdays,
                stretch.allocation,
            )
            for at, (stretch, scheme, beside, weights) in enumerate(self._laid_out(schemes))
        ]

    def dated(self, schemes: Mapping[Version, Scheme]) -> Iterator[tuple[Line, Metric, Stretch, Asked]]:
        """Give the targets that changed within the cycle, each with the days for which it is asked."""
        parts = [
            (_Days(at, stretch, beside=beside), scheme.items)
            for at, (stretch, scheme, beside, _) in enumerate(self._laid_out(schemes))
        ]
        parts += [(_Days(None, self.whole), schemes[self.closing].overall)] if parts else []
        for days, items in parts:
            for item, question in self.asked_of(items, days.stretch):
                asked = self.targets.get(question.subject_id, {}).get(item.metric.key)
                if asked is not None and asked.earlier:
                    yield (days.segment, item.metric.key), item.metric, days.given_to(item.metric), asked

    def overall(self, scheme: Scheme, answers: Answers) -> dict[str, ItemInput]:
        """Lay out what acts once on the whole card."""
        whole = self.whole
        return self._inputs(scheme.overall, _Days(None, whole, (whole,)), {}, answers) if scheme.overall else {}

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

    def _laid_out(
        self, schemes: Mapping[Version, Scheme]
    ) -> Iterator[tuple[Stretch, Scheme, Sequence[tuple[Stretch, Scheme]], Mapping[str, int]]]:
        """Give each stretch with its scheme, with those of the same days beside it, and its weights."""
        parts = list(self.by_scheme(schemes))
        for (stretch, scheme), weights in zip(parts, self.weights, strict=True):
            others = parts if len(parts) > 1 else ()
            beside = [part for part in others if part[0].period == stretch.period and part[0] is not stretch]
            yield stretch, scheme, beside, weights

    def asked_of(self, items: Sequence[SchemeItem], stretch: Stretch) -> Iterator[tuple[SchemeItem, Question]]:
        subjects = subjects_of(self.employee_id, stretch.place, company_id=self.company_id)
        for item in items:
            yield item, Question(item.metric.key, subjects[item.metric.level], stretch.period)

    def _inputs(
        self,
        items: Sequence[SchemeItem],
        days: "_Days",
        weights: Mapping[str, int],
        answers: Answers,
    ) -> dict[str, ItemInput]:
        inputs = {}
        for item, question in self.asked_of(items, days.stretch):
            asked = self.targets.get(question.subject_id, {}).get(item.metric.key)
            proration = self.prorating.of(item.metric, days.given_to(item.metric), asked)
            value, scale = (None, WHOLE) if asked is None else (asked.value, proration.scale)
            if asked is not None and asked.earlier:
                value, scale = self.blends.get((days.segment, item.metric.key), (value, scale))
            inputs[item.key] = ItemInput(
                actual=INAPPLICABLE if item.key in self.inapplicable and item.weight else answers[question],
                target=value,
                weight=weights.get(item.key),
                proration=proration.days,
                share=WHOLE if len(days.counting) == 1 else days.share_for(item, self.inapplicable),
                scale=scale,
            )
        return inputs


@dataclass(frozen=True, slots=True)
class _Days:
    """A stretch and what is around it."""

    segment: int | None
    """Which of the person's; None: all of them as one."""
    stretch: Stretch
    counting: Sequence[Stretch] = ()
    """Those in which something applies to the person."""
    beside: Sequence[tuple[Stretch, Scheme]] = ()
    """Those of the same days, in other positions."""

    def given_to(self, metric: Metric) -> Stretch:
        """Give the stretch with the FTE of all positions that a metric counts in: they have its data in common."""
        shared = [each.fte for each, scheme in self.beside if _counts(scheme, metric)]
        return replace(self.stretch, fte=sum(shared, self.stretch.fte)) if shared else self.stretch

    def share_for(self, item: SchemeItem, inapplicable: Collection[str]) -> Fraction:
        """Give the share of the person's days in which events of an item cost points."""
        own = (self.stretch, *deducting_beside(item, self.stretch, self.beside, inapplicable))
        return share_within(self.counting, own, item.metric.level)


def deducting_beside(
    item: SchemeItem,
    stretch: Stretch,
    parts: Sequence[tuple[Stretch, Scheme]],
    inapplicable: Collection[str],
) -> Iterator[Stretch]:
    """Find among a person's stretches those of the same days in which the events of a deduction cost points as well."""
    if item.rule.kind != "deduction":
        return
    for each, scheme in parts:
        beside = each is not stretch and each.period == stretch.period
        if beside and _is_seen(item.metric, stretch, each) and _deducts(scheme, item.metric, inapplicable):
            yield each


def lines_behind(
    card: Scorecard, schemes: Mapping[Version, Scheme], *, company_id: UUID
) -> Iterator[tuple[int | None, SchemeItem, Question]]:
    """Ask again what each line of a result was computed from, by segment; what acts on the whole is in none."""
    person = Scoree(card.employee_id, company_id, card.place, card.result.segments, (), {}, Prorating(0))
    parts = list(person.by_scheme(schemes))
    for segment, (stretch, scheme) in enumerate(parts):
        yield from ((segment, *asked) for asked in person.asked_of(scheme.items, stretch))
    if parts:
        yield from ((None, *asked) for asked in person.asked_of(schemes[person.closing].overall, person.whole))


def question_behind(
    card: Scorecard, schemes: Mapping[Version, Scheme], key: str, *, segment: int, company_id: UUID
) -> tuple[SchemeItem, Question]:
    """Ask again what one line was computed from; what acts on the whole is in no segment. Raises NotFound."""
    for at, item, question in lines_behind(card, schemes, company_id=company_id):
        if item.key == key and at in {segment, None}:
            return item, question
    raise NotFound.of("item")


def subjects_of(employee_id: UUID, place: Place, *, company_id: UUID) -> Mapping[Level, UUID]:
    """Say whose observations and targets count for a person, by the level of a metric."""
    return {"employee": employee_id, "department": place.department_id, "company": company_id}


def _counts(scheme: Scheme, metric: Metric) -> bool:
    return any(item.metric.key == metric.key for item in scheme.items)


def _deducts(scheme: Scheme, metric: Metric, inapplicable: Collection[str]) -> bool:
    return any(
        (item.metric.key, item.rule.kind) == (metric.key, "deduction") and item.key not in inapplicable
        for item in scheme.items
    )


def _is_seen(metric: Metric, stretch: Stretch, beside: Stretch) -> bool:
    """Tell whether a metric is of the same subject in both: another department's events are others."""
    return metric.level != "department" or beside.place.department_id == stretch.place.department_id
