"""Change what a metric counts, or only what it is called."""

from typing import Any
from uuid import UUID

from services.performance.domain.catalogue import DefinedMetric
from services.performance.domain.document import Document
from services.performance.domain.schemes.metric import Metric
from services.performance.usecases.goals.announce_procedure import metric_changed
from services.performance.usecases.ports import Work
from shared.core.versions import require_version


async def redefine_metric(work: Work, metric_id: UUID, patch: Document, *, expected: int | None) -> DefinedMetric:
    """Apply a merge patch to the metric's document.

    Raises NotFound, PreconditionFailed, Invalid, Conflict (`metric_in_use`, `already_exists`).
    """
    async with work() as uow:
        defined = await uow.metrics.get(metric_id)
        require_version(defined.sequence, expected)
        metric = Metric.from_document(_merged(defined.metric.to_document(), patch))
        if metric.sides != defined.metric.sides:
            metric.refuse_unknown_currencies()
        in_use = await uow.metrics.in_use(defined.metric.key)
        redefined = defined.redefined(metric, in_use=in_use, at=uow.now())
        await uow.metrics.save(redefined)
        uow.publish(metric_changed(redefined))
        await uow.commit()
    return redefined


def _merged(target: object, patch: object) -> Any:  # noqa: ANN401 -- any JSON value
    """Apply a JSON merge patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    base = target if isinstance(target, dict) else {}
    changed = {name: _merged(base.get(name), value) for name, value in patch.items() if value is not None}
    return {name: value for name, value in base.items() if name not in patch} | changed
