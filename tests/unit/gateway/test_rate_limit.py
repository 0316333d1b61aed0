"""What a request counts as, and how one process spends its part of a shared quota."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from services.gateway.domain.rate_limit import Exceeded, Grant, Kind, Quota, kind_of
from services.gateway.usecases.ration_requests import Caller, Rationing
from shared.core.errors import RateLimited
from shared.kit.http.headers import Limit, rate_limit_headers

pytestmark = pytest.mark.anyio
Own = Mapping[tuple[str, Kind], Quota]


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/v1/employees", "reads"),
        ("HEAD", "/v1/employees", "reads"),
        ("GET", "/v1/observations", "reads"),
        ("POST", "/v1/employees", "writes"),
        ("PATCH", "/v1/observations", "ingest"),
        ("POST", "/v1/observations", "ingest"),
        ("POST", "/v1/sessions", "logins"),
        ("POST", "/oauth/token", "logins"),
        ("POST", "/v1/unknown", "writes"),
        ("GET", "/healthz", None),
        ("GET", "/readyz", None),
    ],
)
def test_method_and_path_tell_what_a_request_counts_as(method: str, path: str, kind: Kind | None) -> None:
    assert kind_of(method, path) == kind


@pytest.mark.parametrize(("amount", "seconds"), [(0, 60), (1, 0), (-1, 1)])
def test_a_quota_of_nothing_is_refused(amount: int, seconds: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Quota(amount, seconds)


@pytest.mark.parametrize(("amount", "block"), [(1, 1), (19, 1), (60, 3), (6000, 300)])
def test_a_block_is_a_twentieth(amount: int, block: int) -> None:
    assert Quota(amount, 60).block == block


@dataclass
class Pot:
    """A shared quota that fills up when a test says so, and remembers how often it was asked."""

    contents: int
    asked: Counter[str] = field(default_factory=Counter)

    async def take(self, key: str, quota: Quota) -> Grant:
        self.asked[key] += 1
        await asyncio.sleep(0)
        taken = min(self.contents, quota.block)
        self.contents -= taken
        return Grant(taken, self.contents, 10)


@dataclass
class Book:
    own: Own = field(default_factory=dict)

    async def of(self, _: UUID) -> Own:
        return self.own


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


QUOTAS: Mapping[Kind, Quota] = {kind: Quota(100, 60) for kind in ("reads", "writes", "ingest", "logins")}
CRM = Caller("crm", uuid4())


def rationing(pot: Pot, clock: Clock, own: Own | None = None, *, most_in_flight: int = 2) -> Rationing:
    return Rationing(pot, Book(own or {}), defaults=QUOTAS, most_in_flight=most_in_flight, clock=clock)


async def spent(rations: Rationing, times: int, caller: Caller = CRM) -> int:
    """Tell how many of so many requests, all at once, were let through."""
    outcomes = await asyncio.gather(*(rations.spend(caller, "reads") for _ in range(times)), return_exceptions=True)
    assert all(isinstance(outcome, Exceeded) for outcome in outcomes if isinstance(outcome, BaseException))
    return sum(not isinstance(outcome, BaseException) for outcome in outcomes)


async def test_a_block_is_spent_without_asking_again() -> None:
    pot = Pot(100)
    rations = rationing(pot, Clock())
    assert await spent(rations, 5) == 5
    assert pot.asked.total() == 1
    assert await spent(rations, 1) == 1
    assert pot.asked.total() == 2


async def test_no_more_is_let_through_than_there_is_and_a_flood_asks_no_more() -> None:
    pot, clock = Pot(12), Clock()
    rations = rationing(pot, clock)
    assert await spent(rations, 200) == 12
    asked = pot.asked.total()
    assert await spent(rations, 200) == 0
    assert pot.asked.total() == asked


async def test_a_refusal_says_when_to_come_back_and_ends_then() -> None:
    pot, clock = Pot(0), Clock()
    rations = rationing(pot, clock)
    with pytest.raises(Exceeded) as refused:
        await rations.spend(CRM, "reads")
    assert (refused.value.retry_after, refused.value.retryable) == (10, True)
    pot.contents, clock.now = 3, clock.now + 10
    assert await spent(rations, 5) == 3


async def test_what_was_not_spent_in_time_is_given_up() -> None:
    pot, clock = Pot(100), Clock()
    rations = rationing(pot, clock)
    await rations.spend(CRM, "reads")
    pot.contents, clock.now = 0, clock.now + 60
    assert await spent(rations, 1) == 0


async def test_callers_and_kinds_are_counted_apart() -> None:
    pot = Pot(100)
    rations = rationing(pot, Clock())
    for caller in (CRM, Caller("crm", uuid4()), Caller("erp", CRM.tenant_id), Caller("crm")):
        await rations.spend(caller, "reads")
    await rations.spend(CRM, "writes")
    assert pot.asked.total() == len(pot.asked) == 5


@pytest.mark.parametrize(
    ("own", "amount"),
    [
        ({}, 100),
        ({("", "reads"): Quota(40, 60)}, 40),
        ({("", "reads"): Quota(40, 60), ("crm", "reads"): Quota(20, 60)}, 20),
        ({("erp", "reads"): Quota(20, 60), ("crm", "writes"): Quota(20, 60)}, 100),
    ],
)
async def test_the_callers_own_quota_goes_before_the_tenants_and_that_before_the_default(own: Own, amount: int) -> None:
    standing = await rationing(Pot(1000), Clock(), own).spend(CRM, "reads")
    assert standing.quota.amount == amount


async def test_places_are_held_until_they_are_given_back() -> None:
    rations = rationing(Pot(1), Clock())
    with rations.in_flight(CRM) as free, rations.in_flight(CRM) as left:
        assert (free, left) == (1, 0)
        with pytest.raises(RateLimited, match="same time"), rations.in_flight(CRM):
            pass
        with rations.in_flight(Caller("erp", CRM.tenant_id)) as of_another:
            assert of_another == 1
    with rations.in_flight(CRM) as again:
        assert again == 1


def test_the_headers_are_those_of_the_draft() -> None:
    limits = [
        Limit("reads", 600, 599, seconds=60, reset=12),
        Limit("in-flight", 64, 63, unit="concurrent-requests"),
    ]
    assert rate_limit_headers(limits) == [
        (b"ratelimit-policy", b'"reads";q=600;w=60, "in-flight";q=64;qu="concurrent-requests"'),
        (b"ratelimit", b'"reads";r=599;t=12, "in-flight";r=63'),
    ]
