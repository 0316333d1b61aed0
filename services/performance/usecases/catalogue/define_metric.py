"""Define a metric over measures."""

from services.performance.domain.catalogue import DefinedMetric
from services.performance.domain.document import Document
from services.performance.domain.schemes.metric import Metric
from services.performance.usecases.goals.announce_procedure import metric_changed
from services.performance.usecases.ports import Work


async def define_metric(work: Work, document: Document) -> DefinedMetric:
    """Raise Invalid naming every wrong place, Conflict (`already_exists`) for a key in use."""
    async with work() as uow:
        now = uow.now()
        metric = Metric.from_document(document)
        metric.refuse_unknown_currencies()
        defined = DefinedMetric(id=uow.new_id(), metric=metric, sequence=1, created_at=now, updated_at=now)
        await uow.metrics.add(defined)
        uow.publish(metric_changed(defined))
        await uow.commit()
    return defined
