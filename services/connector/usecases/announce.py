"""What changed, as the events that say so: one a shard of subjects, so that each subject's events keep their order."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from services.connector.domain.business_target import BusinessTarget
from services.connector.domain.connection import Connection
from services.connector.domain.identity import Subject
from services.connector.domain.observation import Change
from services.connector.domain.statement import Facts
from services.connector.usecases.ports import UnitOfWork
from shared.contracts.observations import (
    MAX_ITEMS,
    SHARDS,
    BusinessTargetChanged,
    ConnectionChanged,
    ObservationItem,
    ObservationsRecorded,
)


def publish_changes(uow: UnitOfWork, changes: Sequence[Change], *, sources: Mapping[UUID, str], batch_id: UUID) -> None:
    """Let the changes of a batch be known; `sources` gives each connection's key."""
    shards: dict[int, list[ObservationItem]] = defaultdict(list)
    for change in changes:
        for item in items_of(change, source=sources[change.after.connection_id]):
            shards[_shard(item.subject_id)].append(item)
    for shard, items in sorted(shards.items()):
        for start in range(0, len(items), MAX_ITEMS):
            chunk = tuple(items[start : start + MAX_ITEMS])
            uow.publish(ObservationsRecorded(batch_id=batch_id, shard=shard, items=chunk))


def business_target_changed(target: BusinessTarget, *, source: str) -> BusinessTargetChanged:
    """Describe a business target as it now is."""
    return BusinessTargetChanged(
        business_target_id=target.id,
        sequence=target.sequence,
        source=source,
        metric=target.aim.metric,
        subject_kind=target.aim.subject.kind,
        subject_id=target.aim.subject.id,
        starts_on=target.aim.period.starts_on,
        ends_on=target.aim.period.ends_on,
        value=target.aim.value,
        currency=target.aim.currency,
        deleted=target.deleted,
    )


def connection_changed(connection: Connection) -> ConnectionChanged:
    """Describe a connection as it now is."""
    return ConnectionChanged(
        connection_id=connection.id, sequence=connection.sequence, source=connection.key, name=connection.name
    )


def items_of(change: Change, *, source: str) -> Iterator[ObservationItem]:
    """Say what each subject is credited with now, and who is credited no longer."""
    before, after = change.before, change.after
    parts = after.parts()
    if after.facts is not None:
        for subject, value in parts.items():
            yield _item(change, after.facts, subject, value, source=source)
    if before is not None and before.facts is not None:
        for subject, value in before.parts().items():
            if subject not in parts:
                yield _item(change, before.facts, subject, value, source=source, retracted=True)


def _item(
    change: Change, facts: Facts, subject: Subject, value: Decimal, *, source: str, retracted: bool = False
) -> ObservationItem:
    return ObservationItem(
        observation_id=change.after.id,
        revision=change.after.decision,
        source=source,
        remote_id=change.after.remote_id,
        measure=facts.measure,
        subject_kind=subject.kind,
        subject_id=subject.id,
        value=value,
        currency=facts.currency,
        occurred_at=facts.occurred_at,
        credit_date=facts.credit_date,
        cohort_date=facts.cohort_date,
        dimensions=dict(facts.dimensions),
        retracted=retracted,
    )


def _shard(subject_id: UUID | None) -> int:
    """Ids end in random bits, so their remainder spreads evenly; the company has the first shard."""
    return 0 if subject_id is None else subject_id.int % SHARDS
