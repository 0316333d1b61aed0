"""How much everybody works in a cycle, as far as targets are divided by it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.target_generation import Hours
from services.performance.domain.goals.target_holders import WorkingHours
from services.performance.domain.organisation import DepartmentTree, Employment
from services.performance.domain.schemes.assignment import Version
from services.performance.domain.schemes.rulebook import Rulebook
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.timeline import Stretch, Timeline
from services.performance.usecases.ports import UnitOfWork
from services.performance.usecases.scoring.absences import absences_in


async def working_hours(uow: UnitOfWork, cycle: Cycle, rulebook: Rulebook, tree: DepartmentTree) -> WorkingHours:
    """Add up eligible workdays and FTE by person and metric, as scoring will; nothing where nothing needs it."""
    if not cycle.terms.cascade.looks_at_days:
        return {}
    calendar = await uow.org.calendar()
    timeline = Timeline(cycle.period, rulebook=rulebook, tree=tree, calendar=calendar, positions=cycle.terms.positions)
    employments: dict[UUID, list[Employment]] = defaultdict(list)
    for spell in await uow.org.employments(cycle.period):
        employments[spell.employee_id].append(spell)
    absences = await absences_in(uow, cycle, employments, calendar)
    found: dict[tuple[UUID, str], Hours] = {}
    for person, spells in employments.items():
        stretches = timeline.of(spells, absences.get(person, ()))
        found |= {(person, metric): hours for metric, hours in hours_by_metric(stretches, rulebook.schemes).items()}
    return found


def hours_by_metric(stretches: Sequence[Stretch], schemes: Mapping[Version, Scheme]) -> dict[str, Hours]:
    """Add up one person's stretches by the metrics that count in them."""
    counted: dict[str, list[Stretch]] = defaultdict(list)
    for stretch in stretches:
        if stretch.place.version is not None:
            for key in {item.metric.key for item in schemes[stretch.place.version].counted}:
                counted[key].append(stretch)
    return {key: _hours(held) for key, held in counted.items()}


def _hours(stretches: list[Stretch]) -> Hours:
    """Give the mean FTE over the workdays, and their product."""
    places: dict[UUID, Fraction] = defaultdict(Fraction)
    for each in stretches:
        places[each.place.department_id] += each.workdays * each.fte
    days = sum(places.values(), Fraction(0))
    workdays = sum({each.period: each.workdays for each in stretches}.values())
    return Hours(days / workdays if workdays else Fraction(0), days, places)
