"""The circuit of one service in operation: a breaker that counts, and says in the log when it changes its mind."""

from collections.abc import Callable, Mapping

from services.gateway.clients.metrics import ASKED, CIRCUIT
from services.gateway.domain.circuit_breaker import CircuitBreaker, CircuitOpen, State
from shared.core.errors import Unavailable
from shared.kit.log import get_logger

_LEVELS: Mapping[State, int] = {"closed": 0, "half_open": 1, "open": 2}


class Circuit:
    """Asks the breaker before each request, and tells it how that ended; `clock` gives seconds that only grow."""

    def __init__(self, service: str, *, clock: Callable[[], float]) -> None:
        self._service = service
        self._clock = clock
        self._breaker = CircuitBreaker()
        self._log = get_logger(__name__).bind(upstream=service)
        self._answered = ASKED.labels(service, "answered")
        self._gauge = CIRCUIT.labels(service)
        self._shown: State = "closed"
        self._gauge.set(_LEVELS[self._shown])

    def admit(self) -> float:
        """Give the time at which the service is asked. Raises Unavailable (`service_unavailable`) instead."""
        now = self._clock()
        try:
            self._breaker.admit(now=now)
        except CircuitOpen as left_alone:
            self.count("left_alone")
            raise away(self._service, retry_after=left_alone.retry_after) from None
        self._show()
        return now

    def answered(self) -> None:
        """Take any answer as a sign of life, refusals and failures of the service's own among them."""
        self._breaker.answered(now=self._clock())
        self._answered.inc()
        self._show()

    def failed(self, asked_at: float, error: BaseException) -> None:
        """Take that a question found no answer."""
        self._breaker.failed(asked_at=asked_at, now=self._clock())
        self.count("failed")
        self._log.warning("upstream.failed", reason=type(error).__name__)
        self._show()

    def count(self, outcome: str) -> None:
        ASKED.labels(self._service, outcome).inc()

    def _show(self) -> None:
        state = self._breaker.state
        if state != self._shown:
            self._shown = state
            self._gauge.set(_LEVELS[state])
            self._log.warning("upstream.circuit", state=state)


def away(service: str, *, retry_after: int = 1) -> Unavailable:
    """Build the refusal of whoever asks a service that gives no answer."""
    detail = f"The service {service} does not answer now."
    return Unavailable("service_unavailable", detail, retry_after=retry_after)
