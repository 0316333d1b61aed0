"""The one path on which messages of a source become observations, whoever brings them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.connector.domain.connection import Connection
from services.connector.domain.observation import Arrival, Fate, Judge
from services.connector.domain.tally import tallied
from services.connector.usecases.announce import publish_changes
from services.connector.usecases.ports import UnitOfWork


async def settle_arrivals(
    uow: UnitOfWork, connection: Connection, arrivals: Sequence[Arrival], *, batch_id: UUID
) -> list[Fate]:
    """Decide each message and let what changed be known; gives the fates in the order of the messages.

    Records are taken in the order of their ids, the new ones before the known: whoever brings the same at the same
    time waits instead of deadlocking, and then finds what was decided.
    """
    judge = await _judge(uow, connection, arrivals)
    by_record = _by_record(arrivals)
    courses = {remote_id: judge.follow(None, group) for remote_id, group in by_record.items()}
    added = await uow.observations.add([course.change.after for course in courses.values() if course.change])
    others = [remote_id for remote_id in by_record if remote_id not in added]
    for known in await uow.observations.of_records(connection.id, others):
        courses[known.remote_id] = judge.follow(known, by_record[known.remote_id])
    changes = [course.change for course in courses.values() if course.change]
    await uow.observations.save([change for change in changes if change.past])
    publish_changes(uow, changes, sources={connection.id: connection.key}, batch_id=batch_id)
    fates = {remote_id: iter(course.fates) for remote_id, course in courses.items()}
    in_order = [next(fates[arrival.remote_id]) for arrival in arrivals]
    await uow.tallies.add(connection.id, tallied(in_order))
    await uow.connections.heard_from(connection.id, at=judge.at)
    return in_order


async def _judge(uow: UnitOfWork, connection: Connection, arrivals: Sequence[Arrival]) -> Judge:
    shares = (share for arrival in arrivals if arrival.statement for share in arrival.statement.shares)
    return Judge(
        connection_id=connection.id,
        directory=await uow.identities.directory(connection.id, {share.reference for share in shares}),
        watermarks=await uow.watermarks.of(connection.id),
        zone=uow.zone,
        at=uow.now(),
        new_id=uow.new_id,
    )


def _by_record(arrivals: Sequence[Arrival]) -> Mapping[str, list[Arrival]]:
    by_record: dict[str, list[Arrival]] = {remote_id: [] for remote_id in sorted({a.remote_id for a in arrivals})}
    for arrival in arrivals:
        by_record[arrival.remote_id].append(arrival)
    return by_record
