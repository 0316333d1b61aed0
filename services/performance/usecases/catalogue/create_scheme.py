"""Found a scheme for departments and positions, with its first version as a draft."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from services.performance.domain.catalogue import DefinedScheme, SchemeVersion
from services.performance.domain.document import Document
from services.performance.domain.schemes.assignment import refuse_taken_places
from services.performance.domain.schemes.scheme import Scheme
from services.performance.usecases.ports import UnitOfWork, Work
from shared.core.errors import NotFound, Violation, placed

_DRAFT = 1


async def create_scheme(
    work: Work, *, name: str, department_ids: Sequence[UUID], position_ids: Sequence[UUID], document: Document
) -> tuple[DefinedScheme, SchemeVersion]:
    """Raise Invalid (places in `document`), NotFound (departments), Conflict (`assignment_taken`)."""
    async with work() as uow:
        now = uow.now()
        scheme = Scheme.from_document(document, metrics=await uow.metrics.by_key(), pointer="/document")
        defined = DefinedScheme(
            id=uow.new_id(),
            name=name,
            department_ids=tuple(dict.fromkeys(department_ids)),
            position_ids=tuple(dict.fromkeys(position_ids)),
            sequence=1,
            created_at=now,
            updated_at=now,
        )
        await refuse_misplaced(uow, defined, (await uow.schemes.by_id(alone=True)).values())
        version = SchemeVersion.draft(defined.id, _DRAFT, scheme, at=now)
        await uow.schemes.add(defined)
        await uow.scheme_versions.add(version)
        await uow.commit()
    return defined, version


async def refuse_misplaced(uow: UnitOfWork, scheme: DefinedScheme, others: Iterable[DefinedScheme]) -> None:
    """Refuse departments that are not there and places that one of the `others` claims."""
    tree = await uow.org.tree()
    unknown = [
        Violation(f"/department_ids/{at}", "department_not_found", "There is no such department.")
        for at, department_id in enumerate(scheme.department_ids)
        if tree.get(department_id) is None
    ]
    if unknown:
        raise NotFound("department_not_found", "A department is not there.", violations=unknown)
    with placed("/position_ids" if scheme.position_ids else "/department_ids"):
        refuse_taken_places(scheme.assigned(_DRAFT), [other.assigned(_DRAFT) for other in others])
