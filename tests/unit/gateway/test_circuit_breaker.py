"""When a service is left alone, when it is tried again, and which failures say something about it."""

import pytest

from services.gateway.domain.circuit_breaker import FAILURES_IN_A_ROW, REST_SECONDS, CircuitBreaker, CircuitOpen


def opened(*, at: float = 0.0) -> CircuitBreaker:
    breaker = CircuitBreaker()
    for _ in range(FAILURES_IN_A_ROW):
        breaker.failed(asked_at=at, now=at)
    return breaker


def test_it_opens_after_failures_in_a_row_and_no_sooner() -> None:
    breaker = CircuitBreaker()
    for _ in range(FAILURES_IN_A_ROW - 1):
        breaker.failed(asked_at=1, now=1)
        breaker.admit(now=1)
    breaker.failed(asked_at=1, now=1)
    assert breaker.state == "open"
    with pytest.raises(CircuitOpen):
        breaker.admit(now=1)


def test_an_answer_in_between_begins_the_row_anew() -> None:
    breaker = CircuitBreaker()
    for second in range(10 * FAILURES_IN_A_ROW):
        breaker.failed(asked_at=second, now=second)
        if second % FAILURES_IN_A_ROW == FAILURES_IN_A_ROW - 2:
            breaker.answered(now=second + 0.5)
    assert breaker.state == "closed"


def test_what_was_asked_before_the_last_answer_tells_nothing() -> None:
    breaker = CircuitBreaker()
    breaker.answered(now=20)
    for _ in range(10 * FAILURES_IN_A_ROW):
        breaker.failed(asked_at=1, now=31)
    assert breaker.state == "closed"


def test_it_tells_when_to_come_back_in_whole_seconds() -> None:
    breaker = opened(at=100)
    for now, seconds in ((100.0, 1), (100.9, 1)):
        with pytest.raises(CircuitOpen) as refused:
            breaker.admit(now=now)
        assert refused.value.retry_after == seconds


def test_one_try_is_let_through_and_an_answer_closes_it() -> None:
    breaker = opened()
    breaker.admit(now=1)
    assert breaker.state == "half_open"
    with pytest.raises(CircuitOpen):
        breaker.admit(now=1)
    breaker.answered(now=1.5)
    breaker.admit(now=1.5)
    breaker.admit(now=1.5)


def test_each_try_that_fails_makes_the_rest_longer_up_to_a_bound() -> None:
    breaker, now = opened(), 0.0
    rests = [*REST_SECONDS, REST_SECONDS[-1], REST_SECONDS[-1]]
    for rest in rests:
        with pytest.raises(CircuitOpen):
            breaker.admit(now=now + rest - 0.01)
        now += rest
        breaker.admit(now=now)
        breaker.failed(asked_at=now, now=now)
        assert breaker.state == "open"


def test_after_an_answer_the_rest_is_short_again() -> None:
    breaker = opened()
    breaker.admit(now=1)
    breaker.failed(asked_at=1, now=1)
    breaker.admit(now=3)
    breaker.answered(now=3)
    for _ in range(FAILURES_IN_A_ROW):
        breaker.failed(asked_at=4, now=4)
    breaker.admit(now=4 + REST_SECONDS[0])


def test_a_try_whose_caller_left_is_followed_by_another() -> None:
    breaker = opened()
    breaker.admit(now=1)
    breaker.admit(now=1 + REST_SECONDS[0])
    assert breaker.state == "half_open"


def test_failures_from_before_it_opened_do_not_keep_it_open() -> None:
    breaker = opened(at=10)
    for _ in range(10 * FAILURES_IN_A_ROW):
        breaker.failed(asked_at=9, now=10.5)
    breaker.admit(now=10 + REST_SECONDS[0])
