"""What scorecards should show, computed set-wise from everything that holds now; locks nothing, writes nothing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.organisation import DepartmentTree, Employment, principal_employment
from services.performance.domain.schemes.assignment import Place
from services.performance.domain.schemes.rulebook import Rulebook
from services.performance.domain.scoring.people import score_people
from services.performance.domain.scoring.proration import Asked, Prorating
from services.performance.domain.scoring.scorecard import Result, Scorecard
from services.performance.domain.scoring.scoree import Scoree
from services.performance.domain.scoring.timeline import Stretch, Timeline
from services.performance.usecases.ports import UnitOfWork
from services.performance.usecases.scoring.absences import absences_in
from services.performance.usecases.scoring.blend_targets import blend_targets
from services.performance.usecases.scoring.measure_actuals import measure_actuals
from shared.core.periods import Period


@dataclass(frozen=True, slots=True)
class Supposed:
    """What is read instead of what is kept: all targets of the cycle, where some people work, and the departments."""

    targets: Mapping[UUID, Mapping[str, Asked]]
    employments: Mapping[UUID, Sequence[Employment]]
    tree: DepartmentTree | None = None
    """None where departments stay as they are."""


async def compute_results(
    uow: UnitOfWork,
    cycle: Cycle,
    cards: Sequence[Scorecard],
    *,
    rulebook: Rulebook,
    final: bool = False,
    as_of: datetime | None = None,
    supposed: Supposed | None = None,
) -> list[tuple[Place, Result]]:
    """Give place and result for each of `cards`, in their order; a scheme's people are scored together."""
    people = await scorees_of(uow, cycle, cards, rulebook=rulebook, supposed=supposed)
    questions = (question for person in people for question in person.questions(rulebook.schemes))
    answers = await measure_actuals(uow, questions, cycle=cycle, as_of=as_of)
    results = score_people(
        people, answers, schemes=rulebook.schemes, final=final, minimum_workdays=cycle.terms.minimum_workdays
    )
    return [(person.place, result) for person, result in zip(people, results, strict=True)]


async def scorees_of(
    uow: UnitOfWork,
    cycle: Cycle,
    cards: Sequence[Scorecard],
    *,
    rulebook: Rulebook,
    supposed: Supposed | None = None,
) -> list[Scoree]:
    """Find where the people of `cards` were and when, and the weights and targets that hold for them."""
    employments = await _employments(uow, cycle, cards, supposed)
    tree = await _tree(uow, employments, supposed)
    calendar = await uow.org.calendar()
    timeline = Timeline(cycle.period, rulebook=rulebook, tree=tree, calendar=calendar, positions=cycle.terms.positions)
    weights_for = cache(partial(rulebook.weights_for, tree=tree))
    absences = await absences_in(uow, cycle, employments, calendar)
    lives = [
        _life(card, cycle, timeline, employments.get(card.employee_id, ()), absences.get(card.employee_id, ()))
        for card in cards
    ]
    subjects = {card.employee_id for card in cards} | {
        at.place.department_id for life in lives for at in life.stretches
    }
    targets = supposed.targets if supposed else await uow.inputs.targets(cycle.id, subjects)
    inapplicable = await uow.applicabilities.inapplicable([card.id for card in cards])
    people = [
        Scoree(
            employee_id=card.employee_id,
            company_id=uow.tenant_id,
            place=life.place,
            stretches=life.stretches,
            weights=life.weights or tuple(weights_for(each.place) for each in life.stretches),
            targets=targets,
            prorating=Prorating(life.workdays, cycle.terms.fte),
            inapplicable=inapplicable.get(card.id, ()),
        )
        for card, life in zip(cards, lives, strict=True)
    ]
    if not any(asked.earlier for own in targets.values() for asked in own.values()):
        return people
    return [
        blend_targets(person, card, timeline, rulebook.schemes, absences.get(card.employee_id, ()))
        for person, card in zip(people, cards, strict=True)
    ]


async def _employments(
    uow: UnitOfWork, cycle: Cycle, cards: Sequence[Scorecard], supposed: Supposed | None
) -> Mapping[UUID, Sequence[Employment]]:
    """Read where people whose scores are still provisional were in the cycle."""
    people = [card.employee_id for card in cards if card.status == "provisional"]
    found: dict[UUID, list[Employment]] = defaultdict(list)
    for employment in await uow.org.employments(cycle.period, employee_ids=people) if people else ():
        found[employment.employee_id].append(employment)
    return {**found, **supposed.employments} if supposed else found


async def _tree(
    uow: UnitOfWork, employments: Mapping[UUID, Sequence[Employment]], supposed: Supposed | None
) -> DepartmentTree:
    if supposed is not None and supposed.tree is not None:
        return supposed.tree
    return await uow.org.lines({each.department_id for spells in employments.values() for each in spells})


@dataclass(frozen=True, slots=True)
class _Life:
    """Where somebody was and when; `weights` are there where they stand still as well."""

    place: Place
    stretches: tuple[Stretch, ...]
    workdays: int
    weights: tuple[Mapping[str, int], ...] = ()


def _life(
    card: Scorecard,
    cycle: Cycle,
    timeline: Timeline,
    employments: Sequence[Employment],
    absences: Sequence[Period],
) -> _Life:
    """Follow a person whose score is provisional; the others stay as they were when their cycle was frozen.

    Who, as is known by now, did not work in the cycle has no days in it.
    """
    result = card.result
    if card.status != "provisional":
        weights = tuple({item.key: item.weight for item in result.items_of(at)} for at in range(len(result.segments)))
        return _Life(card.place, result.segments, result.workdays, weights)
    principal = principal_employment(employments, cycle.period)
    place = card.place if principal is None else timeline.place_of(principal)
    return _Life(place, timeline.of(employments, absences), timeline.workdays)
