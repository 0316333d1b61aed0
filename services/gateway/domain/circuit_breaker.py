"""A circuit breaker: a service that fails several times in a row is left alone for a moment, then tried by a few.

Time is passed in, in seconds of a clock that nobody sets.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["closed", "half_open", "open"]

FAILURES_IN_A_ROW = 5
REST_SECONDS = (1.0, 2.0, 4.0, 8.0)
"""Between two tries of a service that stays away: the last one again and again."""


class CircuitOpen(Exception):
    """The service is left alone at present; `retry_after` are whole seconds until it is tried again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"tried again in {retry_after} s")
        self.retry_after = retry_after


@dataclass(slots=True)
class CircuitBreaker:
    """Decides whether a service is asked; told of each question that was answered, with whatever, or was not.

    A failure counts only where nobody has been answered since that question was asked: one slow operation among many
    that work says nothing about the service.
    """

    failures_in_a_row: int = FAILURES_IN_A_ROW
    rest_seconds: Sequence[float] = REST_SECONDS
    _failures: int = 0
    _opened: int = 0
    """How many times in a row, since somebody was answered."""
    _untelling_before: float = -math.inf
    """What was asked before then tells nothing any more."""
    _next_try_at: float | None = None
    """None while it is closed."""
    _trying: bool = False

    @property
    def state(self) -> State:
        if self._next_try_at is None:
            return "closed"
        return "half_open" if self._trying else "open"

    def admit(self, *, now: float) -> None:
        """Let a question through, when open only one each time of rest. Raises CircuitOpen."""
        if self._next_try_at is None:
            return
        if now < self._next_try_at:
            raise CircuitOpen(max(1, math.ceil(self._next_try_at - now)))
        self._trying = True
        self._next_try_at = now + self._rest()  # a try whose caller leaves tells nothing: another one follows

    def answered(self, *, now: float) -> None:
        """Close: it answers."""
        self._failures = self._opened = 0
        self._untelling_before = now
        self._next_try_at = None
        self._trying = False

    def failed(self, *, asked_at: float, now: float) -> None:
        """Count a question that got no answer; open where there were too many, or where it was a try."""
        if asked_at < self._untelling_before:
            return
        self._failures += 1
        if self._trying or self._failures >= self.failures_in_a_row:
            self._opened += 1
            self._failures = 0
            self._untelling_before = now
            self._next_try_at = now + self._rest()
            self._trying = False

    def _rest(self) -> float:
        return self.rest_seconds[min(max(self._opened, 1), len(self.rest_seconds)) - 1]
