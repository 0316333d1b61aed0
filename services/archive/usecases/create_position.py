"""Describe a new position and the competencies it asks for."""

from collections.abc import Sequence

from services.archive.domain.position import Competency, Position
from services.archive.usecases.announce import position_changed
from services.archive.usecases.ports import Work


async def create_position(work: Work, *, code: str, name: str, competencies: Sequence[Competency]) -> Position:
    """Raise Conflict (`already_exists`) for a code in use."""
    async with work() as uow:
        now = uow.now()
        position = Position(
            id=uow.new_id(),
            code=code,
            name=name,
            competencies=tuple(competencies),
            sequence=1,
            created_at=now,
            updated_at=now,
        )
        await uow.positions.add(position)
        uow.publish(position_changed(position))
        await uow.commit()
    return position
