"""Somebody in two positions at once: each scheme has its part of the score, whatever else is asked about it."""

from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update

from services.performance.store.tables.procedure import cycles
from services.performance.wiring import Wiring
from shared.contracts.scores import ScorePublished
from tests.factories.access import make_hr
from tests.factories.events import published
from tests.factories.installation import bearer
from tests.factories.moves import Archive
from tests.factories.sellers import LONG_AGO, Sellers, facts_of, freeze, publish
from tests.integration.performance.conftest import Cards, Observe

pytestmark = pytest.mark.anyio
SINCE = LONG_AGO.date()


async def both(archive: Archive, sellers: Sellers, person: UUID, *, until: date | None = None) -> None:
    """Let somebody sell at 60 % and serve at 40 % of full time."""
    await archive.tell(person, (archive.service_id, SINCE, until, "0.4"), (sellers.department_id, SINCE, None, "0.6"))


async def card_of(client: httpx.AsyncClient, sellers: Sellers, person: UUID, about: str = "") -> dict[str, Any]:
    path = f"/v1/scorecards/{sellers.card_of(person)}{about}"
    answer = await client.get(path, headers=bearer(make_hr(sellers.tenant_id)))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_each_position_scores_its_part_of_the_days(
    client: httpx.AsyncClient, sellers: Sellers, observe: Observe, archive: Archive
) -> None:
    """In sales 64 · 60 % + 55 · 30 % + 85 · 10 % are 63.40, in service the rating of 85: 0.6 · 63.40 + 0.4 · 85."""
    person = sellers.people[0]
    await observe(*facts_of(person, sales="1260000", conversion=55, teamwork="85"))
    await both(archive, sellers, person)
    card = await card_of(client, sellers, person)
    assert (card["total"], card["state"], card["department_id"]) == ("72.04", "complete", str(sellers.department_id))
    assert [
        (each["department_id"], each["workdays"], each["fte"], each["allocation"]) for each in card["segments"]
    ] == [
        (str(archive.service_id), 129, "0.4", "0.4"),
        (str(sellers.department_id), 129, "0.6", "0.6"),
    ]
    score = (await card_of(client, sellers, person, "/explanation"))["score"]
    parts = [(Fraction(each["sum"]), each["workdays"] * Fraction(each["allocation"])) for each in score["segments"]]
    assert Fraction(score["sum"]) == sum(own * days for own, days in parts) / sum(days for _, days in parts)
    assert Fraction(score["sum"]) == Fraction("72.04")


async def test_what_stands_behind_an_item_is_that_of_its_own_position(
    client: httpx.AsyncClient, sellers: Sellers, observe: Observe, archive: Archive
) -> None:
    person = sellers.people[0]
    facts = facts_of(person, sales="1260000", conversion=55, teamwork="85")
    await observe(*facts)
    await both(archive, sellers, person)
    for segment in (0, 1):
        about = f"/items/teamwork/observations?segment={segment}"
        assert [each["value"] for each in (await card_of(client, sellers, person, about))["data"]] == ["85"]
    hr = bearer(make_hr(sellers.tenant_id))
    rating = next(each for each in facts if each.measure == "feedback.teamwork")
    uses = (await client.get(f"/v1/observations/{rating.observation_id}/uses", headers=hr)).json()["uses"]
    assert [(each["item"], each["segment"], each["fate"]) for each in uses] == [
        ("teamwork", 0, "counted"),
        ("teamwork", 1, "counted"),
    ]
    order = (await client.get(f"/v1/observations/{facts[0].observation_id}/uses", headers=hr)).json()["uses"]
    assert [(each["item"], each["segment"], each["fate"]) for each in order] == [("sales", 1, "counted")]


async def test_a_position_that_ends_is_a_segment_of_its_days(
    client: httpx.AsyncClient, sellers: Sellers, observe: Observe, archive: Archive
) -> None:
    person = sellers.people[0]
    await observe(*facts_of(person, sales="1260000", conversion=55, teamwork="85"))
    await both(archive, sellers, person, until=date(2026, 4, 1))
    segments = (await card_of(client, sellers, person))["segments"]
    assert [(each["workdays"], each["allocation"]) for each in segments] == [(64, "0.4"), (64, "0.6"), (65, "1")]


async def test_a_cycle_that_knows_the_principal_position_alone_scores_by_that(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe, archive: Archive
) -> None:
    person = sellers.people[0]
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await uow.tx.execute(update(cycles).values(positions="principal"))
        await uow.commit()
    await observe(*facts_of(person, sales="1260000", conversion=55, teamwork="85"))
    await both(archive, sellers, person)
    card = await card_of(client, sellers, person)
    assert (card["total"], [each["allocation"] for each in card["segments"]]) == ("63.40", ["1"])


async def test_a_frozen_card_keeps_its_parts_and_the_archive_hears_of_each_metric_once(
    wiring: Wiring, sellers: Sellers, observe: Observe, archive: Archive, cards: Cards
) -> None:
    person = sellers.people[0]
    await observe(*facts_of(person, sales="1260000", conversion=55, teamwork="85"))
    await both(archive, sellers, person)
    before = (await cards())[person].result
    await freeze(wiring, sellers)
    await archive.tell(person, (sellers.department_id, SINCE, None))
    await publish(wiring, sellers)
    after = (await cards())[person].result
    assert (after.segments, after.total) == (before.segments, before.total)
    events = await published(wiring.database, sellers.tenant_id, ScorePublished)
    (event,) = [each for each in events if each["employee_id"] == str(person)]
    assert {each["metric"]: each["actual"] for each in event["metrics"]} == {
        "sales": "1260000",
        "conversion_rate": "0.11",
        "teamwork": "85",
    }
