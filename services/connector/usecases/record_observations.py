"""Take in a batch of observations that a source pushes."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.connector.domain.observation import Arrival, Fate
from services.connector.usecases.ports import Work
from services.connector.usecases.settle_arrivals import settle_arrivals


@dataclass(frozen=True, slots=True)
class Batch:
    id: UUID
    fates: Sequence[Fate]
    """One for each arrival, in their order."""


async def record_observations(work: Work, source: str, arrivals: Sequence[Arrival]) -> Batch:
    """Decide every message by itself: one that is refused or must wait holds up no other.

    Raises NotFound (`source_unknown`), Conflict (`connection_built_in`).
    """
    async with work() as uow:
        connection = await uow.connections.named(source)
        connection.refuse_outsiders()
        batch_id = uow.new_id()
        fates = await settle_arrivals(uow, connection, arrivals, batch_id=batch_id)
        await uow.commit()
    return Batch(batch_id, fates)
