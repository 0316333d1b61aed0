"""What becomes of a delivery after an attempt, and how it is signed."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook

from services.notifier.domain.delivery import LONGEST_RETRY_AFTER, RETRY_SCHEDULE, Parcel, Reply, judge
from services.notifier.usecases.send_delivery import send_delivery
from shared.core.clock import FixedClock
from tests.factories.notifier import NOON
from tests.factories.webhooks import make_parcel

pytestmark = pytest.mark.anyio
SECOND = timedelta(seconds=1)


def judged(parcel: Parcel, reply: Reply, spread: float = 0.0) -> tuple[str, timedelta]:
    return judge(parcel, reply, at=NOON, schedule=RETRY_SCHEDULE, spread=spread)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_success_is_a_delivery(status: int) -> None:
    assert judged(make_parcel(), Reply(SECOND, status)) == ("delivered", timedelta(0))


@pytest.mark.parametrize("reply", [Reply(SECOND, status) for status in (100, 302, 400, 404, 429, 500)])
def test_all_else_is_tried_again(reply: Reply) -> None:
    assert judged(make_parcel(), reply) == ("pending", timedelta(seconds=5))


def test_the_waits_follow_the_schedule_and_end() -> None:
    failed = Reply(SECOND, error="timeout")
    waits = [judged(make_parcel(attempt=attempt), failed)[1] for attempt in range(1, len(RETRY_SCHEDULE))]
    assert waits == list(RETRY_SCHEDULE[1:])
    assert judged(make_parcel(attempt=len(RETRY_SCHEDULE)), failed)[0] == "dead"
    assert sum(RETRY_SCHEDULE, timedelta(0)) > timedelta(hours=75)


@pytest.mark.parametrize(("spread", "wait"), [(-1.0, 4), (0.0, 5), (1.0, 6)])
def test_waits_are_spread_by_a_fifth(spread: float, wait: int) -> None:
    assert judged(make_parcel(), Reply(SECOND, 500), spread)[1] == timedelta(seconds=wait)


def test_gone_is_final() -> None:
    assert judged(make_parcel(), Reply(SECOND, 410))[0] == "dead"


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("1", timedelta(seconds=5)),
        ("Wed, 04 Mar 2026 13:00:00 GMT", timedelta(hours=1)),
        ("Wed, 04 Mar 2026 11:00:00 GMT", timedelta(seconds=5)),
        ("9" * 5000, LONGEST_RETRY_AFTER),
        ("Wed, 04 Mar 2099 11:00:00 GMT", LONGEST_RETRY_AFTER),
        ("soon", timedelta(seconds=5)),
        ("-5", timedelta(seconds=5)),
        ("²", timedelta(seconds=5)),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", timedelta(seconds=5)),
        ("Wed, 04 Mar 2026 13:00:00 +99999999999999999999", timedelta(seconds=5)),
        ("", timedelta(seconds=5)),
    ],
)
def test_retry_after_lengthens_the_wait_within_a_day(asked: str, wait: timedelta) -> None:
    assert judged(make_parcel(), Reply(SECOND, 503, retry_after=asked))[1] == wait


class Courier:
    """Remembers what it was given to post."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.posted: list[tuple[str, bytes, dict[str, str]]] = []

    async def post(self, url: str, *, body: bytes, headers: object) -> Reply:
        assert isinstance(headers, dict)
        self.posted.append((url, body, headers))
        return self.reply


async def test_every_attempt_is_signed_for_its_own_moment_under_the_same_id() -> None:
    courier, parcel = Courier(Reply(SECOND, 500)), make_parcel()
    clock = FixedClock(datetime.now(UTC))
    for _ in range(2):
        outcome = await send_delivery(parcel, courier, clock=clock, schedule=RETRY_SCHEDULE, spread=lambda: 0.0)
        clock.advance(timedelta(seconds=7))
    assert (outcome.state, outcome.retry_in, outcome.parcel) == ("pending", timedelta(seconds=5), parcel)
    (_, body, first), (_, _, second) = courier.posted
    assert body == parcel.body
    assert first["webhook-id"] == second["webhook-id"] == str(parcel.message_id)
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 7
    for headers in (first, second):
        assert Webhook(parcel.secrets[0]).verify(body, headers) == {"total": "63.40"}
    assert UUID(first["webhook-id"]) == parcel.message_id


async def test_an_endpoint_disabled_meanwhile_is_not_bothered() -> None:
    courier = Courier(Reply(SECOND, 200))
    outcome = await send_delivery(
        make_parcel(wanted=False), courier, clock=FixedClock(NOON), schedule=RETRY_SCHEDULE, spread=lambda: 0.0
    )
    assert (outcome.state, outcome.reply, courier.posted) == ("skipped", None, [])


class BrokenCourier:
    async def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> Reply:
        raise RuntimeError(f"nobody foresaw this of {url}, {len(body)}, {len(headers)}")


async def test_what_nobody_foresaw_fails_its_own_delivery_and_is_tried_again() -> None:
    outcome = await send_delivery(
        make_parcel(), BrokenCourier(), clock=FixedClock(NOON), schedule=RETRY_SCHEDULE, spread=lambda: 0.0
    )
    assert (outcome.state, outcome.retry_in) == ("pending", RETRY_SCHEDULE[1])
    assert outcome.reply is not None
    assert outcome.reply.error == "internal"
