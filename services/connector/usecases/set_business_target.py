"""Take over what the business wants to reach, as an ERP or a planning system says it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.connector.domain.business_target import Aim, BusinessTarget
from services.connector.domain.identity import Reference, Subject, Unresolved
from services.connector.usecases.announce import business_target_changed
from services.connector.usecases.ports import UnitOfWork, Work
from shared.core.errors import NotFound, Violation
from shared.core.periods import Period

_UNRESOLVED: Mapping[Unresolved, str] = {
    "identity_unknown": "Nobody is known by this reference.",
    "identity_ambiguous": "Several people carry this work number.",
    "department_unknown": "No department is known by this reference.",
}


async def set_business_target(
    work: Work,
    source: str,
    remote_id: str,
    *,
    metric: str,
    reference: Reference,
    period: Period,
    value: Decimal,
    currency: str | None,
) -> BusinessTarget:
    """Set the target a source knows by `remote_id`; the same again changes nothing.

    Raises NotFound (`source_unknown`, `reference_not_found`), Conflict (`connection_built_in`).
    """
    async with work() as uow:
        connection = await uow.connections.named(source)
        connection.refuse_outsiders()
        subject = await _subject(uow, connection.id, reference, on=period.starts_on)
        aim = Aim(metric, subject, period, value, currency)
        await uow.business_targets.hold(connection.id, remote_id)
        known = await uow.business_targets.find(connection_id=connection.id, remote_id=remote_id)
        target = known.set(aim, at=uow.now()) if known else _new(uow, connection.id, remote_id, aim)
        if target is not known:
            await (uow.business_targets.save if known else uow.business_targets.add)(target)
            uow.publish(business_target_changed(target, source=source))
        await uow.commit()
    return target


async def withdraw_business_target(work: Work, source: str, remote_id: str) -> None:
    """Let a target hold no longer. Raises NotFound (source or target)."""
    async with work() as uow:
        connection = await uow.connections.named(source)
        known = await uow.business_targets.find(connection_id=connection.id, remote_id=remote_id)
        if known is None:
            raise NotFound.of("business target")
        withdrawn = known.withdrawn(at=uow.now())
        if withdrawn is not known:
            await uow.business_targets.save(withdrawn)
            uow.publish(business_target_changed(withdrawn, source=source))
        await uow.commit()


def _new(uow: UnitOfWork, connection_id: UUID, remote_id: str, aim: Aim) -> BusinessTarget:
    now = uow.now()
    return BusinessTarget(uow.new_id(), connection_id, remote_id, aim, created_at=now, updated_at=now)


async def _subject(uow: UnitOfWork, connection_id: UUID, reference: Reference, *, on: date) -> Subject:
    directory = await uow.identities.directory(connection_id, {reference})
    resolved = directory.resolve(reference, on=on)
    if isinstance(resolved, Subject):
        return resolved
    detail = _UNRESOLVED[resolved]
    raise NotFound("reference_not_found", detail, violations=[Violation(reference.place, resolved, detail)])
