"""Shows how the grades of a cycle lie beside its quotas, group by group."""

from collections.abc import Sequence
from uuid import UUID

from services.performance.domain.calibration.distribution import GroupReport, report
from services.performance.domain.calibration.populations import groups_of
from services.performance.domain.calibration.session import calibrated, in_force, visible_to
from services.performance.usecases.ports import Work
from shared.core.access import Grant


async def show_distribution(work: Work, grant: Grant, cycle_id: UUID) -> Sequence[GroupReport]:
    """Report the groups of which the caller reaches everybody, who counts as computed before publication.

    Raises NotFound.
    """
    async with work() as uow:
        cycle, policy = await uow.inputs.cycle(cycle_id), await uow.distributions.policy(cycle_id)
        every, published = await uow.adjustments.of_cycle(cycle_id), cycle.phase == "published"
        holding = in_force(visible_to(grant.principal.employee_id, every, published=published))
        people = calibrated(await uow.distributions.standings(cycle_id), holding)
        tree, seen_by, today = await uow.org.tree_of(cycle), await uow.org.tree(), uow.today()
        return [
            report(policy, rule, group)
            for rule in policy.rules
            for group in groups_of(rule.population, people, tree)
            if group.is_within(grant.reach, tree=seen_by, day=today)
        ]
