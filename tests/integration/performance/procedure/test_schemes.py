"""Schemes: documents that are checked as a whole, versions that never change, publications that take effect."""

from typing import Any

import pytest

from shared.contracts.procedure import SchemePublished
from shared.contracts.scores import ScoresChanged
from tests.factories.procedure import CONVERSION, SALES, STEPS, make_item, make_scheme_document
from tests.factories.procedure_company import Company, Json

pytestmark = pytest.mark.anyio
BANDS: Json = {"kind": "bands", "bands": []}


async def define(company: Company) -> None:
    for metric in (SALES, CONVERSION):
        await company.send("POST", "/v1/metrics", metric, by=company.hr)


async def create(company: Company, **overrides: Any) -> Json:
    body = {"name": "Sellers", "document": make_scheme_document(), **overrides}
    created: Json = await company.send("POST", "/v1/schemes", body, by=company.hr)
    return created


async def test_a_scheme_begins_as_a_draft_and_says_what_reaching_every_target_gives(company: Company) -> None:
    await define(company)
    scheme = await create(company)
    assert (scheme["on_target_score"], scheme["newest_version"], scheme["current_version"]) == ("72.00", 1, None)
    read = await company.send("GET", f"/v1/schemes/{scheme['id']}", by=company.person("s1"))
    version = await company.send("GET", f"/v1/schemes/{scheme['id']}/versions/1", by=company.person("s1"))
    assert read == scheme
    assert (version["state"], version["version"], version["on_target_score"]) == ("draft", 1, "72.00")
    assert version["document"]["items"][0]["rule"]["anchor"] == {"of_target": "1"}


@pytest.mark.parametrize(
    ("document", "pointer", "code"),
    [
        ({"items": [make_item("sales", 9000)]}, "/document/items", "weights_not_whole"),
        ({"items": [make_item("charm", 10_000)]}, "/document/items/0/metric", "metric_unknown"),
        ({"items": []}, "/document/items", "list_invalid"),
        (
            {"items": [make_item("sales", 10_000, rule={**STEPS, "unit": {"value": "0"}})]},
            "/document/items/0/rule/unit/value",
            "unit_not_positive",
        ),
        (
            {"items": [make_item("sales", 10_000, rule={"kind": "ratio"}, default_target="0")]},
            "/document/items/0/default_target",
            "target_not_positive",
        ),
        (
            {"items": [make_item("sales", 10_000, rule={"kind": "magic"})]},
            "/document/items/0/rule/kind",
            "value_unknown",
        ),
    ],
)
async def test_a_wrong_document_names_the_wrong_place(
    company: Company, document: Json, pointer: str, code: str
) -> None:
    await define(company)
    body = {"name": "Sellers", "document": document}
    refused = await company.ask("POST", "/v1/schemes", body, by=company.hr)
    [error] = refused.json()["errors"]
    assert (refused.status_code, error["pointer"], error["code"]) == (422, pointer, code)
    assert (await company.send("GET", "/v1/schemes", by=company.hr))["data"] == []


async def test_bands_that_overlap_are_refused(company: Company) -> None:
    await define(company)
    bands = [{"from": None, "to": "60", "points": "40"}, {"from": "50", "to": None, "points": "100"}]
    document = {"items": [make_item("sales", 10_000, rule={"kind": "bands", "bands": bands})]}
    refused = await company.ask("POST", "/v1/schemes", {"name": "S", "document": document}, by=company.hr)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"].startswith("/document/items/0/rule/bands/")


async def test_a_published_version_never_changes(company: Company) -> None:
    scheme = await company.publish_scheme()
    path = f"/v1/schemes/{scheme['id']}/versions/1"
    edited = await company.ask("PUT", path, {"document": make_scheme_document()}, by=company.hr)
    again = await company.ask("POST", f"{path}/publication", {"effect": "next_cycle"}, by=company.hr)
    for refused in (edited, again):
        assert (refused.status_code, refused.json()["code"]) == (409, "version_published")


