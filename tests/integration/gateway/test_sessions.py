"""Sessions: carried on by tokens for one use, ended by their people and by administrators, closed to guesses."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from services.gateway.domain.identity.account import Account
from services.gateway.domain.identity.attempt import FREE, LONGEST_WAIT
from services.gateway.domain.identity.session import GRACE, IDLE
from services.gateway.store.credentials import Credentials
from services.gateway.usecases.identity.open_session import open_session
from services.gateway.wiring import Wiring
from shared.core.errors import Denied
from tests.factories.access import make_client, make_hr
from tests.factories.installation import bearer
from tests.factories.waiting import eventually
from tests.integration.gateway.test_accounts import PASSWORD, Headers, create, log_in

pytestmark = pytest.mark.anyio


async def new_session(client: httpx.AsyncClient, admin: Headers, **fields: Any) -> dict[str, Any]:
    name = f"wang-{uuid4()}"
    await create(client, admin, name, roles=["hr"], **fields)
    opened = await log_in(client, name)
    assert opened.status_code == 201, opened.text
    session: dict[str, Any] = opened.json()
    return session


async def refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/oauth/token", data={"grant_type": "refresh_token", "refresh_token": token})


async def age(wiring: Wiring, session: Mapping[str, Any], by: timedelta) -> None:
    """Let a session's last sign of life lie further back."""
    statement = text("UPDATE sessions SET refreshed_at = refreshed_at - CAST(:by AS interval) WHERE id = :id")
    async with wiring.database.transaction(UUID(session["tenant_id"])) as tx:
        await tx.execute(statement, {"by": by, "id": session["session_id"]})
        await tx.commit()


def holding(session: Mapping[str, Any]) -> Headers:
    return {"Authorization": f"Bearer {session['access_token']}"}


async def test_a_refresh_token_buys_the_next_pair(client: httpx.AsyncClient, admin: Headers, wiring: Wiring) -> None:
    session = await new_session(client, admin)
    bought = await refresh(client, session["refresh_token"])
    token = wiring.verifier.verify(bought.json()["access_token"])
    assert (bought.status_code, bought.headers["cache-control"]) == (200, "no-store")
    assert (str(token.session), list(token.principal.roles)) == (session["session_id"], ["hr"])
    assert bought.json()["refresh_token"] != session["refresh_token"]
    assert bought.json()["scope"] == ""


async def test_whoever_lost_the_answer_may_ask_again_at_once(client: httpx.AsyncClient, admin: Headers) -> None:
    session = await new_session(client, admin)
    lost = await refresh(client, session["refresh_token"])
    again = await refresh(client, session["refresh_token"])
    assert (lost.status_code, again.status_code) == (200, 200)
    assert (await refresh(client, again.json()["refresh_token"])).status_code == 200


async def test_a_used_token_shown_late_ends_the_session_for_whoever_holds_it(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring
) -> None:
    session = await new_session(client, admin)
    newest = (await refresh(client, session["refresh_token"])).json()
    await age(wiring, session, GRACE + timedelta(seconds=1))
    stolen = await refresh(client, session["refresh_token"])
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    assert (await refresh(client, newest["refresh_token"])).json()["error"] == "invalid_grant"

    async def void() -> bool:
        return (await client.get("/v1/tenant", headers=holding(newest))).status_code == 401

    await eventually(void)


