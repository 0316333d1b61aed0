"""Turn the measurable records of the archive into observations of its built-in connection."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time

from services.connector.domain.connection import archive_connection
from services.connector.domain.identity import Reference
from services.connector.domain.observation import Arrival
from services.connector.domain.statement import Share, Statement
from services.connector.usecases.ports import Work
from services.connector.usecases.settle_arrivals import settle_arrivals
from shared.contracts.records import Measurement, RecordChanged


async def record_measurements(work: Work, records: Sequence[RecordChanged]) -> None:
    """Let each measurement count as one observation about the record's employee, at the record's sequence.

    What a record measured before and measures no longer, or a deleted record, is retracted; a record as it was before
    what is known of it says nothing any more.
    """
    async with work() as uow:
        connection = archive_connection(uow.tenant_id, at=uow.now())
        await uow.connections.ensure(connection)
        prefixes = sorted({f"{record.record_id}/" for record in records})
        known = dict(await uow.observations.revisions_under(connection.id, prefixes))
        arrivals = list(_arrivals(records, known))
        await settle_arrivals(uow, connection, arrivals, batch_id=uow.new_id())
        await uow.commit()


def _arrivals(records: Sequence[RecordChanged], known: dict[str, int]) -> Iterator[Arrival]:
    """Follow the records in order; `known` grows by what they measure, so that a later one can retract it."""
    for record in records:
        before = {remote_id: told for remote_id, told in known.items() if remote_id.startswith(f"{record.record_id}/")}
        if record.sequence < max(before.values(), default=0):
            continue
        measured = {_remote_id(record, each.measure): each for each in record.measurements}
        standing = {} if record.deleted else measured
        for remote_id, measurement in standing.items():
            yield _arrival(record, remote_id, measurement)
        for remote_id in sorted((before.keys() | measured.keys()) - standing.keys()):
            yield Arrival(remote_id, record.sequence, statement=None, retracted=True)
        known |= dict.fromkeys(before.keys() | measured.keys(), record.sequence)


def _arrival(record: RecordChanged, remote_id: str, measurement: Measurement) -> Arrival:
    """Let noon in UTC stand for the hour, which no record knows, whatever zone the tenant moves to."""
    statement = Statement(
        measure=measurement.measure,
        value=measurement.value,
        occurred_at=datetime.combine(record.occurred_on, time(12), UTC),
        shares=(Share(Reference("employee_id", str(record.employee_id))),),
        credit_date=record.occurred_on,
    )
    return Arrival(remote_id, record.sequence, statement, payload=record.model_dump_json())


def _remote_id(record: RecordChanged, measure: str) -> str:
    return f"{record.record_id}/{measure}"
