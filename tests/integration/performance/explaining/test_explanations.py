"""Explanations that add up, where observations counted, and results of the past."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.performance.wiring import Wiring
from tests.factories.access import make_hr, make_person
from tests.factories.installation import bearer
from tests.factories.performance import get, make_observation
from tests.factories.procedure import SALES
from tests.factories.sellers import (
    Sellers,
    draft_version,
    freeze,
    publish,
    publish_version,
    redefine,
    sales_scheme,
    set_targets,
    three_facts,
)
from tests.integration.performance.conftest import Observe

pytestmark = pytest.mark.anyio


async def test_an_explanation_adds_up_to_the_total(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    await observe(*three_facts(sellers))
    await set_targets(wiring, sellers, "1200000")
    hr = make_hr(sellers.tenant_id)
    for person in sellers.people:
        path = f"/v1/scorecards/{sellers.card_of(person)}"
        card, explained = await get(client, hr, path), await get(client, hr, f"{path}/explanation")
        lines = explained["score"]["segments"][0]["items"]
        assert sum(Fraction(line["points"]) * line["weight"] for line in lines) / 10000 == Fraction(card["total"])
        assert [line["actual"] for line in lines] == [item["actual"] for item in card["items"]]
        assert lines[0]["sentence"].keys() == {"zh", "en"}
        orders = explained["sources"][0]["sides"][0]
        assert (orders["rows"], orders["truncated"]) == (2, False)
        counted = sum(Decimal(each["value"]) for each in orders["observations"])
        assert counted == Decimal(orders["value"]) == Decimal(card["items"][0]["actual"])


async def test_dimensions_are_told_with_the_explanation_and_in_the_report(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    """63.40 is 64 of sales at 60 % and 55 of conversion at 30 %, which are results, and 85 of teamwork at 10 %."""
    document = sales_scheme()
    for item, dimension in zip(document["items"], ("业绩", "业绩", "态度"), strict=True):
        item["dimension"] = dimension
    await draft_version(wiring, sellers, 2, document)
    await publish_version(wiring, sellers, 2)
    await observe(*three_facts(sellers))
    person, hr = sellers.people[0], make_hr(sellers.tenant_id)
    path = f"/v1/scorecards/{sellers.card_of(person)}/explanation"
    score = (await get(client, hr, path))["score"]
    shown = [(each["key"], each["weight"], each["points"], each["contribution"]) for each in score["dimensions"]]
    assert shown == [("业绩", 9000, "61", "54.9"), ("态度", 1000, "85", "8.5")]
    assert sum(Fraction(each["contribution"]) for each in score["dimensions"]) == Fraction(score["sum"])
    assert score["dimensions"][1]["sentence"]["zh"] == "态度：权重 10%，加权平均 85 分，计入合计 8.5 分。"
    await freeze(wiring, sellers)
    await publish(wiring, sellers)
    (report,) = (await get(client, make_person(sellers.tenant_id, person), "/v1/reports"))["data"]
    assert report["dimensions"] == (await get(client, hr, path))["score"]["dimensions"] == score["dimensions"]


async def test_the_smallest_numbers_are_shown_in_plain_digits(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    person, hr = sellers.people[0], make_hr(sellers.tenant_id)
    await observe(make_observation(subject_id=person, value="2.0e-8"))
    await set_targets(wiring, sellers, "0.0000001")
    path = f"/v1/scorecards/{sellers.card_of(person)}"
    card, explained = await get(client, hr, path), await get(client, hr, f"{path}/explanation")
    past = (await get(client, hr, f"{path}/results"))["data"][-1]
    targets = (await get(client, hr, f"/v1/cycles/{sellers.cycle_id}/targets"))["data"]
    assert [(each["items"][0]["actual"], each["items"][0]["target"]) for each in (card, past)] == [
        ("0.00000002", "0.0000001")
    ] * 2
    assert {each["value"] for each in targets} == {"0.0000001"}
    side = explained["sources"][0]["sides"][0]
    assert (side["value"], side["observations"][0]["value"]) == ("0.000000020", "0.000000020")
    assert "E-" not in json.dumps([card, past, targets, explained])


async def test_a_bounded_list_says_that_there_is_more(
    client: httpx.AsyncClient, sellers: Sellers, observe: Observe
) -> None:
    await observe(*three_facts(sellers))
    path = f"/v1/scorecards/{sellers.card_of(sellers.people[0])}/explanation"
    explained = await get(client, make_hr(sellers.tenant_id), path, observations=1)
    orders = explained["sources"][0]["sides"][0]
    assert (orders["rows"], len(orders["observations"]), orders["truncated"]) == (2, 1, True)


async def test_every_observation_behind_a_line_is_listed_page_by_page(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    await observe(*three_facts(sellers))
    hr, path = make_hr(sellers.tenant_id), f"/v1/scorecards/{sellers.card_of(sellers.people[0])}/items"
    orders: list[dict[str, Any]] = []
    params: dict[str, Any] = {"limit": 1}
    while "cursor" not in params or params["cursor"] is not None:
        page = await get(client, hr, f"{path}/sales/observations", **params)
        assert len(page["data"]) == 1
        orders += page["data"]
        params["cursor"] = page["next_cursor"]
    assert [(each["credit_date"], each["value"]) for each in orders] == [
        ("2026-02-02", "630000"),
        ("2026-05-05", "630000"),
    ]
    won = await get(client, hr, f"{path}/conversion/observations", role="numerator")
    assert [(each["cohort_date"], each["value"]) for each in won["data"]] == [("2026-03-01", "55")]
    await freeze(wiring, sellers)
    await observe(make_observation(subject_id=sellers.people[0]))
    frozen = await get(client, hr, f"{path}/sales/observations")
    assert [each["observation_id"] for each in frozen["data"]] == [each["observation_id"] for each in orders]


async def test_what_counts_for_a_department_is_listed_for_who_reaches_it(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    await redefine(wiring, sellers, {**SALES, "level": "department"})
    path = f"/v1/scorecards/{sellers.card_of(sellers.people[0])}/items/sales/observations"
    department_id = (await get(client, make_hr(sellers.tenant_id), path.partition("/items")[0]))["department_id"]
    await observe(make_observation(subject_kind="department", subject_id=department_id))
    assert len((await get(client, make_hr(sellers.tenant_id), path))["data"]) == 1
    refused = await client.get(path, headers=bearer(make_person(sellers.tenant_id, sellers.people[0])))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


@pytest.mark.parametrize(
    ("item", "params"),
    [("luck", {}), ("sales", {"role": "numerator"}), ("conversion", {}), ("sales", {"segment": 1})],
)
async def test_what_no_line_counts_is_not_listed(
    client: httpx.AsyncClient, sellers: Sellers, observe: Observe, item: str, params: dict[str, Any]
) -> None:
    await observe(*three_facts(sellers))
    path = f"/v1/scorecards/{sellers.card_of(sellers.people[0])}/items/{item}/observations"
    answer = await client.get(path, params=params, headers=bearer(make_hr(sellers.tenant_id)))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_an_observation_says_where_it_counted_or_why_not(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    person = sellers.people[0]
    order = make_observation(subject_id=person)
    orphan = make_observation(subject_id=person, measure="lead.won")
    await observe(order, orphan)
    await freeze(wiring, sellers)
    late = make_observation(subject_id=person)
    await observe(late)
    hr = make_hr(sellers.tenant_id)
    fates = {}
    for name, item in {"order": order, "orphan": orphan, "late": late}.items():
        found = await get(client, hr, f"/v1/observations/{item.observation_id}/uses")
        fates[name] = [(use["item"], use["role"], use["fate"], use["counted"]) for use in found["uses"]]
    assert fates == {
        "order": [("sales", "value", "counted", True)],
        "orphan": [("conversion", "numerator", "no_cohort_date", False)],
        "late": [("sales", "value", "late", False)],
    }
    path = f"/v1/observations/{order.observation_id}/uses"
    colleague = make_person(sellers.tenant_id, sellers.people[1])
    assert (await client.get(path, headers=bearer(colleague))).status_code == 404
    assert (await client.get(f"/v1/observations/{uuid4()}/uses", headers=bearer(hr))).status_code == 404


async def test_any_past_result_is_shown_and_explained_as_it_was(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    person, hr = sellers.people[0], make_hr(sellers.tenant_id)
    path = f"/v1/scorecards/{sellers.card_of(person)}"
    for fact in three_facts(sellers)[:5]:
        await observe(fact)
    await set_targets(wiring, sellers, "1200000")
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000))
    await publish_version(wiring, sellers, 2)
    await observe(make_observation(subject_id=person, value="77777"))
    history = (await get(client, hr, f"{path}/results"))["data"]
    assert len(history) > 6
    for past in history:
        shown = await get(client, hr, path, as_of=past["recorded_at"])
        explained = await get(client, hr, f"{path}/explanation", as_of=past["recorded_at"])
        assert {name: shown[name] for name in ("sequence", "total", "items", "input_hash")} == {
            name: past[name] for name in ("sequence", "total", "items", "input_hash")
        }
        assert (explained["sequence"], explained["score"]["total"]) == (past["sequence"], past["total"])
        for line in explained["score"]["segments"][0]["items"]:
            curve = (
                await client.get(
                    f"{path}/items/{line['key']}/curve", params={"as_of": past["recorded_at"]}, headers=bearer(hr)
                )
            ).json()
            if line["working"] is not None:
                assert (curve["point"]["actual"], curve["cap"]) == (line["working"]["actual"], line["working"]["cap"])
                assert curve["target"] in {None, line["target"]}
            sides = next(each for each in explained["sources"] if each["metric"] == line["metric"])["sides"]
            if line["metric"] == "sales" and line["actual"] is not None:
                assert Decimal(sides[0]["value"] or 0) == Decimal(line["actual"])
    for shown_before in (path, f"{path}/items/sales/curve"):
        before = await client.get(shown_before, params={"as_of": "2001-01-01T00:00:00Z"}, headers=bearer(hr))
        assert (before.status_code, before.json()["code"]) == (404, "not_found")
