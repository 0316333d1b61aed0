"""Answers where an observation counted, or why it did not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.observations.exchange_rate import Pricing
from services.performance.domain.observations.observation import Fate, Observed, Touch
from services.performance.domain.observations.picking import Part, Picks, part_of
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.metric import Metric, Side
from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.domain.scoring.scoree import Question, questions_behind
from services.performance.usecases.explaining.explain_score import may_list
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.ports.observations import Intake
from services.performance.usecases.scoring.price_amounts import pricings
from shared.core.access import Reach
from shared.core.errors import NotFound

_TAKEN_IN: frozenset[Fate] = frozenset({"outranked", "repeated", "no_dimension"})
"""What becomes of observations that a side takes in and that its number is not made of."""


@dataclass(frozen=True, slots=True)
class Use:
    """One side of one item's metric of one scorecard that looks at the observation's measure."""

    cycle_id: UUID
    scorecard_id: UUID
    employee_id: UUID
    item: str
    metric: str
    role: str
    fate: Fate
    revision: int
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
        standing = await uow.observations.standing(observation_id)
        uses: list[Use] = []
        seen = reach.everything
        for observed in standing:
            for cycle in await uow.inputs.cycles_holding(_days(observed)):
                cards = await _cards(uow, cycle, observed, reach)
                seen = seen or bool(cards)
                uses += await _uses(uow, cycle, observed, cards, reach)
    if not standing or not seen:
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
    uow: UnitOfWork, cycle: Cycle, observed: Observed, cards: Sequence[Scorecard], reach: Reach
) -> list[Use]:
    schemes = await uow.inputs.schemes({version for card in cards for version in card.result.versions})
    looks = [
        _Look(card, item, question, role, side)
        for card in cards
        for item, question in questions_behind(card, schemes, company_id=uow.tenant_id)
        if item.metric.level == observed.subject_kind
        for role, side in item.metric.roles.items()
        if side.measure == observed.measure
    ]
    pricing = await pricings(uow, [look.side for look in looks], fixed_on=cycle.period.starts_on)
    tree, today = await uow.org.tree(), uow.today()

    def listed(metric: Metric, question: Question) -> bool:
        return may_list(metric, question, reach, tree=tree, day=today)

    tracing = _Tracing(uow, cycle, observed, pricing, listed)
    return _first_of_each([await tracing.use(look) for look in looks])


class _Look(NamedTuple):
    """One side of an item's metric that looks at the measure, over the days of one of the card's segments."""

    card: Scorecard
    item: SchemeItem
    question: Question
    role: str
    side: Side


@dataclass(frozen=True, slots=True)
class _Tracing:
    """Says what becomes of one observation in one cycle; asks once for what many scorecards have in common."""

    uow: UnitOfWork
    cycle: Cycle
    observed: Observed
    pricing: Callable[[Side], Pricing | None]
    listed: Callable[[Metric, Question], bool]
    """Whether the caller may see which observations there are."""
    known: dict[tuple[Question, datetime | None], Picks] = field(default_factory=dict)

    async def use(self, look: _Look) -> Use:
        fate = self._fate(look)
        part = Part(fate) if fate != "counted" else await self._part(look)
        return Use(
            cycle_id=self.cycle.id,
            scorecard_id=look.card.id,
            employee_id=look.card.employee_id,
            item=look.item.key,
            metric=look.item.metric.key,
            role=look.role,
            fate=part.fate,
            revision=self.observed.revision,
            counted_instead=part.counted_instead if self.listed(look.item.metric, look.question) else None,
        )

    def _fate(self, look: _Look) -> Fate:
        """Say whether it is taken in, or why not."""
        fate = self.observed.fate(look.side, period=self.cycle.period, until=look.card.counted_until)
        day = self.observed.day(look.side)
        elsewhere = (
            look.question.subject_id != self.observed.subject_id or day is None or day not in look.question.period
        )
        return "not_in_place" if fate == "counted" and elsewhere else fate

    async def _part(self, look: _Look) -> Part:
        """Say whether what is taken in counts, or what does instead."""
        group = look.side.group_of(self.observed.dimensions)
        picks = await self._picks(look, group) if look.side.is_selective and group is not None else {}
        return part_of(look.side, self.observed.observation_id, group, picks)

    async def _picks(self, look: _Look, group: str) -> Picks:
        question, until = look.question, look.card.counted_until
        key = (question, until)
        if key not in self.known:
            intake = Intake(look.side, question.subject_id, question.period, until, self.pricing(look.side))
            self.known[key] = await self.uow.aggregates.picked(intake, [group])
        return self.known[key]


def _first_of_each(uses: Sequence[Use]) -> list[Use]:
    """Of an item in several segments keep the one in which the observation counted, else was taken in, if any."""
    kept: dict[tuple[UUID, str, str], Use] = {}
    for use in uses:
        key = (use.scorecard_id, use.item, use.role)
        if key not in kept or _nearness(use) > _nearness(kept[key]):
            kept[key] = use
    return list(kept.values())


def _nearness(use: Use) -> int:
    """Say how near an observation comes to counting."""
    return 2 if use.counted else int(use.fate in _TAKEN_IN)
