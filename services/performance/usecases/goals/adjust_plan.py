"""Let a department weigh the items of a scheme differently."""

from uuid import UUID

from services.performance.domain.document import Document
from services.performance.domain.goals.plan import Plan
from services.performance.domain.schemes.scheme import Scheme, checked_weights
from services.performance.usecases.goals.announce_procedure import plan_changed
from services.performance.usecases.goals.plan_desk import PlanDesk, plan_desk
from services.performance.usecases.ports import UnitOfWork, Work
from shared.core.access import Grant
from shared.core.errors import Invalid
from shared.core.versions import require_version


async def adjust_plan(
    work: Work, plan_id: UUID, *, scheme_id: UUID, weights: Document, grant: Grant, expected: int | None
) -> Plan:
    """Set the weights of one scheme, in basis points by item.

    Raises NotFound, Forbidden (`plan_not_head`), PreconditionFailed, Invalid (`scheme_not_used`,
    `weights_not_whole`), Conflict (`plan_not_editable`, `cycle_not_plannable`).
    """
    async with work() as uow:
        desk = await plan_desk(uow, plan_id, grant)
        require_version(desk.plan.sequence, expected)
        actor = desk.actor(grant.principal)
        scheme = await _scheme_in_use(uow, desk, scheme_id)
        checked = checked_weights(scheme, weights, pointer="/weights")
        adjusted = desk.plan.adjusted(str(scheme_id), checked, by=actor, people=desk.people, at=uow.now())
        await uow.plans.save(adjusted)
        uow.publish(plan_changed(adjusted, actor_id=actor.employee_id))
        await uow.commit()
    return adjusted


async def _scheme_in_use(uow: UnitOfWork, desk: PlanDesk, scheme_id: UUID) -> Scheme:
    """Give the version that is in force, whichever scored some who left before."""
    if all(each.assignment is None or each.assignment.scheme_id != scheme_id for each in desk.members):
        raise Invalid.at("/scheme_id", "scheme_not_used", "Nobody under this plan is scored by that scheme.")
    rulebook = await uow.inputs.rulebook(desk.cycle.id)
    return next(rulebook.schemes[each.versions[-1]] for each in rulebook.assignments if each.scheme_id == scheme_id)
