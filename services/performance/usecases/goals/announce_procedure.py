"""Cycles, targets, plans and schemes as the events that carry them."""

from datetime import date
from uuid import UUID

from services.performance.domain.catalogue import DefinedMetric
from services.performance.domain.cycle import Cycle
from services.performance.domain.goals.plan import Plan
from services.performance.domain.goals.target import Target
from shared.contracts import procedure


def cycle_changed(cycle: Cycle) -> procedure.CycleChanged:
    """Describe a cycle as it now is."""
    return procedure.CycleChanged(
        cycle_id=cycle.id,
        sequence=cycle.sequence,
        name=cycle.terms.name,
        phase=cycle.phase,
        starts_on=cycle.period.starts_on,
        ends_on=cycle.period.ends_on,
        plan_due_on=cycle.terms.plan_due_on,
    )


def metric_changed(defined: DefinedMetric) -> procedure.MetricChanged:
    """Describe a metric as it now is."""
    return procedure.MetricChanged(
        metric_id=defined.id, sequence=defined.sequence, key=defined.metric.key, name=defined.metric.name
    )


def target_changed(target: Target, before: Target | None, *, locale: str) -> procedure.TargetChanged:
    """Describe a target and what it was before."""
    reason = target.goal.reason.en if locale == "en" else target.goal.reason.zh
    return procedure.TargetChanged(
        target_id=target.id,
        sequence=target.sequence,
        cycle_id=target.cycle_id,
        metric=target.key.metric,
        subject_kind=target.key.subject_kind,
        subject_id=target.key.subject_id,
        previous=before.value if before else None,
        value=target.value,
        origin=target.origin,
        reason=target.override_reason or reason,
        needs_confirmation=target.proposed is not None,
    )


def plan_changed(plan: Plan, *, actor_id: UUID | None) -> procedure.PlanChanged:
    """Describe a plan as it now is; `actor_id` moved it, None for a timer or a rule."""
    return procedure.PlanChanged(
        plan_id=plan.id,
        sequence=plan.sequence,
        cycle_id=plan.cycle_id,
        department_id=plan.department_id,
        state=plan.state,
        due_on=plan.due_on,
        actor_id=actor_id,
        comment=plan.comment,
    )


def plan_due(plan: Plan, *, task: str, department_id: UUID, day: date) -> procedure.TaskDue:
    """Describe what the head of `department_id` must do about a plan, as of `day`."""
    return procedure.TaskDue(
        task=task,
        about=f"plans/{plan.id}",
        cycle_id=plan.cycle_id,
        department_id=department_id,
        day=day,
        due_on=plan.due_on,
    )
