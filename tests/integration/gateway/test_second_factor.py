"""Second factors: asked for once confirmed, each code once, and no way around them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pyotp
import pytest
from sqlalchemy import text

from services.gateway.domain.identity.attempt import FREE
from services.gateway.domain.identity.session import RECENT
from services.gateway.wiring import Wiring
from tests.factories.access import make_admin
from tests.factories.installation import bearer
from tests.integration.gateway.test_accounts import PASSWORD, Headers, create, log_in
from tests.integration.gateway.test_sessions import holding, refresh

pytestmark = pytest.mark.anyio


class Person:
    """Somebody with an account, and after `set_up` with a device."""

    def __init__(self, client: httpx.AsyncClient, account: dict[str, Any]) -> None:
        self.client = client
        self.account = account
        self.secret = ""
        self.recovery_codes: list[str] = []

    def code(self, *, steps: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(datetime.now(UTC), counter_offset=steps)

    async def log_in(self, **fields: Any) -> httpx.Response:
        return await log_in(self.client, self.account["username"], **fields)

    async def headers(self, **fields: Any) -> Headers:
        return holding((await self.log_in(**fields)).json())

    async def set_up(self) -> Headers:
        headers = await self.headers()
        begun = await self.client.post("/v1/second-factor", headers=headers)
        self.secret = begun.json()["secret"]
        confirmed = await self.client.post(
            "/v1/second-factor/confirmation", json={"code": self.code(steps=-1)}, headers=headers
        )
        assert (begun.status_code, confirmed.status_code) == (201, 200), confirmed.text
        self.recovery_codes = confirmed.json()["recovery_codes"]
        return headers


@pytest.fixture
async def wang(client: httpx.AsyncClient, admin: Headers) -> Person:
    return Person(client, await create(client, admin, f"wang-{uuid4()}", roles=["hr"]))


async def test_a_confirmed_factor_is_asked_for(wang: Person) -> None:
    await wang.set_up()
    without, wrong = await wang.log_in(), await wang.log_in(code="000000x")
    assert (without.status_code, without.json()["code"]) == (401, "second_factor_required")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "credentials_invalid")
    right = await wang.log_in(code=wang.code())
    assert right.status_code == 201
    sessions = await wang.client.get("/v1/sessions", headers=holding(right.json()))
    assert sessions.json()["data"][0]["methods"] == ["password", "totp"]


async def test_each_code_opens_once(wang: Person) -> None:
    await wang.set_up()
    code = wang.code()
    codes = [(await wang.log_in(code=code)).status_code for _ in range(2)]
    assert codes == [201, 401]


async def test_a_recovery_code_opens_once_in_the_place_of_a_device(wang: Person) -> None:
    await wang.set_up()
    codes = [(await wang.log_in(code=wang.recovery_codes[0])).status_code for _ in range(2)]
    assert codes == [201, 401]
    headers = await wang.headers(code=wang.recovery_codes[1])
    left = (await wang.client.get("/v1/second-factor", headers=headers)).json()
    assert (left["recovery_codes_left"], len(wang.recovery_codes)) == (8, 10)
    assert left["confirmed_at"]


async def test_recovery_codes_are_in_no_stored_answer(wang: Person, wiring: Wiring, tenant_id: UUID) -> None:
    headers = {**await wang.headers(), "Idempotency-Key": "one"}
    wang.secret = (await wang.client.post("/v1/second-factor", headers=headers)).json()["secret"]
    confirm, headers = {"code": wang.code()}, {**headers, "Idempotency-Key": "two"}
    path = "/v1/second-factor/confirmation"
    first, again = [await wang.client.post(path, json=confirm, headers=headers) for _ in range(2)]
    assert (len(first.json()["recovery_codes"]), again.json()) == (10, {"recovery_codes": []})
    async with wiring.database.transaction(tenant_id) as tx:
        kept = "".join((await tx.execute(text("SELECT convert_from(body, 'UTF8') FROM answers"))).scalars())
    assert "recovery_codes" in kept
    assert not [secret for secret in (wang.secret, *first.json()["recovery_codes"]) if secret in kept]


async def test_nothing_is_asked_for_before_it_is_confirmed(wang: Person) -> None:
    headers = await wang.headers()
    first = (await wang.client.post("/v1/second-factor", headers=headers)).json()
    assert (await wang.log_in()).status_code == 201
    refused = await wang.client.post("/v1/second-factor/confirmation", json={"code": "000000x"}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "code_invalid")
    anew = (await wang.client.post("/v1/second-factor", headers=headers)).json()
    assert anew["secret"] != first["secret"]
    assert anew["uri"].startswith("otpauth://totp/Steelyard:")


async def test_one_in_use_is_not_replaced_unseen(wang: Person) -> None:
    headers = await wang.set_up()
    again = await wang.client.post("/v1/second-factor", headers=headers)
    confirmed = await wang.client.post("/v1/second-factor/confirmation", json={"code": wang.code()}, headers=headers)
    assert {again.json()["code"], confirmed.json()["code"]} == {"second_factor_confirmed"}


async def test_it_is_given_up_by_one_more_code(wang: Person) -> None:
    headers = await wang.set_up()
    wrong = await wang.client.post("/v1/second-factor/removal", json={"code": "000000x"}, headers=headers)
    assert wrong.status_code == 401
    given_up = await wang.client.post("/v1/second-factor/removal", json={"code": wang.code()}, headers=headers)
    assert given_up.status_code == 204
    assert (await wang.log_in()).status_code == 201
    assert (await wang.client.get("/v1/second-factor", headers=headers)).status_code == 404


async def log_in_long_ago(wiring: Wiring, headers: Headers) -> None:
    """Let the session of a token have begun as long ago as is no longer recent, and been carried on since."""
    token = wiring.verifier.verify(headers["Authorization"].removeprefix("Bearer "))
    statement = text("UPDATE sessions SET created_at = created_at - CAST(:by AS interval) WHERE id = :id")
    async with wiring.database.transaction(token.principal.tenant_id) as tx:
        await tx.execute(statement, {"by": RECENT, "id": token.session})
        await tx.commit()


async def test_a_device_is_set_up_soon_after_a_log_in_alone(wang: Person, wiring: Wiring) -> None:
    headers = await wang.headers()
    secret = (await wang.client.post("/v1/second-factor", headers=headers)).json()["secret"]
    await log_in_long_ago(wiring, headers)
    wang.secret = secret
    begun = await wang.client.post("/v1/second-factor", headers=headers)
    confirmed = await wang.client.post("/v1/second-factor/confirmation", json={"code": wang.code()}, headers=headers)
    for refused in (begun, confirmed):
        assert (refused.status_code, refused.json()["code"]) == (403, "log_in_not_recent")
    anew = await wang.headers()
    confirmed = await wang.client.post("/v1/second-factor/confirmation", json={"code": wang.code()}, headers=anew)
    assert confirmed.status_code == 200


async def test_a_device_is_given_up_soon_after_a_log_in_alone(wang: Person, wiring: Wiring) -> None:
    headers = await wang.set_up()
    await log_in_long_ago(wiring, headers)
    removal = {"code": wang.code()}
    for _ in range(FREE + 1):  # which costs no tries
        refused = await wang.client.post("/v1/second-factor/removal", json=removal, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "log_in_not_recent")
    assert (await wang.client.get("/v1/second-factor", headers=headers)).json()["confirmed_at"]
    assert (await wang.log_in(code=wang.code())).status_code == 201


async def test_a_token_of_no_session_or_of_anothers_changes_no_device(wang: Person, tenant_id: UUID) -> None:
    without = bearer(make_admin(tenant_id, subject=wang.account["id"]))
    assert (await wang.client.post("/v1/second-factor", headers=without)).json()["code"] == "log_in_not_recent"


async def test_wrong_codes_are_slowed_down_like_wrong_passwords(wang: Person) -> None:
    await wang.set_up()
    codes = [(await wang.log_in(code="000000x")).status_code for _ in range(FREE)]
    assert codes == [401] * FREE
    assert (await wang.log_in(code=wang.code())).json()["code"] == "too_many_attempts"


async def test_guesses_at_a_code_to_give_it_up_are_slowed_down(wang: Person) -> None:
    headers = await wang.set_up()
    wrong = {"code": "000000x"}
    codes = [
        (await wang.client.post("/v1/second-factor/removal", json=wrong, headers=headers)).status_code
        for _ in range(FREE + 1)
    ]
    assert codes == [401] * FREE + [429]


async def test_an_administrator_helps_who_lost_everything_but_never_oneself(
    client: httpx.AsyncClient, wang: Person, admin: Headers, tenant_id: UUID
) -> None:
    await wang.set_up()
    opened = (await wang.log_in(code=wang.code())).json()
    path = f"/v1/accounts/{wang.account['id']}/second-factor"
    own = bearer(make_admin(tenant_id, subject=wang.account["id"]))
    assert (await client.delete(path, headers=own)).json()["code"] == "own_account"
    assert (await client.delete(path, headers=admin)).status_code == 204
    assert (await client.delete(path, headers=admin)).status_code == 404
    assert (await refresh(client, opened["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await wang.log_in()).status_code == 201


async def test_the_secret_lies_sealed_and_recovery_codes_lie_nowhere(wang: Person, wiring: Wiring) -> None:
    await wang.set_up()
    async with wiring.database.transaction(UUID((await wang.log_in(code=wang.code())).json()["tenant_id"])) as tx:
        row = (await tx.execute(text("SELECT secret, recovery_digests FROM second_factors"))).one()
    stored = b"".join([row.secret, *row.recovery_digests])
    assert wang.secret.encode() not in stored
    assert not any(code.encode() in stored for code in wang.recovery_codes)
    assert PASSWORD.encode() not in stored
