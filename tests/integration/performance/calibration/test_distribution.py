"""A forced distribution over HTTP: quotas as data, what they are in people, and who lies where a grade ends."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.performance.wiring import Wiring
from shared.core.access import Principal
from tests.factories.access import make_admin, make_client, make_hr, make_person
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.sellers import Sellers, facts_of, freeze, publish, three_facts
from tests.factories.tenancy import make_tenant
from tests.integration.performance.conftest import Observe

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


def company(*quotas: tuple[str, str, int], **more: Any) -> Json:
    listed = [{"grade": grade, "kind": kind, "share": share} for grade, kind, share in quotas]
    return {"name": "Everybody", "kind": "company", "quotas": listed, **more}


@pytest.fixture
def hr(sellers: Sellers) -> Principal:
    return make_hr(sellers.tenant_id)


@pytest.fixture
def path(sellers: Sellers) -> str:
    return f"/v1/cycles/{sellers.cycle_id}/distribution"


async def put(client: httpx.AsyncClient, who: Principal, path: str, *populations: Json, **more: Any) -> httpx.Response:
    headers = bearer(who) | more.pop("headers", {})
    return await client.put(f"{path}-policy", json={"populations": list(populations), **more}, headers=headers)


async def show(client: httpx.AsyncClient, who: Principal, path: str) -> list[Json]:
    answer = await client.get(path, headers=bearer(who))
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["populations"]
    return found


async def test_too_many_good_ones_are_named_with_who_lies_at_the_boundary(
    client: httpx.AsyncClient, hr: Principal, path: str, sellers: Sellers, observe: Observe
) -> None:
    """Totals are 63.40, 81.90 and 75.20: fair, good, fair; a third of three people should be excellent."""
    await observe(*three_facts(sellers))
    third = company(("excellent", "exact", 3334), ("good", "max", 3333))
    assert (await put(client, hr, path, third)).status_code == 200
    (group,) = await show(client, hr, path)
    counts = {each["grade"]: (each["people"], each["required"], each["over"]) for each in group["grades"]}
    assert counts == {"excellent": (0, 1, -1), "good": (1, 1, 0), "fair": (2, None, 0), "poor": (0, None, 0)}
    assert (group["graded"], group["applies"], group["satisfied"], group["possible"]) == (3, True, False, True)
    first, second, _ = (str(sellers.people[at]) for at in (1, 2, 0))
    assert [(each["employee_id"], each["proposed"]) for each in group["moves"]] == [(first, ["excellent"])]
    (edge,) = group["boundaries"]
    assert (edge["better"], edge["worse"]) == ("excellent", "fair")
    assert [each["employee_id"] for each in edge["people"]] == [first, second]


@pytest.mark.parametrize(
    ("ties", "proposed"), [("up", [["good"]] * 2), ("down", [["fair"]] * 2), ("flag", [["good", "fair"]] * 2)]
)
async def test_who_is_tied_moves_together_or_waits_for_a_decision(
    client: httpx.AsyncClient,
    hr: Principal,
    path: str,
    sellers: Sellers,
    observe: Observe,
    *,
    ties: str,
    proposed: list[list[str]],
) -> None:
    for person in sellers.people[:2]:
        await observe(*facts_of(person, sales="1730000", conversion=95, teamwork="90"))
    await observe(*facts_of(sellers.people[2], sales="1260000", conversion=55, teamwork="85"))
    await put(client, hr, path, company(("excellent", "max", 0), ("good", "exact", 3334)), ties=ties)
    (group,) = await show(client, hr, path)
    (edge,) = group["boundaries"][:1]
    tied = [each["proposed"] for each in edge["people"] if each["total"] == edge["people"][0]["total"]]
    assert tied == proposed


async def test_small_groups_are_held_to_nothing_and_say_so(
    client: httpx.AsyncClient, hr: Principal, path: str, sellers: Sellers, observe: Observe
) -> None:
    await observe(*three_facts(sellers))
    await put(client, hr, path, company(("excellent", "exact", 10_000), minimum_size=4))
    (group,) = await show(client, hr, path)
    assert (group["applies"], group["satisfied"], group["possible"]) == (False, None, None)
    assert [each["required"] for each in group["grades"]] == [None] * 4
    assert group["moves"] == group["boundaries"] == []


async def test_the_ungraded_leave_the_denominator(
    client: httpx.AsyncClient, hr: Principal, path: str, sellers: Sellers, observe: Observe
) -> None:
    await observe(*three_facts(sellers)[:10])
    await put(client, hr, path, company(("good", "max", 5000)))
    (group,) = await show(client, hr, path)
    assert (group["graded"], group["ungraded"], group["grades"][1]["required"]) == (2, 1, 1)


async def test_groups_are_shown_to_whom_reaches_all_of_them(
    client: httpx.AsyncClient, hr: Principal, path: str, sellers: Sellers
) -> None:
    department = {"name": "Sales", "kind": "department", "department_id": str(sellers.department_id)}
    level = {"name": "Each", "kind": "level", "level": 1}
    quotas = company(("excellent", "max", 2000))["quotas"]
    await put(
        client, hr, path, company(("excellent", "max", 2000)), *({**p, "quotas": quotas} for p in (department, level))
    )
    tenant = sellers.tenant_id
    seen = {
        "hr": hr,
        "payroll": make_client(tenant, "scores:read"),
        "head": make_person(tenant, sellers.head_id),
        "person": make_person(tenant, sellers.people[0]),
        "hr elsewhere": make_hr(tenant, hr_departments=(uuid4(),)),
    }
    names = {who: [group["name"] for group in await show(client, caller, path)] for who, caller in seen.items()}
    everything = ["Everybody", "Sales", "Each"]
    assert names == {"hr": everything, "payroll": everything, "head": everything, "person": [], "hr elsewhere": []}
    refused = await client.get(path, headers=bearer(make_client(tenant, "cycles:read")))
    assert refused.status_code == 403


async def test_another_tenant_finds_no_distribution(
    client: httpx.AsyncClient, hr: Principal, installation: Installation, path: str
) -> None:
    await put(client, hr, path, company(("excellent", "max", 2000)))
    other = make_tenant()
    await announce_tenant(installation, other)
    stranger = make_admin(other.tenant_id)
    answers = [
        await client.get(path, headers=bearer(stranger)),
        await client.get(f"{path}-policy", headers=bearer(stranger)),
        await put(client, stranger, path),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3


async def test_a_policy_is_versioned_and_ends_with_publication(
    client: httpx.AsyncClient, hr: Principal, wiring: Wiring, path: str, sellers: Sellers
) -> None:
    nothing = await client.get(f"{path}-policy", headers=bearer(hr))
    assert (nothing.json()["populations"], nothing.headers["etag"]) == ([], '"0"')
    first = await put(client, hr, path, company(("excellent", "max", 2000)), headers={"If-Match": '"0"'})
    late = await put(client, hr, path, headers={"If-Match": '"0"'})
    assert (first.headers["etag"], late.status_code) == ('"1"', 412)
    assert first.json() == (await client.get(f"{path}-policy", headers=bearer(hr))).json()
    confined = await put(client, make_hr(sellers.tenant_id, hr_departments=(sellers.department_id,)), path)
    assert confined.status_code == 403
    await freeze(wiring, sellers)
    await publish(wiring, sellers)
    over = await put(client, hr, path)
    assert (over.status_code, over.json()["code"]) == (409, "cycle_phase")


@pytest.mark.parametrize(
    ("population", "code", "pointer"),
    [
        (company(("superb", "max", 1)), "grade_unknown", "/populations/0/quotas/0/grade"),
        (company(("good", "max", 1), ("good", "min", 1)), "quota_duplicate", "/populations/0/quotas/1/grade"),
        (company(("good", "min", 5001), ("fair", "exact", 5000)), "quotas_impossible", "/populations/0/quotas"),
        (
            company(*((grade, "max", 2499) for grade in ("excellent", "good", "fair", "poor"))),
            "quotas_impossible",
            "/populations/0/quotas",
        ),
        (company(("good", "max", 1), level=1), "population_ambiguous", "/populations/0/level"),
        (company(("good", "max", 1), kind="department"), "population_ambiguous", "/populations/0/department_id"),
        (company(("good", "max", 10_001)), "request_invalid", "/populations/0/quotas/0/share"),
    ],
)
async def test_a_policy_that_cannot_be_met_is_refused_at_its_place(
    client: httpx.AsyncClient, hr: Principal, path: str, population: Json, *, code: str, pointer: str
) -> None:
    refused = await put(client, hr, path, population)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
