"""What a worker counts, for Prometheus to collect."""

from prometheus_client import Counter, Gauge

RELAYED = Counter("steelyard_outbox_published", "Outbox rows published and marked", ["service"])
REPUBLISHED = Counter("steelyard_outbox_republished", "Rows waiting again because the bus lost them", ["service"])
WAITING = Gauge("steelyard_outbox_waiting", "Outbox rows not published yet", ["service"])
OLDEST = Gauge("steelyard_outbox_oldest_seconds", "Age of the oldest outbox row not published yet", ["service"])
LAG = Gauge("steelyard_consumer_lag", "Messages a group has yet to commit", ["group", "topic", "partition"])
HANDLED = Counter("steelyard_events", "Events by what became of them", ["group", "type", "outcome"])
"""Outcomes: `applied`, `repeated` (known to the inbox), `dead` (set aside), `erased` (of a tenant that is gone)."""
ERASED = Counter("steelyard_rows_erased", "Rows deleted of tenants that are to be gone", ["service"])
RETRIED = Counter("steelyard_events_retried", "Tries of a batch that failed and were made again", ["group"])
DEAD_LETTERS = Gauge("steelyard_dead_letters", "Dead letters nobody has dealt with yet", ["topic"])
