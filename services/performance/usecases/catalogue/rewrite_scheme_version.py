"""Write a draft of a scheme anew."""

from uuid import UUID

from services.performance.domain.catalogue import SchemeVersion
from services.performance.domain.document import Document
from services.performance.domain.schemes.scheme import Scheme
from services.performance.usecases.ports import Work
from shared.core.versions import require_version


async def rewrite_scheme_version(
    work: Work, scheme_id: UUID, number: int, document: Document, *, expected: int | None
) -> SchemeVersion:
    """Replace what a draft says. Raises NotFound, PreconditionFailed, Conflict (`version_published`), Invalid."""
    async with work() as uow:
        version = await uow.scheme_versions.of(scheme_id, number)
        require_version(version.sequence, expected)
        scheme = Scheme.from_document(document, metrics=await uow.metrics.by_key(), pointer="/document")
        rewritten = version.rewritten(scheme, at=uow.now())
        await uow.scheme_versions.save(rewritten)
        await uow.commit()
    return rewritten
