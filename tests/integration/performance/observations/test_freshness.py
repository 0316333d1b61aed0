"""Sources that fall silent: shown on scores that move, a task for HR once, and points only where the metric waits."""

from datetime import date
from decimal import Decimal

import httpx
import pytest

from services.performance.domain.observations.staleness import SourceAge, stale_since, stale_sources
from services.performance.domain.schemes.metric import Metric
from services.performance.usecases.observations.declare_complete import declare_complete
from services.performance.usecases.observations.watch_freshness import watch_freshness
from services.performance.wiring import Wiring
from shared.contracts.observations import CompletenessDeclared
from shared.core.periods import Period, WorkCalendar
from tests.factories.access import make_admin, make_hr, make_person
from tests.factories.performance import get, make_observation
from tests.factories.procedure import SALES
from tests.factories.sellers import Sellers, freeze, publish, redefine
from tests.integration.performance.conftest import Cards, Observe

pytestmark = pytest.mark.anyio
SHOWN = {**SALES, "freshness": {"max_age_workdays": 3}}
WAITS = {**SALES, "missing": {"policy": "zero"}, "freshness": {"max_age_workdays": 3, "policy": "pending"}}
WORKDAYS = WorkCalendar.of(holidays=[date(2026, 6, 19)])


def test_of_a_source_of_its_own_kind_something_else_is_expected() -> None:
    metric = Metric.from_document({**SALES, "freshness": {"max_age_workdays": 3, "sources": {"erp": 20}}})
    assert metric.freshness is not None
    assert Metric.from_document(metric.to_document()) == metric
    ages = [SourceAge(source, "order.amount", date(2026, 6, 1)) for source in ("crm", "erp")]
    cycle = Period(date(2026, 1, 1), date(2026, 7, 1))
    stale = stale_sources([metric], ages, cycle=cycle, today=date(2026, 6, 12), calendar=WORKDAYS)
    assert [each.source for each in stale] == ["crm"]


@pytest.mark.parametrize(
    ("newest", "allowed", "until", "expected"),
    [
        (date(2026, 6, 15), 3, date(2026, 6, 22), date(2026, 6, 22)),  # Tuesday to Thursday, a holiday, a weekend
        (date(2026, 6, 15), 3, date(2026, 6, 21), None),
        (date(2026, 6, 13), 0, date(2026, 6, 30), date(2026, 6, 15)),
        (date(2026, 6, 30), 0, date(2026, 6, 30), None),
    ],
)
def test_age_is_counted_in_workdays(newest: date, allowed: int, until: date, expected: date | None) -> None:
    assert stale_since(newest, allowed, until=until, calendar=WORKDAYS) == expected


async def test_a_stale_source_is_shown_and_waits_for_hr(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    person = sellers.people[0]
    await redefine(wiring, sellers, SHOWN)
    await observe(make_observation(subject_id=person, credit_date="2026-06-15", value="1000000"))
    before = (await cards())[person]
    for _ in range(2):
        await watch_freshness(wiring.works.of(sellers.tenant_id))
    hr = make_hr(sellers.tenant_id)
    card = await get(client, hr, f"/v1/scorecards/{sellers.card_of(person)}")
    assert [item.get("stale_since") for item in card["items"]] == ["2026-06-19", None, None]
    assert (await cards())[person] == before
    for caller in (hr, make_admin(sellers.tenant_id)):
        tasks = (await get(client, caller, "/v1/tasks"))["data"]
        assert [(task["kind"], task["due_on"]) for task in tasks] == [("source.refresh", "2026-06-19")]
    assert (await get(client, hr, tasks[0]["link"]))["freshness"] == {
        "max_age_workdays": 3,
        "policy": "show",
        "sources": None,
    }
    assert (await get(client, make_person(sellers.tenant_id, person), "/v1/tasks"))["data"] == []
    await observe(make_observation(subject_id=person, credit_date="2026-06-25"))
    await watch_freshness(wiring.works.of(sellers.tenant_id))
    listed = await get(client, hr, "/v1/scorecards")
    assert all(item.get("stale_since") is None for each in listed["data"] for item in each["items"])
    assert (await get(client, hr, "/v1/tasks"))["data"] == []


async def test_points_wait_where_the_metric_says_so(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    person, other, _ = sellers.people
    works = wiring.works.of(sellers.tenant_id)
    await redefine(wiring, sellers, WAITS)
    await observe(make_observation(subject_id=person, credit_date="2026-06-15", value="1000000"))
    assert (await cards())[person].result.items[0].points == Decimal(60)
    await watch_freshness(works)
    found = await cards()
    for waiting in (found[who].result.items[0] for who in (person, other)):
        assert (waiting.state, waiting.code, waiting.actual) == ("pending", "source_stale", None)
    explained = await get(client, make_hr(sellers.tenant_id), f"/v1/scorecards/{sellers.card_of(person)}/explanation")
    sentence = explained["score"]["segments"][0]["items"][0]["sentence"]
    assert sentence["zh"].endswith("数据来源已过期，暂不计分。")
    assert "stale" in sentence["en"]
    await declare_complete(
        works, [CompletenessDeclared(source="crm", measure="order.amount", complete_through="2026-06-30")]
    )
    await watch_freshness(works)
    assert (await cards())[person].result.items[0].points == Decimal(60)
    runs = (await get(client, make_hr(sellers.tenant_id), "/v1/score-runs"))["data"]
    assert [run["cause_kind"] for run in runs][-1] == "freshness"


async def test_what_is_frozen_stays_as_it_was_and_stale_is_not_missing(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    person = sellers.people[0]
    works = wiring.works.of(sellers.tenant_id)
    await redefine(wiring, sellers, WAITS)
    await observe(make_observation(subject_id=person, credit_date="2026-06-15", value="1000000"))
    await watch_freshness(works)
    await freeze(wiring, sellers)
    await observe(make_observation(subject_id=person, credit_date="2026-06-30", value="1000000"))
    await watch_freshness(works)
    await publish(wiring, sellers)
    line = (await cards())[person].result.items[0]
    assert (line.state, line.code) == ("pending", "source_stale")


async def test_a_source_that_catches_up_after_publication_proposes_to_revise(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    person, works = sellers.people[0], wiring.works.of(sellers.tenant_id)
    await redefine(wiring, sellers, WAITS)
    await observe(make_observation(subject_id=person, credit_date="2026-06-15", value="1000000"))
    await watch_freshness(works)
    await freeze(wiring, sellers)
    await publish(wiring, sellers)
    await watch_freshness(works)
    hr = make_hr(sellers.tenant_id)
    assert (await get(client, hr, "/v1/revisions"))["data"] == []
    await observe(make_observation(subject_id=person, credit_date="2026-06-30", value="200000"))
    for _ in range(2):
        await watch_freshness(works)
    found = (await get(client, hr, "/v1/revisions"))["data"]
    moved = {each["scorecard_id"]: [(line["actual"], line["points"]) for line in each["lines"]] for each in found}
    assert moved.pop(str(sellers.card_of(person))) == [("1200000", "64")]
    assert list(moved.values()) == [[(None, "0")]] * 2  # nothing came of the others, which their metric takes for zero
    assert (await cards())[person].result.items[0].code == "source_stale"
