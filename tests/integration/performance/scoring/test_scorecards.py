"""Scorecards over HTTP: who sees which, and which runs they come from."""

from uuid import uuid4

import httpx
import pytest

from tests.factories.access import make_admin, make_client, make_hr, make_person
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.performance import get
from tests.factories.sellers import Sellers, three_facts
from tests.factories.tenancy import make_tenant
from tests.integration.performance.conftest import Observe

pytestmark = pytest.mark.anyio


async def test_everybody_sees_whom_they_may(client: httpx.AsyncClient, sellers: Sellers) -> None:
    own, other, _ = sellers.people
    hr_elsewhere = make_hr(sellers.tenant_id, hr_departments=(uuid4(),))
    seen = {
        "person": make_person(sellers.tenant_id, own),
        "head": make_person(sellers.tenant_id, sellers.head_id),
        "hr": make_hr(sellers.tenant_id),
        "hr elsewhere": hr_elsewhere,
        "payroll": make_client(sellers.tenant_id, "scores:read"),
    }
    counts = {name: len((await get(client, who, "/v1/scorecards"))["data"]) for name, who in seen.items()}
    assert counts == {"person": 1, "head": 3, "hr": 3, "hr elsewhere": 0, "payroll": 3}
    hidden = f"/v1/scorecards/{sellers.card_of(other)}"
    for path in (hidden, f"{hidden}/explanation", f"{hidden}/results"):
        refused = await client.get(path, headers=bearer(seen["person"]))
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


async def test_another_tenant_and_a_scope_of_something_else_see_nothing(
    client: httpx.AsyncClient, installation: Installation, sellers: Sellers
) -> None:
    other = make_tenant()
    await announce_tenant(installation, other)
    path = f"/v1/scorecards/{sellers.card_of(sellers.people[0])}"
    assert (await client.get(path, headers=bearer(make_admin(other.tenant_id)))).status_code == 404
    stranger = make_client(sellers.tenant_id, "observations:write")
    assert (await client.get(path, headers=bearer(stranger))).status_code == 403


async def test_runs_say_why_and_how_many(client: httpx.AsyncClient, sellers: Sellers, observe: Observe) -> None:
    await observe(*three_facts(sellers))
    runs = await get(client, make_hr(sellers.tenant_id), "/v1/score-runs", cycle_id=str(sellers.cycle_id))
    assert [(run["cause_kind"], run["scored"], run["changed"]) for run in runs["data"]] == [
        ("cycle", 3, 3),
        ("observations", 3, 3),
    ]
