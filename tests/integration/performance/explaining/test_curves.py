"""Curves of scorecards, of scheme versions and of metrics."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.performance.wiring import Wiring
from tests.factories.access import make_hr, make_person
from tests.factories.installation import bearer
from tests.factories.performance import get
from tests.factories.sellers import Sellers, draft_version, publish_version, sales_scheme, three_facts
from tests.integration.performance.conftest import Observe

pytestmark = pytest.mark.anyio


async def test_a_curve_shows_the_persons_point_and_any_target(
    client: httpx.AsyncClient, sellers: Sellers, observe: Observe
) -> None:
    await observe(*three_facts(sellers))
    hr = make_hr(sellers.tenant_id)
    path = f"/v1/scorecards/{sellers.card_of(sellers.people[0])}/items"
    sales = await get(client, hr, f"{path}/sales/curve")
    assert sales["point"] == {"actual": "1260000", "piece": "beyond_anchor", "points": "64"}
    assert [piece["from"] for piece in sales["pieces"]] == [None, "1000000"]
    assert sales["svg"].startswith("<svg ")
    of_scheme = await get(client, hr, f"/v1/schemes/{sellers.scheme_id}/versions/1/items/sales/curve", target="500")
    assert (of_scheme["point"], of_scheme["pieces"][1]["from"]) == (None, "500")
    for name, found in (("luck", 404), ("sales", 422)):
        refused = await client.get(f"/v1/schemes/{sellers.scheme_id}/versions/1/items/{name}/curve", headers=bearer(hr))
        assert refused.status_code == found
    assert refused.json()["errors"][0]["pointer"] == "#/query/target"


async def test_a_curve_of_a_version_shows_what_any_actual_gives(client: httpx.AsyncClient, sellers: Sellers) -> None:
    hr = make_hr(sellers.tenant_id)
    path = f"/v1/schemes/{sellers.scheme_id}/versions/1/items"
    tried = await get(client, hr, f"{path}/sales/curve", target="500000", actual="750000")
    assert tried["point"] == {"actual": "750000", "piece": "beyond_anchor", "points": "64"}
    assert "64 @ 750000" in tried["svg"]
    assert (await get(client, hr, f"{path}/teamwork/curve", actual="0"))["point"]["points"] == "0"
    refused = await client.get(f"{path}/teamwork/curve", params={"actual": "100.1"}, headers=bearer(hr))
    assert (refused.status_code, refused.json()["code"]) == (422, "actual_off_scale")
    assert refused.json()["errors"][0]["pointer"] == "#/query/actual"


async def curves_of(client: httpx.AsyncClient, sellers: Sellers, metric: str, **asked: str) -> list[Any]:
    person = make_person(sellers.tenant_id, sellers.people[0])
    ids = {each["key"]: each["id"] for each in (await get(client, person, "/v1/metrics"))["data"]}
    found = await get(client, person, f"/v1/metrics/{ids[metric]}/curves", **asked)
    return list(found["data"])


async def test_a_metric_shows_by_which_rules_it_counts_in_the_schemes_in_force(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers
) -> None:
    (found,) = await curves_of(client, sellers, "sales", target="500000", actual="750000")
    assert (UUID(found["scheme_id"]), found["version"]) == (sellers.scheme_id, 1)
    (use,) = found["uses"]
    assert (use["item"], use["role"], use["weight"], use["undefined"]) == ("sales", "weighted", 6000, None)
    assert use["curve"]["point"] == {"actual": "750000", "piece": "beyond_anchor", "points": "64"}
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000))
    assert [each["version"] for each in await curves_of(client, sellers, "sales")] == [1]
    await publish_version(wiring, sellers, 2)
    (found,) = await curves_of(client, sellers, "sales")
    assert (found["version"], found["uses"][0]["weight"]) == (2, 5000)


async def test_what_no_curve_can_show_is_told_rule_by_rule(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers
) -> None:
    veto = {
        "key": "no_sales",
        "name": "No sales",
        "metric": "sales",
        "when": {"below": {"value": "1"}},
        "scope": {"kind": "total"},
        "effect": {"kind": "zero"},
    }
    await draft_version(wiring, sellers, 2, {**sales_scheme(), "vetoes": [veto]})
    await publish_version(wiring, sellers, 2)
    (found,) = await curves_of(client, sellers, "sales", actual="0")
    item, condition = found["uses"]
    assert (item["curve"], item["undefined"]["code"]) == (None, "target_unusable")
    assert (condition["role"], condition["curve"]["point"]["points"]) == ("veto", "1")
    (found,) = await curves_of(client, sellers, "teamwork", actual="100.1")
    assert [use["undefined"]["code"] for use in found["uses"]] == ["actual_off_scale"]


async def test_a_metric_that_is_not_there_has_no_curves(client: httpx.AsyncClient, sellers: Sellers) -> None:
    answer = await client.get(f"/v1/metrics/{uuid4()}/curves", headers=bearer(make_hr(sellers.tenant_id)))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
