"""People log in by their company's OIDC provider, and nobody does by what it has not said."""

from collections.abc import AsyncIterator
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from services.gateway.config import Settings
from services.gateway.wiring import Wiring, wire
from tests.factories.front_end import answer_of
from tests.factories.installation import Installation
from tests.factories.oidc_provider import CLIENT_ID, Key, Provider, running_provider
from tests.factories.organisation import make_employee
from tests.integration.gateway.conftest import Archive
from tests.integration.gateway.federated import WAY, Employee, employ, trust
from tests.integration.gateway.test_accounts import Headers, create
from tests.integration.gateway.test_sessions import holding

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def wiring(installation: Installation) -> Wiring:
    settings = installation.settings("gateway") | {"dangerous_allow_private_targets": True}
    return wire(Settings.model_validate(settings))


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with running_provider() as provider:
        yield provider


@pytest.fixture
async def wang(client: httpx.AsyncClient, admin: Headers, archive: Archive, provider: Provider) -> Employee:
    return await employ(client, admin, archive, provider)


async def test_a_person_logs_in_by_the_companys_provider(
    client: httpx.AsyncClient, wang: Employee, wiring: Wiring, provider: Provider
) -> None:
    answer = answer_of(await wang.log_in())
    assert (answer["state"], answer["iss"]) == ("what I was doing", "http://test")
    bought = (await wang.app.exchange(answer["code"])).json()
    principal = wiring.verifier.verify(bought["access_token"]).principal
    assert (principal.subject, str(principal.employee_id)) == (wang.account["id"], wang.account["employee_id"])
    opened = (await client.get("/v1/sessions", headers=holding(bought))).json()["data"]
    assert opened[0]["methods"] == ["oidc"]
    assert provider.asked["redirect_uri"] == "http://test/oauth/callback"
    assert (provider.asked["response_type"], provider.asked["code_challenge_method"]) == ("code", "S256")
    assert "openid" in provider.asked["scope"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "somebody else"},
        {"aud": None},
        {"aud": [CLIENT_ID, "somebody else"]},
        {"azp": "somebody else"},
        {"iss": "https://elsewhere.example.com"},
        {"exp": 1_600_000_000},
        {"exp": None},
        {"iat": 1_600_000_000},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": "a\0b"},
        {"sub": "\ud800"},
        {"iat": "1600000000"},
        {"nonce": "\ud800"},
    ],
)
async def test_a_token_that_is_not_for_this_log_in_opens_nothing(
    wang: Employee, provider: Provider, wrong: dict[str, Any]
) -> None:
    provider.wrong = wrong
    refused = await wang.log_in()
    assert (refused.status_code, "location" in refused.headers) == (400, False)
    assert provider.redeemed == 1
    provider.wrong = {"aud": [CLIENT_ID], "azp": CLIENT_ID}
    assert answer_of(await wang.log_in())["code"]


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_a_token_without_a_signature_of_the_providers_opens_nothing(
    wang: Employee, provider: Provider, algorithm: str
) -> None:
    provider.algorithm = algorithm
    assert (await wang.log_in()).status_code == 400
    assert provider.redeemed == 1


async def test_a_strangers_key_opens_nothing(wang: Employee, provider: Provider) -> None:
    right = provider.keys[0]
    provider.keys, provider.shown = [Key(id=right.id)], [right]
    assert (await wang.log_in()).status_code == 400
    provider.keys = [Key()]
    assert (await wang.log_in()).status_code == 400
    assert provider.redeemed == 2


async def test_a_key_that_the_token_does_not_name_opens_nothing(wang: Employee, provider: Provider) -> None:
    other = Key()
    provider.keys.insert(0, other)
    for named in ("nobody's", other.id, ""):
        provider.header = {"kid": named}
        assert (await wang.log_in()).status_code == 400, named
    assert provider.redeemed == 3
    provider.header = {"kid": None}  # which is so with providers that have one key, and asks all that there are
    assert answer_of(await wang.log_in())["code"]


