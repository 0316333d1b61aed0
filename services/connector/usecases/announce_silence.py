"""Announce connections that have been silent for longer than they promised."""

from services.connector.usecases.ports import Work
from shared.contracts.observations import ConnectionStale


async def announce_silence(work: Work) -> None:
    """Announce each silence once; the next message ends it."""
    async with work() as uow:
        now = uow.now()
        for connection in await uow.connections.silent(now):
            await uow.connections.save(connection.stale(now))
            uow.publish(
                ConnectionStale(
                    connection_id=connection.id, source=connection.key, last_received_at=connection.last_received_at
                )
            )
        await uow.commit()
