"""Answers where an observation counted, or why it did not."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.observations.exchange_rate import Pricing
from services.performance.domain.observations.observation import Fate, Observed, Touch, seen_until
from services.performance.domain.observations.picking import Part, Picks, part_of
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.metric import Metric, Side
from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.domain.scoring.scoree import Question, lines_behind
from services.performance.usecases.explaining.explain_score import may_list
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.ports.observations import Intake
from services.performance.usecases.scoring.price_amounts import pricings
from shared.core.access import Reach
from shared.core.errors import NotFound


class Newer(NamedTuple):
    """A revision that came after a result stood still: `late`, or why it would not count there anyway."""

    revision: int
    fate: Fate


@dataclass(frozen=True, slots=True)
class Use:
    """One side of one item's metric of one scorecard that looks at the observation's measure."""

    cycle_id: UUID
    scorecard_id: UUID
    employee_id: UUID
    segment: int | None
    """Of the scorecard, from 0; None for what acts on the whole."""
    item: str
    metric: str
    role: str
    fate: Fate
    revision: int
    """What the fate is of: the revision that stands, or stood when the result did."""
    newer: Newer | None
    counted_instead: UUID | None = None
    """The observation that counts in its place, where one does that the caller may see."""

    @property
    def counted(self) -> bool:
        return self.fate == "counted"


async def trace_observation(work: Work, reach: Reach, observation_id: UUID, *, limit: int) -> list[Use]:
    """List at most `limit` uses on scorecards within reach; none where no metric looks at the measure.

    Raises NotFound for an observation that never arrived, or none of whose people the caller may see.
    """
    async with work() as uow:
        observed = await uow.observations.revisions(observation_id)
        uses: list[Use] = []
        seen = reach.everything
        for revisions in observed:
            for cycle in await uow.inputs.cycles_holding(set(chain.from_iterable(map(_days, revisions)))):
                cards = await _cards(uow, cycle, revisions[-1], reach)
                seen = seen or bool(cards)
                uses += await _uses(uow, cycle, revisions, cards, reach)
    if not observed or not seen:
        raise NotFound.of("observation")
    return uses[:limit]


def _days(observed: Observed) -> set[date]:
    return {observed.credit_date, observed.cohort_date or observed.credit_date}


async def _cards(uow: UnitOfWork, cycle: Cycle, observed: Observed, reach: Reach) -> list[Scorecard]:
    touch = Touch(
        observed.measure, observed.subject_kind, observed.subject_id, observed.credit_date, observed.cohort_date
    )
    people = await uow.scorecards.people_under(cycle.id, [touch])
    tree, today = await uow.org.tree(), uow.today()
    cards = await uow.scorecards.of_cycle(cycle.id, employee_ids=people)
    return [card for card in cards if card.is_within(reach, tree=tree, day=today)]


async def _uses(
    uow: UnitOfWork, cycle: Cycle, revisions: Sequence[Observed], cards: Sequence[Scorecard], reach: Reach
) -> list[Use]:
    schemes = await uow.inputs.schemes({version for card in cards for version in card.result.versions})
    looks = [
        _Look(card, segment, item, question, role, side, *seen)
        for card in cards
        for seen in [seen_until(revisions, card.counted_until)]
        if any(day in cycle.period for each in seen if each is not None for day in _days(each))
        for segment, item, question in lines_behind(card, schemes, company_id=uow.tenant_id)
        for role, side in item.metric.roles.items()
        if item.metric.level == seen[0].subject_kind
        and any(side.measure == each.measure for each in seen if each is not None)
    ]
    pricing = await pricings(uow, [look.side for look in looks], fixed_on=cycle.period.starts_on)
    tree, today = await uow.org.tree(), uow.today()

    def listed(metric: Metric, question: Question) -> bool:
        return may_list(metric, question, reach, tree=tree, day=today)

    tracing = _Tracing(uow, cycle, pricing, listed)
    return [await tracing.use(look) for look in _nearest(looks)]


class _Look(NamedTuple):
    """One side of an item's metric that looks at the measure, over the days of one of the card's segments."""

    card: Scorecard
    segment: int | None
    item: SchemeItem
    question: Question
    role: str
    side: Side
    observed: Observed
    """The revision that the card's result knows."""
    newer: Observed | None

    @property
    def is_in_place(self) -> bool:
        """Whether the observation is of the subject and of the days that are asked for."""
        day = self.observed.day(self.side)
        return self.question.subject_id == self.observed.subject_id and day is not None and day in self.question.period


def _nearest(looks: Sequence[_Look]) -> Iterator[_Look]:
    """Of an item in several segments take those to which the observation belongs, or the first if to none."""
    kept: dict[tuple[UUID, str, str], list[_Look]] = {}
    for look in looks:
        kept.setdefault((look.card.id, look.item.key, look.role), []).append(look)
    for each in kept.values():
        yield from [look for look in each if look.is_in_place] or each[:1]


@dataclass(frozen=True, slots=True)
class _Tracing:
    """Says what becomes of one observation in one cycle; asks once for what many scorecards have in common."""

    uow: UnitOfWork
    cycle: Cycle
    pricing: Callable[[Side], Pricing | None]
    listed: Callable[[Metric, Question], bool]
    """Whether the caller may see which observations there are."""
    known: dict[tuple[Question, str, datetime | None], Picks] = field(default_factory=dict)
    """By question, side and the time by which it was known."""

    async def use(self, look: _Look) -> Use:
        fate = self._fate(look, look.observed)
        if fate == "counted" and not look.is_in_place:
            fate = "not_in_place"
        part = Part(fate) if fate != "counted" else await self._part(look)
        return Use(
            cycle_id=self.cycle.id,
            scorecard_id=look.card.id,
            employee_id=look.card.employee_id,
            segment=look.segment,
            item=look.item.key,
            metric=look.item.metric.key,
            role=look.role,
            fate=part.fate,
            revision=look.observed.revision,
            newer=None if look.newer is None else Newer(look.newer.revision, self._fate(look, look.newer)),
            counted_instead=part.counted_instead if self.listed(look.item.metric, look.question) else None,
        )

    def _fate(self, look: _Look, observed: Observed) -> Fate:
        """Say whether a revision is taken in, or why not."""
        return observed.fate(look.side, period=self.cycle.period, until=look.card.counted_until)

    async def _part(self, look: _Look) -> Part:
        """Say whether what is taken in counts, or what does instead."""
        group = look.side.group_of(look.observed.dimensions)
        picks = await self._picks(look, group) if look.side.is_selective and group is not None else {}
        return part_of(look.side, look.observed.observation_id, group, picks)

    async def _picks(self, look: _Look, group: str) -> Picks:
        question, until = look.question, look.card.counted_until
        key = (question, look.role, until)
        if key not in self.known:
            intake = Intake(look.side, question.subject_id, question.period, until, self.pricing(look.side))
            self.known[key] = await self.uow.aggregates.picked(intake, [group])
        return self.known[key]
