"""Make a scheme version final, and let it hold in running cycles, from a day on, or in later ones only."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.performance.domain.catalogue import SchemeVersion
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.schemes.scheme_effect import SchemeEffect
from services.performance.usecases.catalogue.announce_scheme import scheme_published
from services.performance.usecases.catalogue.put_scheme_in_force import NewVersion, Pinned, put_scheme_in_force
from services.performance.usecases.ports import UnitOfWork, Work
from shared.core.errors import Conflict
from shared.core.versions import require_version


async def publish_scheme(
    work: Work, scheme_id: UUID, number: int, *, effect: SchemeEffect, by: str, expected: int | None
) -> SchemeVersion:
    """Publish a draft; but with `next_cycle` everybody whom it scores in a running cycle is scored anew.

    Weights that departments set against other weights of the scheme are dropped, which the event tells, but for the
    days on which former versions hold. Raises NotFound, PreconditionFailed, Invalid (`day_unfit`, a metric that is
    gone), Conflict (`version_published`, `version_superseded`, `assignment_taken`, `tightening_unconfirmed`).
    """
    async with work() as uow:
        publication = await publish_version(uow, scheme_id, number, effect=effect, by=by, expected=expected)
        await uow.commit()
    return publication.version


@dataclass(frozen=True, slots=True)
class Publication:
    version: SchemeVersion
    pinned: Mapping[UUID, Pinned]
    """What it did, by cycle."""


async def publish_version(
    uow: UnitOfWork,
    scheme_id: UUID,
    number: int,
    *,
    effect: SchemeEffect,
    by: str,
    expected: int | None = None,
    at_once: bool = False,
) -> Publication:
    """Do it in a unit that does more; `at_once` leaves nobody to be rescored later. Does not commit.

    Locks go from the scheme over the metrics to the cycles.
    """
    effect.require_day()
    defined = await uow.schemes.get(scheme_id)
    version = await uow.scheme_versions.of(scheme_id, number)
    require_version(version.sequence, expected)
    published = version.published(effect, by=by, at=uow.now())
    former = await _superseded(uow, published)
    metrics = await uow.metrics.by_key(steady=True)
    scheme = Scheme.from_document(published.document, metrics=metrics)
    await uow.scheme_versions.save(published)
    cycles = await uow.cycles.moving() if effect.kind != "next_cycle" else ()
    new = NewVersion(defined.assigned(number), scheme, effect)
    pinned = {cycle.id: await put_scheme_in_force(uow, cycle, new, by=by, at_once=at_once) for cycle in cycles}
    before, effects = former.read(metrics) if former else None, [each.effects for each in pinned.values()]
    uow.publish(scheme_published(defined, published, before=before, scheme=scheme, effects=effects))
    return Publication(published, pinned)


async def _superseded(uow: UnitOfWork, version: SchemeVersion) -> SchemeVersion | None:
    """Give the version published before. Raises Conflict (`version_superseded`) where it is a later one."""
    former = await uow.scheme_versions.current(version.scheme_id)
    if former is not None and former.number > version.number:
        raise Conflict("version_superseded", "A later version is published already.")
    return former
