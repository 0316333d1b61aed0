"""Accounts and sessions: people log in, administrators appoint, nobody else does."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.gateway.wiring import Wiring
from shared.kit.auth.tokens import Verifier
from tests.factories.access import make_admin, make_client, make_hr
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.organisation import make_department, make_employee
from tests.factories.tenancy import make_tenant
from tests.factories.waiting import eventually
from tests.integration.gateway.conftest import Archive

pytestmark = pytest.mark.anyio

PASSWORD = "a long enough one"
Headers = dict[str, str]


async def create(client: httpx.AsyncClient, admin: Headers, username: str, **fields: Any) -> dict[str, Any]:
    body = {"username": username, "password": PASSWORD, **fields}
    response = await client.post("/v1/accounts", json=body, headers=admin)
    assert response.status_code == 201, response.text
    created: dict[str, Any] = response.json()
    return created


async def log_in(client: httpx.AsyncClient, username: str, **fields: Any) -> httpx.Response:
    return await client.post("/v1/sessions", json={"username": username, "password": PASSWORD, **fields})


async def test_a_person_logs_in_and_gets_a_token_that_says_who_it_is(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, archive: Archive, tenant_id: UUID
) -> None:
    employee, department = make_employee(), make_department()
    await archive.tells(employee, department)
    name = f"wang-{uuid4()}"
    hr_in = [str(department.department_id)]
    account = await create(
        client, admin, name, employee_id=str(employee.employee_id), roles=["hr"], hr_departments=hr_in
    )
    session = await log_in(client, name.upper())
    principal = wiring.verifier.verify(session.json()["access_token"]).principal
    assert (session.status_code, session.headers["cache-control"]) == (201, "no-store")
    assert session.json()["expires_in"] <= 300
    assert principal.tenant_id == tenant_id
    assert principal.subject == account["id"]
    assert principal.employee_id == employee.employee_id
    assert principal.roles == {"hr"}
    assert principal.hr_departments == (department.department_id,)
    assert "password" not in account


async def test_a_password_is_taken_as_it_was_typed(client: httpx.AsyncClient, admin: Headers) -> None:
    name, spaced = f"kong-{uuid4()}", "  a long enough one "
    await create(client, admin, name, password=spaced, roles=["hr"])
    assert (await log_in(client, name, password=spaced.strip())).status_code == 401
    session = (await log_in(client, name, password=spaced)).json()
    body = {"present_password": spaced, "new_password": " another long one "}
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    assert (await client.put("/v1/password", json=body, headers=headers)).status_code == 204
    assert (await log_in(client, name, password=" another long one ")).status_code == 201


async def test_the_public_keys_verify_the_tokens(client: httpx.AsyncClient, admin: Headers, tenant_id: UUID) -> None:
    name = f"li-{uuid4()}"
    await create(client, admin, name)
    token = (await log_in(client, name)).json()["access_token"]
    jwks = (await client.get("/.well-known/jwks.json")).json()
    assert Verifier(jwks).verify(token).principal.tenant_id == tenant_id
    assert all("d" not in key for key in jwks["keys"])


@pytest.mark.parametrize("wrong", [{"password": "another long one"}, {"username": "nobody"}])
async def test_wrong_password_and_unknown_name_look_the_same(
    client: httpx.AsyncClient, admin: Headers, wrong: dict[str, str]
) -> None:
    name = f"chen-{uuid4()}"
    await create(client, admin, name)
    response = await client.post("/v1/sessions", json={"username": name, "password": PASSWORD, **wrong})
    assert (response.status_code, response.json()["code"]) == (401, "credentials_invalid")


async def test_companies_may_use_the_same_name_and_then_log_in_by_tenant(
    client: httpx.AsyncClient, installation: Installation, admin: Headers, tenant_id: UUID
) -> None:
    name, other = f"zhao-{uuid4()}", make_tenant()
    await announce_tenant(installation, other)
    await create(client, admin, name)
    await create(client, bearer(make_admin(other.tenant_id)), name)
    assert (await log_in(client, name)).json()["code"] == "credentials_invalid"
    session = await log_in(client, name, tenant=str(other.tenant_id))
    assert session.json()["tenant_id"] == str(other.tenant_id)


async def test_a_closed_account_does_not_open_a_session(client: httpx.AsyncClient, admin: Headers) -> None:
    name = f"zhou-{uuid4()}"
    account = await create(client, admin, name)
    closed = await client.patch(f"/v1/accounts/{account['id']}", json={"active": False}, headers=admin)
    session = await log_in(client, name)
    assert closed.json()["active"] is False
    assert (session.status_code, session.json()["code"]) == (403, "account_inactive")


async def test_who_left_the_company_is_kept_out(client: httpx.AsyncClient, admin: Headers, archive: Archive) -> None:
    employee, name = make_employee(), f"wu-{uuid4()}"
    await archive.tells(employee)
    await create(client, admin, name, work_number=employee.work_number)
    assert (await log_in(client, name)).status_code == 201
    left = employee.model_copy(update={"sequence": 2, "left_on": employee.joined_on})
    await archive.tells(left)
    assert (await log_in(client, name)).json()["code"] == "account_inactive"
    await archive.tells(employee)  # an old document arriving late does not let anybody back in
    assert (await log_in(client, name)).json()["code"] == "account_inactive"


async def test_a_suspended_company_is_kept_out(
    client: httpx.AsyncClient, installation: Installation, admin: Headers, tenant_id: UUID
) -> None:
    name = f"zheng-{uuid4()}"
    await create(client, admin, name)
    await announce_tenant(installation, make_tenant(tenant_id=tenant_id, sequence=2, status="suspended"))
    assert (await log_in(client, name)).json()["code"] == "tenant_suspended"


async def test_a_new_password_replaces_the_old_one(client: httpx.AsyncClient, admin: Headers) -> None:
    name = f"wang-{uuid4()}"
    account = await create(client, admin, name)
    await client.patch(f"/v1/accounts/{account['id']}", json={"password": "quite another one"}, headers=admin)
    assert (await log_in(client, name)).status_code == 401
    assert (await log_in(client, name, password="quite another one")).status_code == 201


async def test_a_user_name_is_given_once(client: httpx.AsyncClient, admin: Headers) -> None:
    name = f"feng-{uuid4()}"
    await create(client, admin, name)
    again = await client.post("/v1/accounts", json={"username": name.upper(), "password": PASSWORD}, headers=admin)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"password": "too short"}, (422, "request_invalid", "/password")),
        ({"username": "two words"}, (422, "username_invalid", "/username")),
        ({"roles": ["king"]}, (422, "request_invalid", "/roles/0")),
        ({"roles": ["admin", "auditor"]}, (422, "roles_incompatible", "/roles")),
        ({"roles": ["auditor", "hr"]}, (422, "roles_incompatible", "/roles")),
        ({"colour": "red"}, (422, "request_invalid", "/colour")),
        ({"employee_id": str(uuid4()), "work_number": "7"}, (422, "request_invalid", "")),
        ({"employee_id": str(uuid4())}, (404, "employee_unknown", "/employee_id")),
        ({"work_number": "nobody's"}, (404, "employee_unknown", "/work_number")),
        ({"roles": ["hr"], "hr_departments": [str(uuid4())]}, (404, "department_unknown", "/hr_departments/0")),
        ({"roles": ["hr"], "hr_departments": []}, (422, "request_invalid", "/hr_departments")),
    ],
)
async def test_a_wrong_account_is_refused_with_its_place(
    client: httpx.AsyncClient, admin: Headers, fields: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    body = {"username": f"x-{uuid4()}", "password": PASSWORD, **fields}
    response = await client.post("/v1/accounts", json=body, headers=admin)
    problem = response.json()
    assert (response.status_code, problem["code"], problem["errors"][0]["pointer"]) == refusal
    assert PASSWORD not in response.text
    assert (await client.get("/v1/accounts", headers=admin)).json()["data"] == []


async def test_only_hr_is_confined_to_departments(client: httpx.AsyncClient, admin: Headers, archive: Archive) -> None:
    department = make_department()
    await archive.tells(department)
    body = {"username": "x", "password": PASSWORD, "hr_departments": [str(department.department_id)]}
    response = await client.post("/v1/accounts", json=body, headers=admin)
    assert (response.status_code, response.json()["code"]) == (422, "hr_role_missing")


async def test_null_empties_only_what_may_be_empty(client: httpx.AsyncClient, admin: Headers, archive: Archive) -> None:
    employee = make_employee()
    await archive.tells(employee)
    account = await create(client, admin, f"jiang-{uuid4()}", employee_id=str(employee.employee_id))
    url = f"/v1/accounts/{account['id']}"
    refused = await client.patch(url, json={"active": None}, headers=admin)
    emptied = await client.patch(url, json={"employee_id": None}, headers=admin)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/active")
    assert emptied.json()["employee_id"] is None


async def test_a_stale_version_is_refused(client: httpx.AsyncClient, admin: Headers) -> None:
    account = await create(client, admin, f"shen-{uuid4()}")
    url = f"/v1/accounts/{account['id']}"
    assert (await client.get(url, headers=admin)).headers["etag"] == '"1"'
    await client.patch(url, json={"roles": ["hr"]}, headers=admin | {"If-Match": '"1"'})
    stale = await client.patch(url, json={"roles": ["admin"]}, headers=admin | {"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")


async def test_an_administrator_becomes_no_auditor_besides(client: httpx.AsyncClient, admin: Headers) -> None:
    account = await create(client, admin, f"qin-{uuid4()}", roles=["admin"])
    url = f"/v1/accounts/{account['id']}"
    both = await client.patch(url, json={"roles": ["admin", "auditor"]}, headers=admin)
    assert (both.status_code, both.json()["code"]) == (422, "roles_incompatible")
    assert (await client.patch(url, json={"roles": ["auditor"]}, headers=admin)).status_code == 200


@pytest.mark.parametrize(
    "change", [{"active": False}, {"roles": []}, {"roles": ["admin", "hr"]}, {"employee_id": None}]
)
async def test_administrators_do_not_decide_what_they_are_themselves(
    client: httpx.AsyncClient, admin: Headers, archive: Archive, tenant_id: UUID, change: dict[str, Any]
) -> None:
    employee = make_employee()
    await archive.tells(employee)
    person = str(employee.employee_id)
    account = await create(client, admin, f"han-{uuid4()}", roles=["admin"], employee_id=person)
    own = bearer(make_admin(tenant_id, subject=account["id"]))
    response = await client.patch(f"/v1/accounts/{account['id']}", json=change, headers=own)
    assert (response.status_code, response.json()["code"]) == (409, "own_account")


async def test_neither_hr_nor_a_system_manages_accounts(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    for caller in (make_hr(tenant_id), make_client(tenant_id, "employees:write")):
        response = await client.get("/v1/accounts", headers=bearer(caller))
        assert (response.status_code, response.json()["code"]) == (403, "not_permitted")


async def test_another_company_sees_and_changes_nothing(
    client: httpx.AsyncClient, installation: Installation, admin: Headers
) -> None:
    account, other = await create(client, admin, f"yang-{uuid4()}"), make_tenant()
    await announce_tenant(installation, other)
    stranger, url = bearer(make_admin(other.tenant_id)), f"/v1/accounts/{account['id']}"
    assert (await client.get("/v1/accounts", headers=stranger)).json()["data"] == []
    assert (await client.get(url, headers=stranger)).status_code == 404
    assert (await client.patch(url, json={"active": False}, headers=stranger)).status_code == 404
    assert (await client.get(url, headers=admin)).json()["active"] is True


@pytest.mark.parametrize("change", [{"active": False}, {"roles": []}, {"password": "another long one"}])
async def test_a_change_voids_the_tokens_that_say_otherwise(
    client: httpx.AsyncClient, admin: Headers, change: dict[str, Any]
) -> None:
    name = f"sun-{uuid4()}"
    account = await create(client, admin, name, roles=["hr"])
    token = {"Authorization": f"Bearer {(await log_in(client, name)).json()['access_token']}"}
    assert (await client.get("/v1/tenant", headers=token)).status_code == 200
    changed = await client.patch(
        f"/v1/accounts/{account['id']}", json=change, headers={**admin, "If-Match": f'"{account["sequence"]}"'}
    )
    assert changed.status_code == 200

    async def refused() -> bool:
        answer = await client.get("/v1/tenant", headers=token)
        return answer.status_code == 401 and answer.json()["code"] == "token_revoked"

    await eventually(refused)