async def test_a_draft_is_rewritten_by_who_read_it_last(company: Company) -> None:
    await define(company)
    path = f"/v1/schemes/{(await create(company))['id']}/versions/1"
    body = {"document": make_scheme_document(points_basis="weight")}
    rewritten = await company.send("PUT", path, body, by=company.hr, If_Match='"1"')
    stale = await company.ask("PUT", path, body, by=company.hr, If_Match='"1"')
    assert (rewritten["sequence"], rewritten["document"]["points_basis"]) == (2, "weight")
    assert stale.status_code == 412


async def test_a_place_belongs_to_one_scheme(company: Company) -> None:
    await define(company)
    await create(company)
    refused = await company.ask(
        "POST", "/v1/schemes", {"name": "Twin", "document": make_scheme_document()}, by=company.hr
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "assignment_taken")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/department_ids"]
    elsewhere = [str(company.tenant.tenant_id)]
    unknown = await company.ask(
        "POST",
        "/v1/schemes",
        {"name": "Far", "department_ids": elsewhere, "document": make_scheme_document()},
        by=company.hr,
    )
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (404, "/department_ids/0")


async def test_a_scheme_in_the_wrong_place_is_moved_until_a_version_is_published(company: Company) -> None:
    await define(company)
    wrong, right = str(company.departments["HR"]), str(company.departments["SALES"])
    scheme = await create(company, department_ids=[wrong])
    path = f"/v1/schemes/{scheme['id']}"

    async def patch(tag: int, **changes: Any) -> Any:
        answer = await company.ask("PATCH", path, changes, by=company.hr, If_Match=f'"{tag}"')
        return answer.headers["etag"] if answer.is_success else (answer.status_code, answer.json()["code"])

    assert await patch(1, department_ids=[right, right]) == '"2"'
    assert await patch(1, name="Late") == (412, "version_changed")
    assert await patch(2, department_ids=[str(company.tenant.tenant_id)]) == (404, "department_not_found")
    assert (await create(company, department_ids=[wrong]))["department_ids"] == [wrong], "it is free again"
    assert await patch(2, department_ids=[wrong]) == (409, "assignment_taken")
    moved = await company.send("GET", path, by=company.hr)
    assert (moved["department_ids"], moved["name"], moved["newest_version"]) == ([right], "Sellers", 1)
    await company.send("POST", f"{path}/versions/1/publication", {"effect": "next_cycle"}, by=company.hr)
    assert await patch(2, position_ids=[]) == (409, "scheme_published")


async def test_the_most_specific_scheme_scores(company: Company) -> None:
    general = await company.publish_scheme(name="Everybody", position_ids=[])
    of_sellers = await company.publish_scheme()
    cycle = await company.open_cycle()
    cards = (await company.send("GET", f"/v1/scorecards?cycle_id={cycle['id']}", by=company.hr))["data"]
    by_person = {card["employee_id"]: card["scheme_id"] for card in cards}
    assert by_person[str(company.people["s1"])] == of_sellers["id"]
    assert by_person[str(company.people["hr_staff"])] == general["id"]


async def new_version(company: Company, scheme: Json, *, sales: int, **declared: str) -> Json:
    document = make_scheme_document()
    document["items"][0]["weight"], document["items"][1]["weight"] = sales, 10_000 - sales
    path = f"/v1/schemes/{scheme['id']}/versions"
    version = await company.send("POST", path, {"document": document}, by=company.hr)
    published: Json = await company.send("POST", f"{path}/{version['version']}/publication", declared, by=company.hr)
    return published


OWN_WEIGHTS = {"sales": 9000, "conversion_rate": 1000}


async def approved_plan(company: Company, scheme: Json, cycle: Json) -> Json:
    """Let the sales department weigh the scheme's items in its own way, and HR approve it."""
    plan, head = await company.plan(cycle, "SALES"), company.person("sales_head")
    own = {"scheme_id": scheme["id"], "weights": OWN_WEIGHTS}
    await company.send("PUT", f"/v1/plans/{plan['id']}/weights", own, by=head)
    await company.send("POST", f"/v1/plans/{plan['id']}/submission", by=head)
    await company.send("POST", f"/v1/plans/{plan['id']}/approval", by=company.hr)
    return plan