async def test_a_state_altered_in_one_digit_opens_nothing(wang: Employee, provider: Provider) -> None:
    back = httpx.URL(await wang.back_from_provider())
    state = back.params["state"]
    for at in (0, len(state) // 2, -4):  # what stands last before padding has bits that mean nothing
        digits = list(state)
        digits[at] = "B" if digits[at] == "A" else "A"
        altered = back.copy_set_param("state", "".join(digits))
        assert (await wang.app.browser.get(str(altered))).status_code == 400
    assert (await wang.app.browser.get(str(back.copy_remove_param("state")))).status_code == 400
    assert provider.redeemed == 0
    assert answer_of(await wang.app.browser.get(str(back)))["code"]


async def test_the_state_of_another_log_in_does_not_take_this_ones_code(wang: Employee, provider: Provider) -> None:
    one, another = [httpx.URL(await wang.back_from_provider()) for _ in range(2)]
    mixed = one.copy_set_param("code", another.params["code"])
    assert (await wang.app.browser.get(str(mixed))).status_code == 400
    assert provider.redeemed == 0


async def test_a_provider_may_change_its_keys(wang: Employee, provider: Provider) -> None:
    assert answer_of(await wang.log_in())["code"]
    provider.keys.append(Key())
    assert answer_of(await wang.log_in())["code"]


async def test_an_answer_is_good_once_and_in_the_browser_that_asked(client: httpx.AsyncClient, wang: Employee) -> None:
    back = await wang.back_from_provider()
    async with httpx.AsyncClient(transport=client._transport, base_url=client.base_url) as other:  # noqa: SLF001
        assert (await other.get(back)).status_code == 400
    assert answer_of(await client.get(back))["code"]
    assert (await client.get(back)).status_code == 400
    other_code = str(httpx.URL(back).copy_set_param("code", str(uuid4())))
    assert (await client.get(other_code)).status_code == 400


@pytest.mark.parametrize("state", ["", "AAAA", "page"])
async def test_what_was_not_asked_is_not_answered(wang: Employee, state: str) -> None:
    page = await wang.app.open()
    form = httpx.URL(unescape(WAY.findall(page.text)[0])).params["form"]
    made_up = {"code": "x", "state": form if state == "page" else state}
    assert (await wang.app.browser.get("/oauth/callback", params=made_up)).status_code == 400
    assert (await wang.app.browser.get("/oauth/provider", params={"form": state})).status_code == 400
    assert wang.provider.redeemed == 0


async def test_an_answer_of_another_provider_is_refused(wang: Employee, provider: Provider) -> None:
    mixed_up = await wang.back_from_provider(iss="https://evil.example.com")
    assert (await wang.app.browser.get(mixed_up)).status_code == 400
    assert provider.redeemed == 0
    provider.names_itself = provider.issuer
    assert answer_of(await wang.log_in())["code"]


async def test_what_is_no_issuer_at_all_is_refused_too(wang: Employee) -> None:
    assert (await wang.app.browser.get(await wang.back_from_provider(iss="é陈"))).status_code == 400


@pytest.mark.parametrize("key_set", [7, {}, "keys", [7], [{}], [{"kty": "oct", "k": "AAAA"}], [{"kty": "EC"}]])
async def test_what_is_no_key_set_opens_nothing(wang: Employee, provider: Provider, key_set: object) -> None:
    provider.key_set = key_set
    assert (await wang.log_in()).status_code == 400
    assert provider.redeemed == 1


async def test_a_provider_that_says_it_names_itself_must(wang: Employee, provider: Provider, wiring: Wiring) -> None:
    provider.description = {"authorization_response_iss_parameter_supported": True}
    assert (await wang.log_in()).status_code == 400
    assert provider.redeemed == 0


async def test_who_thinks_better_of_it_goes_back(wang: Employee) -> None:
    back = httpx.URL(await wang.back_from_provider()).copy_remove_param("code")
    answer = answer_of(await wang.app.browser.get(str(back.copy_set_param("error", "access_denied"))))
    assert answer["error"] == "access_denied"
    other = await wang.app.browser.get(str(back.copy_set_param("error", "server_error")))
    assert other.status_code == 400


@pytest.mark.parametrize("said", ["nobody's", None, 7, "", " ", "a\0b", "\ud800", "7" * 300, ["7"]])
async def test_whom_the_provider_does_not_name_is_nobody(wang: Employee, provider: Provider, said: object) -> None:
    provider.wrong = {"employee_number": said}
    assert (await wang.log_in()).status_code == 400


async def test_once_linked_the_subject_decides_and_no_second_one_takes_the_account(
    client: httpx.AsyncClient, wang: Employee, provider: Provider, wiring: Wiring
) -> None:
    assert answer_of(await wang.log_in())["code"]
    number = provider.person["employee_number"]
    provider.person = {**provider.person, "employee_number": "another by now"}
    answer = answer_of(await wang.log_in())
    bought = (await wang.app.exchange(answer["code"])).json()
    assert wiring.verifier.verify(bought["access_token"]).principal.subject == wang.account["id"]
    provider.person = {"sub": "somebody else", "employee_number": number}
    assert (await wang.log_in()).status_code == 400


async def test_a_closed_account_or_one_who_left_gets_nothing(
    client: httpx.AsyncClient, admin: Headers, wang: Employee, provider: Provider, archive: Archive
) -> None:
    assert answer_of(await wang.log_in())["code"]
    await client.patch(f"/v1/accounts/{wang.account['id']}", json={"active": False}, headers=admin)
    assert (await wang.log_in()).status_code == 400
    gone = make_employee()
    await archive.tells(gone)
    await create(client, admin, f"wu-{uuid4()}", employee_id=str(gone.employee_id))
    await archive.tells(gone.model_copy(update={"sequence": 2, "left_on": gone.joined_on}))
    provider.person = {"sub": "gone", "employee_number": gone.work_number}
    assert (await wang.log_in()).status_code == 400


@pytest.mark.parametrize(("verified", "status"), [(True, 303), (False, 400), (None, 400), ("true", 400)])
async def test_an_address_counts_only_where_the_provider_has_verified_it(
    client: httpx.AsyncClient, admin: Headers, wang: Employee, *, provider: Provider, verified: object, status: int
) -> None:
    await trust(client, admin, provider, claim="email", attribute="username")
    provider.person = {"sub": "x", "email": wang.account["username"].upper(), "email_verified": verified}
    assert (await wang.log_in()).status_code == status


async def test_a_log_in_by_a_provider_stands_in_the_audit_log(wang: Employee, wiring: Wiring, tenant_id: UUID) -> None:
    await wang.log_in()
    rows = text("SELECT convert_from(payload, 'UTF8') FROM outbox WHERE topic = 'gateway.audit'")
    async with wiring.database.transaction() as tx:
        said = [row for row in (await tx.execute(rows)).scalars() if wang.account["id"] in row]
    assert any('"get_callback"' in row and '"done"' in row for row in said)
