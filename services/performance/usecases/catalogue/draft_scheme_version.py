"""Write the next version of a scheme, as a draft."""

from uuid import UUID

from services.performance.domain.catalogue import SchemeVersion
from services.performance.domain.document import Document
from services.performance.domain.schemes.scheme import Scheme
from services.performance.usecases.ports import Work


async def draft_scheme_version(work: Work, scheme_id: UUID, document: Document) -> SchemeVersion:
    """Add a draft above all versions there are. Raises NotFound, Invalid (places in `document`)."""
    async with work() as uow:
        await uow.schemes.get(scheme_id)
        number = await uow.scheme_versions.newest(scheme_id) + 1
        scheme = Scheme.from_document(document, metrics=await uow.metrics.by_key(), pointer="/document")
        version = SchemeVersion.draft(scheme_id, number, scheme, at=uow.now())
        await uow.scheme_versions.add(version)
        await uow.commit()
    return version