async def test_a_session_that_rested_too_long_is_over(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring
) -> None:
    session = await new_session(client, admin)
    await age(wiring, session, IDLE)
    assert (await refresh(client, session["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await client.get("/v1/sessions", headers=holding(session))).json()["data"] == []


async def test_a_refresh_tells_what_the_account_is_now(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring
) -> None:
    session = await new_session(client, admin)
    account = f"/v1/accounts/{session['account_id']}"
    version = (await client.get(account, headers=admin)).headers["etag"]
    changed = await client.patch(account, json={"roles": ["auditor"]}, headers={**admin, "If-Match": version})
    assert changed.status_code == 200
    bought = (await refresh(client, session["refresh_token"])).json()
    assert wiring.verifier.verify(bought["access_token"]).principal.roles == {"auditor"}
    assert (await client.get("/v1/tenant", headers=holding(bought))).status_code == 200


async def test_a_closed_account_carries_nothing_on(client: httpx.AsyncClient, admin: Headers) -> None:
    session = await new_session(client, admin)
    account = f"/v1/accounts/{session['account_id']}"
    version = (await client.get(account, headers=admin)).headers["etag"]
    await client.patch(account, json={"active": False}, headers={**admin, "If-Match": version})
    refused = await refresh(client, session["refresh_token"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


async def test_a_new_password_ends_what_the_old_one_opened(client: httpx.AsyncClient, admin: Headers) -> None:
    session = await new_session(client, admin)
    account = f"/v1/accounts/{session['account_id']}"
    version = (await client.get(account, headers=admin)).headers["etag"]
    body = {"password": "another long one"}
    assert (await client.patch(account, json=body, headers={**admin, "If-Match": version})).status_code == 200
    refused = await refresh(client, session["refresh_token"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


async def test_people_choose_another_password_by_the_present_one(client: httpx.AsyncClient, admin: Headers) -> None:
    name = f"chen-{uuid4()}"
    await create(client, admin, name, roles=["hr"])
    session = (await log_in(client, name)).json()
    wrong, right = ({"present_password": it, "new_password": "another long one"} for it in ("a guess", PASSWORD))
    refused = await client.put("/v1/password", json=wrong, headers=holding(session))
    assert (refused.status_code, refused.json()["code"]) == (403, "password_wrong")
    short = await client.put("/v1/password", json={**right, "new_password": "short"}, headers=holding(session))
    assert short.status_code == 422
    assert (await client.put("/v1/password", json=right, headers=holding(session))).status_code == 204
    assert (await refresh(client, session["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await log_in(client, name)).status_code == 401
    anew = await client.post("/v1/sessions", json={"username": name, "password": "another long one"})
    assert anew.status_code == 201


async def test_guesses_at_the_present_password_are_slowed_down(client: httpx.AsyncClient, admin: Headers) -> None:
    session = await new_session(client, admin)
    body = {"present_password": "a guess", "new_password": "another long one"}
    codes = [
        (await client.put("/v1/password", json=body, headers=holding(session))).status_code for _ in range(FREE + 1)
    ]
    assert codes == [403] * FREE + [429]


async def test_people_see_their_sessions_and_end_one(client: httpx.AsyncClient, admin: Headers) -> None:
    name = f"li-{uuid4()}"
    await create(client, admin, name, roles=["hr"])
    desk, phone = [(await log_in(client, name)).json() for _ in range(2)]
    seen = (await client.get("/v1/sessions", headers=holding(desk))).json()["data"]
    assert [row["id"] for row in seen] == [phone["session_id"], desk["session_id"]]
    assert seen[0]["methods"] == ["password"]
    ended = await client.delete(f"/v1/sessions/{phone['session_id']}", headers=holding(desk))
    assert ended.status_code == 204
    assert (await refresh(client, phone["refresh_token"])).json()["error"] == "invalid_grant"

    async def phone_is_out() -> bool:
        return (await client.get("/v1/tenant", headers=holding(phone))).status_code == 401

    await eventually(phone_is_out)
    assert (await client.get("/v1/tenant", headers=holding(desk))).status_code == 200


async def test_people_with_neither_role_nor_employee_have_their_sessions_and_password(
    client: httpx.AsyncClient, admin: Headers
) -> None:
    name = f"he-{uuid4()}"
    await create(client, admin, name)
    desk, phone = [(await log_in(client, name)).json() for _ in range(2)]
    seen = await client.get("/v1/sessions", headers=holding(desk))
    assert [row["id"] for row in seen.json()["data"]] == [phone["session_id"], desk["session_id"]]
    assert (await client.delete(f"/v1/sessions/{phone['session_id']}", headers=holding(desk))).status_code == 204
    passwords = {"present_password": PASSWORD, "new_password": "another long one"}
    assert (await client.put("/v1/password", json=passwords, headers=holding(desk))).status_code == 204


async def test_nobody_ends_or_sees_anothers_session(client: httpx.AsyncClient, admin: Headers, tenant_id: UUID) -> None:
    mine, theirs = await new_session(client, admin), await new_session(client, admin)
    path = f"/v1/sessions/{theirs['session_id']}"
    assert (await client.delete(path, headers=holding(mine))).status_code == 404
    assert (await client.delete(path, headers=bearer(make_hr(tenant_id, subject=str(uuid4()))))).status_code == 404
    assert (await client.delete(path, headers=bearer(make_client(tenant_id, "tenant:read")))).status_code == 403
    assert (await refresh(client, theirs["refresh_token"])).status_code == 200


async def test_administrators_log_a_person_out_everywhere(client: httpx.AsyncClient, admin: Headers) -> None:
    name = f"zhao-{uuid4()}"
    account = await create(client, admin, name, roles=["hr"])
    sessions = [(await log_in(client, name)).json() for _ in range(2)]
    path = f"/v1/accounts/{account['id']}/sessions"
    assert (await client.delete(path, headers=holding(sessions[0]))).status_code == 403
    assert (await client.delete(path, headers=admin)).status_code == 204
    refused = [(await refresh(client, session["refresh_token"])).status_code for session in sessions]
    assert refused == [400, 400]

    async def all_out() -> bool:
        answers = [await client.get("/v1/tenant", headers=holding(session)) for session in sessions]
        return {answer.status_code for answer in answers} == {401}

    await eventually(all_out)
    assert (await client.delete(f"/v1/accounts/{uuid4()}/sessions", headers=admin)).status_code == 404


async def test_guesses_are_slowed_down_also_side_by_side(client: httpx.AsyncClient, admin: Headers) -> None:
    name = f"qian-{uuid4()}"
    await create(client, admin, name)

    async def guess() -> httpx.Response:
        return await client.post("/v1/sessions", json={"username": name, "password": "not the right one"})

    answers = await asyncio.gather(*(guess() for _ in range(FREE + 3)))
    assert sorted(answer.status_code for answer in answers) == [401] * FREE + [429] * 3
    blocked = await log_in(client, name)
    assert (blocked.status_code, blocked.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(blocked.headers["retry-after"]) <= LONGEST_WAIT.total_seconds()


async def test_a_name_that_is_nobodys_is_slowed_down_alike(client: httpx.AsyncClient) -> None:
    name = f"nobody-{uuid4()}"
    codes = [(await log_in(client, name)).json()["code"] for _ in range(FREE + 1)]
    assert codes == ["credentials_invalid"] * FREE + ["too_many_attempts"]


async def test_success_forgives_earlier_slips(client: httpx.AsyncClient, admin: Headers) -> None:
    name = f"sun-{uuid4()}"
    await create(client, admin, name)
    for _ in range(2):
        for _ in range(FREE - 1):
            await client.post("/v1/sessions", json={"username": name, "password": "not the right one"})
        assert (await log_in(client, name)).status_code == 201


async def test_a_wait_ends(client: httpx.AsyncClient, admin: Headers, wiring: Wiring) -> None:
    name = f"zhou-{uuid4()}"
    account = await create(client, admin, name)
    long_ago = datetime.now(UTC) - LONGEST_WAIT
    for _ in range(FREE + 1):
        await wiring.attempts.begin(UUID(account["id"]), at=long_ago - LONGEST_WAIT)
    assert await wiring.attempts.begin(UUID(account["id"]), at=long_ago - LONGEST_WAIT) > 0
    assert (await client.post("/v1/sessions", json={"username": name, "password": PASSWORD})).status_code == 201


@pytest.mark.parametrize("token", ["", "rt_", "rt_AAAA", "rt_" + "A" * 86, "rt_" + "A" * 100, "陈", "rt_a b"])
async def test_what_is_no_refresh_token_buys_nothing(client: httpx.AsyncClient, token: str) -> None:
    refused = await refresh(client, token)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


async def test_a_token_of_another_tenant_or_secret_buys_nothing(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring
) -> None:
    session = await new_session(client, admin)
    good = session["refresh_token"]
    for forged in (
        good[:5] + ("B" if good[5] != "B" else "C") + good[6:],
        good[:-1] + ("g" if good[-1] != "g" else "w"),
    ):
        assert (await refresh(client, forged)).json()["error"] == "invalid_grant"
    assert (await refresh(client, good)).status_code == 200


@pytest.mark.parametrize("change", [{"active": False}, {"password": "another long one"}])
async def test_what_changes_while_a_password_is_compared_counts(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring, change: dict[str, Any]
) -> None:
    name = f"feng-{uuid4()}"
    account = await create(client, admin, name)

    class Late(Credentials):
        """Lets an administrator be quicker than the comparison."""

        async def accounts(self, username: str, *, tenant_id: UUID | None) -> Sequence[tuple[UUID, Account]]:
            found = await super().accounts(username, tenant_id=tenant_id)
            path, version = f"/v1/accounts/{account['id']}", {"If-Match": f'"{account["sequence"]}"'}
            assert (await client.patch(path, json=change, headers={**admin, **version})).status_code == 200
            return found

    with pytest.raises(Denied):
        await open_session(
            Late(wiring.database),
            wiring.attempts,
            wiring.works.of,
            username=name,
            password=PASSWORD,
            code=None,
            tenant_id=None,
            secret=bytes(32),
            at=datetime.now(UTC),
        )
