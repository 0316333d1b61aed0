"""What the gateway counts of the services behind it, for Prometheus to collect."""

from prometheus_client import Counter, Gauge

ASKED = Counter("steelyard_upstream_requests", "Requests to a service by what became of them", ["upstream", "outcome"])
"""Outcomes: `answered` (with whatever status), `failed` (no answer: connection or time-out), `repeated` (failed, and
asked once more), `left_alone` (refused while the circuit was open), `crowded_out` (no free place in time)."""
CIRCUIT = Gauge(
    "steelyard_upstream_circuit", "State of a service's circuit: 0 closed, 1 half open, 2 open", ["upstream"]
)
