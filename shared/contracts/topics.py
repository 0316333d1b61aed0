"""Topics as data: one per family of events of a producing service."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A named log; all events of one key stay in order."""

    name: str
    partitions: int
    retention_days: int


TENANCY = Topic("gateway.tenancy", partitions=1, retention_days=30)
ORGANISATION = Topic("archive.organisation", partitions=8, retention_days=30)
RECORDS = Topic("archive.records", partitions=8, retention_days=30)
OBSERVATIONS = Topic("connector.observations", partitions=16, retention_days=30)
BUSINESS_TARGETS = Topic("connector.business-targets", partitions=1, retention_days=30)
SCORES = Topic("performance.scores", partitions=16, retention_days=30)
PROCEDURE = Topic("performance.procedure", partitions=4, retention_days=30)

TOPICS = (TENANCY, ORGANISATION, RECORDS, OBSERVATIONS, BUSINESS_TARGETS, SCORES, PROCEDURE)
