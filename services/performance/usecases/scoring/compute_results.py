"""What scorecards should show, computed set-wise from everything that holds now; locks nothing, writes nothing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.schemes.assignment import Assignments, Place, members_in
from services.performance.domain.schemes.rulebook import Rulebook, Version
from services.performance.domain.scoring.people import Scoree, score_people, subjects_of
from services.performance.domain.scoring.scorecard import NOTHING, Result, Scorecard
from services.performance.usecases.ports import UnitOfWork
from services.performance.usecases.scoring.measure_actuals import measure_actuals


async def compute_results(
    uow: UnitOfWork,
    cycle: Cycle,
    cards: Sequence[Scorecard],
    *,
    rulebook: Rulebook,
    final: bool = False,
    as_of: datetime | None = None,
) -> list[tuple[Place, Result]]:
    """Give place and result for each of `cards`, in their order; a scheme's people are scored together."""
    people = await scorees_of(uow, cycle, cards, rulebook=rulebook)
    outcomes: dict[UUID, Result] = {}
    for version, group in _by_version(people).items():
        scheme = rulebook.schemes[version]
        actuals = await measure_actuals(uow, scheme, group, period=cycle.period, as_of=as_of)
        results = score_people(scheme, group, actuals, final=final)
        outcomes |= {person.employee_id: result for person, result in zip(group, results, strict=True)}
    return [(person.place, outcomes.get(person.employee_id, NOTHING)) for person in people]


async def scorees_of(uow: UnitOfWork, cycle: Cycle, cards: Sequence[Scorecard], *, rulebook: Rulebook) -> list[Scoree]:
    """Find where the people of `cards` are now, and the weights and targets that hold for them."""
    tree = await uow.org.tree()
    moved = await _places(uow, cycle, cards, rulebook=rulebook, tree=tree)
    places = {card.employee_id: moved.get(card.employee_id, card.place) for card in cards}
    targets = await uow.inputs.targets(cycle.id, {*places, *(place.department_id for place in places.values())})
    return [
        Scoree(
            subjects=subjects_of(person, place, company_id=uow.tenant_id),
            place=place,
            weights=rulebook.weights_for(place, tree),
            targets=targets,
        )
        for person, place in places.items()
    ]


async def _places(
    uow: UnitOfWork, cycle: Cycle, cards: Sequence[Scorecard], *, rulebook: Rulebook, tree: DepartmentTree
) -> Mapping[UUID, Place]:
    """Follow people whose scores are still provisional to where they are now; the others stay where they were."""
    people = [card.employee_id for card in cards if card.status == "provisional"]
    employments = await uow.org.employments(cycle.period, employee_ids=people)
    assignments = Assignments(rulebook.assignments, tree)
    members = members_in(cycle.period, employments=employments, assignments=assignments)
    return {member.employee_id: Place.of(member) for member in members}


def _by_version(people: Sequence[Scoree]) -> Mapping[Version, list[Scoree]]:
    groups: dict[Version, list[Scoree]] = defaultdict(list)
    for person in people:
        if person.place.version is not None:
            groups[person.place.version].append(person)
    return groups
