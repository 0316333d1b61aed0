"""An improvement plan moved: tell the other side."""

from collections.abc import Sequence

from services.notifier.usecases.ports import Work
from services.notifier.usecases.tell_of_improvement_plans import tell_of_improvement_plans
from shared.contracts.envelope import Event
from shared.contracts.procedure import ImprovementPlanChanged


async def on_improvement_plan_changed(events: Sequence[Event[ImprovementPlanChanged]], work: Work) -> None:
    await tell_of_improvement_plans(work, [event.data for event in events])
