"""An improvement plan as the event that carries it."""

from services.performance.domain.reports.improvement import ImprovementPlan
from shared.contracts.procedure import ImprovementPlanChanged


def improvement_plan_changed(plan: ImprovementPlan) -> ImprovementPlanChanged:
    """Describe a plan as it now is; its texts stay at home."""
    return ImprovementPlanChanged(
        improvement_plan_id=plan.id,
        sequence=plan.sequence,
        scorecard_id=plan.scorecard_id,
        employee_id=plan.employee_id,
        department_id=plan.department_id,
        state=plan.state,
    )
