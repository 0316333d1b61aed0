"""A version of a scheme that scores from a day on: days before it stay with the former one, to the last digit."""

from fractions import Fraction
from typing import Any

import httpx
import pytest

from services.performance.wiring import Wiring
from shared.contracts.procedure import SchemePublished
from shared.contracts.scores import ScoresChanged
from tests.factories.access import make_hr
from tests.factories.events import published
from tests.factories.installation import bearer
from tests.factories.performance import make_observation
from tests.factories.sellers import Sellers, draft_version, freeze, publish, publish_version, set_targets
from tests.integration.performance.conftest import Cards, Observe

pytestmark = pytest.mark.anyio
FROM_APRIL = {"effect": "from_date", "effective_on": "2026-04-01", "confirm_tightening": True}
Json = dict[str, Any]


def by_sales(cap: str) -> Json:
    rule = {"kind": "ratio", "cap": cap}
    return {"items": [{"key": "sales", "name": "Sales", "metric": "sales", "weight": 10_000, "rule": rule}]}


class Publisher:
    """HR that publishes the next version of the sellers' scheme."""

    def __init__(self, client: httpx.AsyncClient, sellers: Sellers) -> None:
        self.client = client
        self.sellers = sellers
        self.hr = bearer(make_hr(sellers.tenant_id))

    async def publish(self, number: int, body: Json) -> httpx.Response:
        path = f"/v1/schemes/{self.sellers.scheme_id}/versions/{number}/publication"
        return await self.client.post(path, json=body, headers={**self.hr, "If-Match": '"1"'})

    async def get(self, path: str) -> Json:
        answer = await self.client.get(path, headers=self.hr)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    async def card(self) -> Json:
        return await self.get(f"/v1/scorecards/{self.sellers.card_of(self.sellers.people[0])}")


@pytest.fixture
async def publisher(client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe) -> Publisher:
    """Give HR of somebody who is asked for 640,000 until April and for 650,000 from then on: 80 and 90 per cent."""
    await draft_version(wiring, sellers, 2, by_sales("100"))
    await publish_version(wiring, sellers, 2)
    await set_targets(wiring, sellers, "1290000")
    sold = (("2026-02-02", "512000"), ("2026-05-05", "585000"))
    await observe(*(make_observation(subject_id=sellers.people[0], credit_date=day, value=how) for day, how in sold))
    await draft_version(wiring, sellers, 3, by_sales("60"))
    return Publisher(client, sellers)


async def test_each_part_is_scored_by_what_held_then(wiring: Wiring, sellers: Sellers, publisher: Publisher) -> None:
    """80 points over 64 workdays and 60, instead of 90, over 65: 9020 by 129 is 69.92."""
    assert (await publisher.card())["total"] == "85.04"
    answer = await publisher.publish(3, FROM_APRIL)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["effect"], answer.json()["effective_on"]) == ("from_date", "2026-04-01")
    card = await publisher.card()
    assert [(each["scheme_version"], each["workdays"]) for each in card["segments"]] == [(2, 64), (3, 65)]
    assert [line["points"] for line in card["items"]] == ["80", "60"]
    assert (card["total"], card["scheme_version"]) == ("69.92", 3)
    explained = await publisher.get(f"/v1/scorecards/{card['id']}/explanation")
    assert Fraction(explained["score"]["sum"]) == Fraction(9020, 129)
    event = (await published(wiring.database, sellers.tenant_id, SchemePublished))[-1]
    assert (event["effect"], event["effective_on"], event["employee_count"]) == ("from_date", "2026-04-01", 3)
    assert (await published(wiring.database, sellers.tenant_id, ScoresChanged))[-1]["cause"]["kind"] == "scheme"


async def test_what_is_frozen_and_published_keeps_both_parts(
    wiring: Wiring, sellers: Sellers, publisher: Publisher
) -> None:
    await publisher.publish(3, FROM_APRIL)
    await freeze(wiring, sellers)
    await publish(wiring, sellers)
    card = await publisher.card()
    assert ([each["scheme_version"] for each in card["segments"]], card["total"]) == ([2, 3], "69.92")


