"""Let a scheme be about other departments and positions, or called otherwise, before any of it is published."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.performance.domain.catalogue import DefinedScheme
from services.performance.usecases.catalogue.create_scheme import refuse_misplaced
from services.performance.usecases.ports import Work
from shared.core.errors import Conflict
from shared.core.versions import require_version


async def place_scheme(
    work: Work, scheme_id: UUID, changes: Mapping[str, Any], *, expected: int | None
) -> DefinedScheme:
    """Apply a merge patch.

    Raises NotFound (departments, too), PreconditionFailed, Conflict (`scheme_published`, `assignment_taken`).
    """
    async with work() as uow:
        others = await uow.schemes.by_id(alone=True)
        defined = await uow.schemes.get(scheme_id)
        require_version(defined.sequence, expected)
        if await uow.scheme_versions.current(scheme_id) is not None:
            raise Conflict("scheme_published", "A version is published, so that the scheme stays where it is.")
        placed = defined.placed(changes, at=uow.now())
        await refuse_misplaced(uow, placed, others.values())
        await uow.schemes.save(placed)
        await uow.commit()
    return placed
