"""W3C trace context, carried from request to event to request."""

import os
import re
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def current_traceparent() -> str | None:
    return _current.get()


def continue_trace(received: str | None) -> str:
    """Continue the trace of `received`, or begin one; gives the `traceparent` now in force."""
    if received is not None and _TRACEPARENT.fullmatch(received):
        trace_id, flags = received[3:35], received[-2:]
    else:
        trace_id, flags = os.urandom(16).hex(), "01"
    traceparent = f"00-{trace_id}-{os.urandom(8).hex()}-{flags}"
    _current.set(traceparent)
    return traceparent


def trace_id_of(traceparent: str) -> str:
    return traceparent[3:35]