async def test_another_version_cuts_what_the_former_one_had(
    wiring: Wiring, sellers: Sellers, publisher: Publisher
) -> None:
    await publisher.publish(3, FROM_APRIL)
    await draft_version(wiring, sellers, 4, by_sales("70"))
    later = {**FROM_APRIL, "effective_on": "2026-06-01"}
    assert (await publisher.publish(4, later)).status_code == 200
    assert [each["scheme_version"] for each in (await publisher.card())["segments"]] == [2, 3, 4]
    await draft_version(wiring, sellers, 5, by_sales("100"))
    assert (await publisher.publish(5, {"effect": "whole_cycle"})).status_code == 200
    card = await publisher.card()
    assert ([each["scheme_version"] for each in card["segments"]], card["total"]) == ([5], "85.04")


@pytest.mark.parametrize("effect", [{"effect": "whole_cycle"}, {"effect": "from_date", "effective_on": "2026-04-01"}])
async def test_who_would_lose_points_for_days_gone_by_loses_none_unless_it_is_meant(
    publisher: Publisher, cards: Cards, effect: Json
) -> None:
    before = await cards()
    refused = await publisher.publish(3, effect)
    assert (refused.status_code, refused.json()["code"]) == (409, "tightening_unconfirmed")
    assert await cards() == before
    version = await publisher.get(f"/v1/schemes/{publisher.sellers.scheme_id}/versions/3")
    assert (version["state"], version["effective_on"]) == ("draft", None)
    assert (await publisher.publish(3, {**effect, "confirm_tightening": True})).status_code == 200


async def test_whose_total_would_be_gone_loses_points_as_well(
    wiring: Wiring, sellers: Sellers, publisher: Publisher, cards: Cards
) -> None:
    """Nobody was rated: by a version that counts ratings alone nothing is left to show."""
    rating = {"key": "teamwork", "name": "Teamwork", "metric": "teamwork", "weight": 10_000, "rule": {"kind": "rating"}}
    await draft_version(wiring, sellers, 4, {"items": [rating]})
    before = await cards()
    refused = await publisher.publish(4, {"effect": "whole_cycle"})
    assert (refused.status_code, refused.json()["code"]) == (409, "tightening_unconfirmed")
    assert await cards() == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"effect": "from_date"}, "day_unfit"),
        ({"effect": "whole_cycle", "effective_on": "2026-04-01"}, "day_unfit"),
        ({"effect": "from_date", "effective_on": "2026-02-30"}, "date_from_datetime_parsing"),
    ],
)
async def test_a_day_that_does_not_fit_is_named(publisher: Publisher, body: Json, code: str) -> None:
    refused = await publisher.publish(3, body)
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["pointer"], error["code"]) == (422, "/effective_on", code)


async def test_a_first_version_scores_all_days_whichever_is_named(sellers: Sellers, publisher: Publisher) -> None:
    """A scheme for sellers takes the place of the department's: nothing of its own held before."""
    body = {"name": "Sellers", "department_ids": [str(sellers.department_id)]}
    document = {"position_ids": [str(sellers.position_id)], "document": by_sales("60")}
    made = await publisher.client.post("/v1/schemes", json=body | document, headers=publisher.hr)
    assert made.status_code == 201, made.text
    path = f"/v1/schemes/{made.json()['id']}/versions/1/publication"
    first = {"effect": "from_date", "effective_on": "2026-06-30"}
    headers = {**publisher.hr, "If-Match": '"1"'}
    refused = await publisher.client.post(path, json=first, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "tightening_unconfirmed")
    meant = await publisher.client.post(path, json={**first, "confirm_tightening": True}, headers=headers)
    assert meant.status_code == 200, meant.text
    card = await publisher.card()
    assert ([each["scheme_version"] for each in card["segments"]], card["total"]) == ([1], "60.00")


async def test_a_day_after_the_cycle_is_of_a_later_one(publisher: Publisher) -> None:
    answer = await publisher.publish(3, {"effect": "from_date", "effective_on": "2026-07-01"})
    assert answer.status_code == 200, answer.text
    assert [each["scheme_version"] for each in (await publisher.card())["segments"]] == [2]