async def weights_scored(company: Company, cycle: Json) -> set[tuple[int, ...]]:
    cards = (await company.send("GET", f"/v1/scorecards?cycle_id={cycle['id']}", by=company.hr))["data"]
    return {tuple(item["weight"] for item in card["items"]) for card in cards if card["items"]}


async def test_a_version_for_the_whole_cycle_rescores_and_drops_outdated_weights(company: Company) -> None:
    scheme = await company.publish_scheme()
    cycle = await company.open_cycle()
    plan = await approved_plan(company, scheme, cycle)
    assert await weights_scored(company, cycle) == {(9000, 1000)}
    await new_version(company, scheme, sales=5000, effect="whole_cycle")
    assert await weights_scored(company, cycle) == {(5000, 5000)}
    told = (await company.published(SchemePublished))[-1]
    assert (told["employee_count"], told["dropped_plan_ids"]) == (3, [plan["id"]])
    assert [(change["previous"], change["weight"]) for change in told["weights"]] == [(7000, 5000), (3000, 5000)]
    assert (await company.published(ScoresChanged))[-1]["cause"]["kind"] == "scheme"
    assert (await company.plan(cycle, "SALES"))["state"] == "approved"


async def test_weights_of_a_department_hold_on_for_the_days_before_a_version(company: Company) -> None:
    scheme = await company.publish_scheme()
    cycle = await company.open_cycle()
    plan = await approved_plan(company, scheme, cycle)
    await new_version(company, scheme, sales=5000, effect="from_date", effective_on="2026-04-01")
    assert await weights_scored(company, cycle) == {(9000, 1000, 5000, 5000)}
    told = (await company.published(SchemePublished))[-1]
    assert (told["effective_on"], told["dropped_plan_ids"]) == ("2026-04-01", [plan["id"]])
    shown = await company.send("GET", f"/v1/plans/{plan['id']}", by=company.hr)
    kept = {f"{scheme['id']}/1": OWN_WEIGHTS}
    assert (shown["weights"], shown["former_weights"]) == ({}, kept)
    assert (await company.plan(cycle, "SALES"))["former_weights"] == kept
    (used,) = shown["schemes"]
    assert (used["version"], [each["weight"] for each in used["items"]]) == (2, [5000, 5000])
    await new_version(company, scheme, sales=5000, effect="from_date", effective_on="2026-05-01")
    assert await weights_scored(company, cycle) == {(9000, 1000, 5000, 5000, 5000, 5000)}


async def test_a_cycle_opened_later_is_cut_by_a_version_from_a_day_within_it(company: Company) -> None:
    scheme = await company.publish_scheme()
    await new_version(company, scheme, sales=5000, effect="from_date", effective_on="2026-04-01")
    assert await weights_scored(company, await company.open_cycle()) == {(7000, 3000, 5000, 5000)}


async def test_a_version_for_the_next_cycle_leaves_this_one_alone(company: Company) -> None:
    scheme = await company.publish_scheme()
    cycle = await company.open_cycle()
    await new_version(company, scheme, sales=5000, effect="next_cycle")
    assert await weights_scored(company, cycle) == {(7000, 3000)}
    assert (await company.published(SchemePublished))[-1]["employee_count"] == 0
    following = {"starts_on": "2026-07-01", "ends_on": "2027-01-01", "plan_due_on": "2026-07-20"}
    later = await company.open_cycle(name="2026 H2", **following)
    assert await weights_scored(company, later) == {(5000, 5000)}


async def test_a_metric_in_use_changes_its_name_only(company: Company) -> None:
    await company.publish_scheme()
    metrics = (await company.send("GET", "/v1/metrics", by=company.hr))["data"]
    path = f"/v1/metrics/{next(metric['id'] for metric in metrics if metric['key'] == 'sales')}"
    refused = await company.ask("PATCH", path, {"measure": "refund.amount"}, by=company.hr)
    renamed = await company.send("PATCH", path, {"name": "Turnover"}, by=company.hr)
    assert (refused.status_code, refused.json()["code"]) == (409, "metric_in_use")
    assert renamed["name"] == "Turnover"
