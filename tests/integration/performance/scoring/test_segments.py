"""People who move, join or leave within a cycle: what counts where, and that a frozen cycle does not move with them."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import httpx
import pytest
from sqlalchemy import update

from services.performance.store.tables.procedure import cycles
from services.performance.usecases.cycles.follow_organisation import follow_organisation
from services.performance.wiring import Wiring
from shared.contracts.organisation import CalendarChanged
from shared.contracts.scores import ScorePublished
from shared.core.ids import Uuid7
from tests.factories.access import make_hr
from tests.factories.events import published
from tests.factories.installation import bearer
from tests.factories.moves import Archive
from tests.factories.performance import make_observation
from tests.factories.sellers import (
    LONG_AGO,
    Sellers,
    draft_version,
    facts_of,
    freeze,
    publish,
    publish_version,
    sales_scheme,
)
from tests.integration.performance.conftest import Cards, Observe

pytestmark = pytest.mark.anyio
_ids = Uuid7()
MARGIN = {
    "items": [
        {
            "key": "margin",
            "name": "Margin",
            "metric": "margin",
            "weight": 10_000,
            "rule": {"kind": "bands", "bands": [{"to": {"value": "50"}, "points": "60"},
                                               {"from": {"value": "50"}, "points": "90"}]},
        }
    ]
}  # fmt: skip


async def test_a_transfer_scores_each_stretch_by_its_own_scheme(
    client: httpx.AsyncClient, sellers: Sellers, observe: Observe, archive: Archive
) -> None:
    """64 workdays in sales: 630,000 of 496,124 is two units beyond (64 points), 11 % of 20 % is 55 points, no rating
    yet: 54.90. Then 65 in service with a rating of 85. Together 9,038.6 / 129."""
    person = sellers.people[0]
    await observe(*facts_of(person, sales="1260000", conversion=55, teamwork="85"))
    april = date(2026, 4, 1)
    await archive.move(person, april)
    path, hr = f"/v1/scorecards/{sellers.card_of(person)}", bearer(make_hr(sellers.tenant_id))
    card = (await client.get(path, headers=hr)).json()
    assert [(each["starts_on"], each["ends_on"], each["workdays"]) for each in card["segments"]] == [
        ("2026-01-01", "2026-04-01", 64),
        ("2026-04-01", "2026-07-01", 65),
    ]
    lines = [(each["segment"], each["key"], each["state"], each["points"]) for each in card["items"]]
    assert lines == [
        (0, "sales", "value", "64"),
        (0, "conversion", "value", "55"),
        (0, "teamwork", "pending", None),
        (1, "teamwork", "value", "85"),
    ]
    assert (card["total"], card["state"], card["department_id"]) == ("70.07", "pending", str(archive.service_id))
    explained = (await client.get(f"{path}/explanation", headers=hr)).json()
    assert Fraction(explained["score"]["sum"]) == Fraction("9038.6") / 129
    assert explained["score"]["total"] == "70.07"
    assert explained["score"]["segments"][0]["items"][0]["proration"] == "64/129"
    orders = next(each for each in explained["sources"] if each["metric"] == "sales")["sides"][0]
    assert (orders["starts_on"], orders["ends_on"], orders["value"]) == ("2026-01-01", "2026-04-01", "630000")


async def test_an_observation_of_a_day_elsewhere_says_so(
    client: httpx.AsyncClient, sellers: Sellers, observe: Observe, archive: Archive
) -> None:
    person, april = sellers.people[0], date(2026, 4, 1)
    facts = {
        "before": make_observation(subject_id=person, credit_date="2026-02-02"),
        "after": make_observation(subject_id=person, credit_date="2026-05-05"),
        "rating": make_observation(
            subject_id=person, measure="feedback.teamwork", value="80", credit_date="2026-06-01"
        ),
    }
    await observe(*facts.values())
    await archive.move(person, april)
    hr, fates = bearer(make_hr(sellers.tenant_id)), {}
    for name, fact in facts.items():
        found = (await client.get(f"/v1/observations/{fact.observation_id}/uses", headers=hr)).json()
        fates[name] = [(use["item"], use["segment"], use["fate"]) for use in found["uses"]]
    assert fates == {
        "before": [("sales", 0, "counted")],
        "after": [("sales", 0, "not_in_place")],
        "rating": [("teamwork", 1, "counted")],
    }


async def test_a_retroactive_change_rescores_what_it_touches_and_a_frozen_cycle_stands_still(
    wiring: Wiring, sellers: Sellers, observe: Observe, archive: Archive, cards: Cards
) -> None:
    person, seen = sellers.people[0], []
    await observe(*facts_of(person, sales="1260000", conversion=55, teamwork="85"))
    for day in (date(2026, 4, 1), date(2026, 5, 6)):
        await archive.move(person, day)
        seen.append((await cards())[person])
    assert [card.result.items_of(0)[0].actual for card in seen] == [Decimal(630_000), Decimal(1_260_000)]
    others = [card for who, card in (await cards()).items() if who != person]
    assert {len(card.result.segments) for card in others} == {1}
    await freeze(wiring, sellers)
    frozen = (await cards())[person]
    await archive.tell(person, (sellers.department_id, LONG_AGO.date(), None))
    assert (await cards())[person] == frozen
    await publish(wiring, sellers)
    published = (await cards())[person]
    assert published.result.segments == frozen.result.segments
    assert published.result.total == frozen.result.total


async def test_who_joins_late_is_asked_for_a_share_of_the_target(
    sellers: Sellers, observe: Observe, archive: Archive, cards: Cards
) -> None:
    """65 of 129 workdays: 500,000 against 503,876 is short of the anchor by as much as in proportion."""
    person = sellers.people[0]
    await observe(make_observation(subject_id=person, value="500000", credit_date="2026-05-05"))
    await archive.tell(person, (sellers.department_id, date(2026, 4, 1), None))
    sales = (await cards())[person].result.items_of(0)[0]
    assert (sales.target, sales.points) == (Decimal(1_000_000), Decimal("59.538462"))


async def test_fewer_days_than_the_cycle_asks_for_are_not_graded(
    wiring: Wiring, sellers: Sellers, observe: Observe, archive: Archive, cards: Cards
) -> None:
    person = sellers.people[0]
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await uow.tx.execute(update(cycles).values(minimum_workdays=30))
        await uow.commit()
    await observe(*facts_of(person, sales="1260000", conversion=55, teamwork="85"))
    await archive.tell(person, (sellers.department_id, date(2026, 6, 1), None))
    card = (await cards())[person]
    assert (card.result.state, card.result.total, card.result.grade) == ("ungraded", None, None)


async def test_a_frozen_card_is_published_as_it_was_frozen_whatever_becomes_of_calendar_and_tree(
    wiring: Wiring, sellers: Sellers, archive: Archive, observe: Observe, cards: Cards
) -> None:
    person = sellers.people[0]
    await observe(*facts_of(person, sales="1260000", conversion=55, teamwork="85"))
    await archive.move(person, date(2026, 4, 1))
    await freeze(wiring, sellers)
    frozen = (await cards())[person]
    holidays = tuple(date(2026, 5, day) for day in range(4, 16))
    await follow_organisation(
        wiring.works.of(sellers.tenant_id), [CalendarChanged(sequence=9, holidays=holidays, workdays=())]
    )
    await publish(wiring, sellers)
    published_card = (await cards())[person]
    assert [line.points for line in published_card.result.items] == [line.points for line in frozen.result.items]
    assert (published_card.result.total, published_card.result.workdays) == (frozen.result.total, 129)


async def test_who_turns_out_not_to_have_been_there_has_no_days_and_stops_nobody(
    wiring: Wiring, sellers: Sellers, archive: Archive, observe: Observe, cards: Cards
) -> None:
    person = sellers.people[0]
    await observe(*facts_of(person, sales="1260000", conversion=55, teamwork="85"))
    await archive.tell(person, (sellers.department_id, date(2026, 7, 1), None))
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000))
    await publish_version(wiring, sellers, 2)
    await observe(make_observation(subject_id=person, value="5"))
    await freeze(wiring, sellers)
    card = (await cards())[person]
    assert (card.result.state, card.result.total, card.result.segments) == ("ungraded", None, ())


async def test_a_new_version_reaches_who_moved_on(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, archive: Archive, observe: Observe
) -> None:
    """The first stretch weighs conversion more now: half of 64 and 40 % of 55 points are 54."""
    person, hr = sellers.people[0], bearer(make_hr(sellers.tenant_id))
    await observe(*facts_of(person, sales="1260000", conversion=55, teamwork="85"))
    await archive.move(person, date(2026, 4, 1))
    document = sales_scheme(sales=5000, conversion=4000)
    document["items"][0]["default_target"] = "1000000"
    await draft_version(wiring, sellers, 2, document)
    body = {"scheme_id": str(sellers.scheme_id), "version": 2}
    path = f"/v1/cycles/{sellers.cycle_id}/simulations"
    simulated = (await client.post(path, json=body, headers=hr)).json()["people"]
    answer = await client.post(
        f"/v1/schemes/{sellers.scheme_id}/versions/2/publication",
        json={"effect": "whole_cycle", "confirm_tightening": True},
        headers={**hr, "If-Match": '"1"'},
    )
    assert answer.status_code == 200, answer.text
    card = (await client.get(f"/v1/scorecards/{sellers.card_of(person)}", headers=hr)).json()
    assert [(each["scheme_version"], each["workdays"]) for each in card["segments"]] == [(2, 64), (1, 65)]
    assert [(line["points"], line["weight"]) for line in card["items"][:2]] == [("64", 5000), ("55", 4000)]
    explained = await client.get(f"/v1/scorecards/{sellers.card_of(person)}/explanation", headers=hr)
    assert Fraction(explained.json()["score"]["sum"]) == (Fraction(54) * 64 + 85 * 65) / 129
    after = {each["employee_id"]: each["after"]["total"] for each in simulated}
    assert after[str(person)] == card["total"]


async def test_the_archive_hears_of_each_metric_once_for_the_whole_cycle(
    wiring: Wiring, sellers: Sellers, archive: Archive, observe: Observe
) -> None:
    """Sales of both stretches in sales add up; of a rate and a rating the stretch with the most days speaks."""
    person, sales = sellers.people[0], sellers.department_id
    await observe(*facts_of(person, sales="1260000", conversion=55, teamwork="85"))
    april, may = date(2026, 4, 1), date(2026, 5, 4)
    await archive.tell(person, (sales, LONG_AGO.date(), april), (archive.service_id, april, may), (sales, may, None))
    await freeze(wiring, sellers)
    await publish(wiring, sellers)
    events = await published(wiring.database, sellers.tenant_id, ScorePublished)
    (event,) = [each for each in events if each["employee_id"] == str(person)]
    reached = {each["metric"]: each["actual"] for each in event["metrics"]}
    assert reached == {"sales": "1260000", "conversion_rate": "0.11", "teamwork": "85"}
    assert len(event["metrics"]) == len(reached)


async def test_numbers_of_a_department_reach_who_was_there_on_the_day(
    wiring: Wiring, sellers: Sellers, observe: Observe, archive: Archive, cards: Cards
) -> None:
    person, april = sellers.people[0], date(2026, 4, 1)
    await draft_version(wiring, sellers, 2, MARGIN)
    await publish_version(wiring, sellers, 2)
    await archive.move(person, april)
    for day, value in (("2026-02-02", "60"), ("2026-05-05", "-30")):
        await observe(
            make_observation(
                subject_kind="department", subject_id=sellers.department_id, measure="margin.amount",
                value=value, credit_date=day,
            )
        )  # fmt: skip
    found = await cards()
    assert found[person].result.items_of(0)[0].actual == Decimal(60)
    assert found[sellers.people[1]].result.items_of(0)[0].actual == Decimal(30)


async def test_a_past_result_is_told_to_whom_the_person_belongs_now(
    client: httpx.AsyncClient, sellers: Sellers, observe: Observe, archive: Archive, cards: Cards
) -> None:
    """As the scorecard is: authority goes by today's departments, whatever is asked for."""
    person = sellers.people[0]
    await observe(*facts_of(person, sales="1260000", conversion=55, teamwork="85"))
    then = (await cards())[person].scored_at
    await archive.move(person, date(2026, 4, 1))
    path = f"/v1/scorecards/{sellers.card_of(person)}"
    for department_id, status in ((sellers.department_id, 404), (archive.service_id, 200)):
        hr = bearer(make_hr(sellers.tenant_id, hr_departments=(department_id,)))
        for about in ("", "/explanation", "/items/sales/curve", "/items/sales/observations"):
            answer = await client.get(f"{path}{about}", params={"as_of": str(then)}, headers=hr)
            assert (about, answer.status_code) == (about, status)
