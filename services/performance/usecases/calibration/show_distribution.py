"""Shows how the grades of a cycle lie beside its quotas, group by group."""

from collections.abc import Sequence
from uuid import UUID

from services.performance.domain.calibration.distribution import GroupReport, report
from services.performance.domain.calibration.populations import groups_of
from services.performance.domain.calibration.session import calibrated, in_force
from services.performance.usecases.ports import Work
from shared.core.access import Reach


async def show_distribution(work: Work, reach: Reach, cycle_id: UUID) -> Sequence[GroupReport]:
    """Report the groups of which the caller reaches everybody. Raises NotFound."""
    async with work() as uow:
        await uow.inputs.cycle(cycle_id)
        policy, holding = await uow.distributions.policy(cycle_id), in_force(await uow.adjustments.of_cycle(cycle_id))
        people = calibrated(await uow.distributions.standings(cycle_id), holding)
        tree, today = await uow.org.tree(), uow.today()
        return [
            report(policy, rule, group)
            for rule in policy.rules
            for group in groups_of(rule.population, people, tree)
            if group.is_within(reach, tree=tree, day=today)
        ]
