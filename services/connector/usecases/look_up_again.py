"""Decide anew whom observations credit, after somebody they name has become known or another."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.connector.domain.identity import Reference
from services.connector.domain.observation import Change, Observation
from services.connector.usecases.announce import publish_changes
from services.connector.usecases.ports import UnitOfWork

_AT_ONCE = 2000
"""Observations held in memory together."""


async def release_waiting(uow: UnitOfWork, references: Collection[Reference]) -> None:
    """Let go what waits in quarantine for one of these references, whatever source it came from."""
    await _look_up_again(uow, references, connection_id=None, resolved=False)


async def reassign(uow: UnitOfWork, value: str, *, connection_id: UUID) -> None:
    """Credit everything a connection says about `value` to whom it means now: counted, or waiting."""
    await _look_up_again(uow, {Reference("employee_ref", value)}, connection_id=connection_id, resolved=True)


async def _look_up_again(
    uow: UnitOfWork, references: Collection[Reference], *, connection_id: UUID | None, resolved: bool
) -> None:
    sources, batch_id = await uow.connections.keys(), uow.new_id()
    last: Observation | None = None
    while found := await uow.observations.naming(
        references, connection_id=connection_id, resolved=resolved, after=last, limit=_AT_ONCE
    ):
        last = found[-1]
        changes = await _changes(uow, found)
        await uow.observations.save(changes)
        publish_changes(uow, changes, sources=sources, batch_id=batch_id)


async def _changes(uow: UnitOfWork, found: Sequence[Observation]) -> list[Change]:
    """Look up connection by connection, for each has links of its own."""
    at = uow.now()
    changes: list[Change] = []
    for connection_id in sorted({observation.connection_id for observation in found}):
        mine = [observation for observation in found if observation.connection_id == connection_id]
        references = {credit.reference for each in mine if each.facts for credit in each.facts.credits}
        directory = await uow.identities.directory(connection_id, references)
        pairs = [(observation, observation.looked_up(directory, at=at)) for observation in mine]
        changes += [Change(before, after) for before, after in pairs if after is not before]
    return changes
