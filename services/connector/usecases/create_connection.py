"""Configure a business system that will push its numbers."""

from services.connector.domain.connection import Connection, refuse_reserved
from services.connector.usecases.announce import connection_changed
from services.connector.usecases.ports import Work


async def create_connection(work: Work, *, key: str, name: str, stale_after_hours: int | None) -> Connection:
    """Raise Conflict (`connection_built_in`, `already_exists`) for a key that is taken."""
    refuse_reserved(key)
    async with work() as uow:
        now = uow.now()
        connection = Connection(
            id=uow.new_id(), key=key, name=name, created_at=now, updated_at=now, stale_after_hours=stale_after_hours
        )
        await uow.connections.add(connection)
        uow.publish(connection_changed(connection))
        await uow.commit()
    return connection
