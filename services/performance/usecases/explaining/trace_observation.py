"""Answers where an observation counted, or why it did not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.observations.observation import Fate, Observed, Touch
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.scoring.people import Question, questions_behind
from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.usecases.ports import UnitOfWork, Work
from shared.core.access import Reach
from shared.core.errors import NotFound


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
                uses += await _uses(uow, cycle, observed, cards)
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


async def _uses(uow: UnitOfWork, cycle: Cycle, observed: Observed, cards: Sequence[Scorecard]) -> list[Use]:
    schemes = await uow.inputs.schemes({version for card in cards for version in card.result.versions})
    found = [
        use
        for card in cards
        for item, question in questions_behind(card, schemes, company_id=uow.tenant_id)
        if item.metric.level == observed.subject_kind
        for use in _by_item(card, item, question, observed, cycle)
    ]
    return _first_of_each(found)


def _by_item(card: Scorecard, item: SchemeItem, question: Question, observed: Observed, cycle: Cycle) -> Iterator[Use]:
    for role, side in item.metric.roles.items():
        if side.measure != observed.measure:
            continue
        fate = observed.fate(side, period=cycle.period, until=card.counted_until)
        day = observed.day(side)
        elsewhere = question.subject_id != observed.subject_id or day is None or day not in question.period
        yield Use(
            cycle_id=cycle.id,
            scorecard_id=card.id,
            employee_id=card.employee_id,
            item=item.key,
            metric=item.metric.key,
            role=role,
            fate="not_in_place" if fate == "counted" and elsewhere else fate,
            revision=observed.revision,
        )


def _first_of_each(uses: Sequence[Use]) -> list[Use]:
    """Of an item in several segments keep the one in which the observation counted, if any."""
    kept: dict[tuple[UUID, str, str], Use] = {}
    for use in uses:
        key = (use.scorecard_id, use.item, use.role)
        if key not in kept or use.counted:
            kept[key] = use
    return list(kept.values())
