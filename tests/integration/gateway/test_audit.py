"""The audit log: what calls leave in it, who may read it, how it is sealed and signed, and what may be removed."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from services.gateway.app import build_app
from services.gateway.clients.checkpoints import CheckpointInvalid, file_of, read_checkpoints
from services.gateway.domain.audit import Checkpoint
from services.gateway.domain.audit_verification import first_break
from services.gateway.events.subscriptions import SUBSCRIPTIONS
from services.gateway.usecases.forget_audit import forget_audit
from services.gateway.usecases.keep_audit_entries import keep_audit_entries
from services.gateway.usecases.seal_audit import seal_audit
from services.gateway.wiring import Wiring
from services.gateway.worker import build_loops
from shared.contracts.audit import AuditRecorded
from shared.contracts.tenancy import PrincipalRevoked
from shared.core.clock import FixedClock
from shared.kit.auth.revocations import keep_revocation
from tests.factories.access import KEY, make_admin, make_client, make_hr, make_person
from tests.factories.audit import BEGAN, make_entry
from tests.factories.events import published, tell
from tests.factories.installation import Installation, announce_tenant, bearer, client_of
from tests.factories.tenancy import make_tenant
from tests.factories.upstream import Upstream

pytestmark = pytest.mark.anyio

Headers = dict[str, str]
JWKS = {"keys": [KEY.public_jwk()]}


@pytest.fixture(autouse=True)
async def _closed(wiring: Wiring) -> AsyncIterator[None]:
    yield
    await wiring.database.close()


@pytest.fixture
def auditor(tenant_id: UUID) -> Headers:
    return bearer(make_hr(tenant_id, subject="auditor", roles=frozenset({"auditor"})))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(BEGAN)


async def keep(wiring: Wiring, tenant_id: UUID, *numbers: int, **overrides: Any) -> None:
    entries = [make_entry(number, **{"id": uuid4(), **overrides}) for number in numbers]
    await keep_audit_entries(wiring.works.of(tenant_id), entries)


async def seal(wiring: Wiring, tenant_id: UUID, clock: FixedClock, *, closing: bool = True) -> None:
    await seal_audit(wiring.works.of(tenant_id), wiring.checkpoints.deposit, at=clock.now(), closing=closing)


async def lines_of(wiring: Wiring, tenant_id: UUID) -> list[str]:
    found: AsyncIterator[Sequence[str]] = wiring.queries(tenant_id).audit_lines(through=1_000_000)
    return [line async for lines in found for line in lines]


def checkpoints_of(wiring: Wiring, tenant_id: UUID) -> Sequence[Checkpoint]:
    return read_checkpoints(file_of(wiring.checkpoints.path, tenant_id), JWKS)


async def recorded(wiring: Wiring, tenant_id: UUID) -> list[dict[str, Any]]:
    return await published(wiring.database, tenant_id, AuditRecorded)


async def hear(wiring: Wiring, tenant_id: UUID) -> None:
    """Let the gateway hear what it has said itself."""
    said = [AuditRecorded.model_validate(data) for data in await recorded(wiring, tenant_id)]
    await tell(wiring.works, wiring.bus, SUBSCRIPTIONS, tenant_id, *said)


async def test_a_change_is_written_down_with_who_where_and_what(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    given = {"X-Request-Id": "request-17", "X-Steelyard-Client-Address": "198.51.100.1"}
    await client.patch("/v1/tenant", json={"name": "秘密"}, headers=admin | given)
    (entry,) = await recorded(wiring, tenant_id)
    assert {name: entry[name] for name in ("actor", "actor_kind", "action", "outcome", "method", "resource")} == {
        "actor": "admin",
        "actor_kind": "person",
        "action": "tenant:write",
        "outcome": "done",
        "method": "PATCH",
        "resource": "/v1/tenant",
    }
    assert (entry["request_id"], entry["client_address"]) == ("request-17", "127.0.0.1"), "nobody says where they are"
    assert "秘密" not in json.dumps(entry, ensure_ascii=False)


async def test_a_refused_change_leaves_no_trace_of_itself_but_that_it_was_refused(
    client: httpx.AsyncClient, wiring: Wiring, tenant_id: UUID
) -> None:
    await client.patch("/v1/tenant", json={"name": "Mine"}, headers=bearer(make_hr(tenant_id)))
    (entry,) = await recorded(wiring, tenant_id)
    assert (entry["actor"], entry["action"], entry["outcome"]) == ("hr", "tenant:write", "refused")
    assert (entry["status"], entry["code"]) == (403, "not_permitted")


async def test_what_is_merely_wrong_is_not_written_down(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    await client.patch("/v1/tenant", json={"zone": "Mars"}, headers=admin)
    await client.get("/v1/tenant", headers=admin)
    await client.get("/v1/tenant")
    assert await recorded(wiring, tenant_id) == []


async def test_a_repeated_request_is_one_change(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    body = {"name": "CRM", "scopes": ["observations:write"]}
    for _ in range(2):
        response = await client.post("/v1/api-clients", json=body, headers=admin | {"Idempotency-Key": "one"})
        assert response.status_code == 201
    (entry,) = await recorded(wiring, tenant_id)
    assert (entry["action"], entry["outcome"], entry["status"]) == ("api_clients:manage", "done", 201)


async def test_administrators_who_would_lock_themselves_out_are_written_down(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    account = {"username": "boss", "password": "a long password", "roles": ["admin"]}
    boss = (await client.post("/v1/accounts", json=account, headers=admin)).json()["id"]
    own = bearer(make_admin(tenant_id, subject=boss))
    response = await client.patch(f"/v1/accounts/{boss}", json={"roles": []}, headers=own)
    entry = (await recorded(wiring, tenant_id))[-1]
    assert (response.status_code, entry["code"], entry["outcome"]) == (409, "own_account", "refused")
    assert (entry["route"], entry["resource"]) == ("/v1/accounts/{account_id}", f"/v1/accounts/{boss}")


async def test_log_ins_are_written_down_whether_they_succeed_or_not(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    account = {"username": "wang", "password": "a long password", "roles": ["hr"]}
    wang = (await client.post("/v1/accounts", json=account, headers=admin)).json()["id"]
    login = {"username": "wang", "tenant": str(tenant_id)}
    for password, status in (("a wrong password", 401), ("a long password", 201)):
        response = await client.post("/v1/sessions", json={**login, "password": password})
        assert response.status_code == status
    refused, let_in = (await recorded(wiring, tenant_id))[-2:]
    assert (refused["actor"], refused["action"], refused["code"]) == (wang, "post_session", "credentials_invalid")
    assert (let_in["actor"], let_in["action"], let_in["outcome"]) == (wang, "post_session", "done")
    everything = json.dumps(await recorded(wiring, tenant_id))
    assert not [
        secret for secret in ("password", "wang", response.json()["access_token"]) if f'"{secret}' in everything
    ]
    await client.post("/v1/sessions", json={"username": "nobody", "password": "x", "tenant": str(tenant_id)})
    assert json.dumps(await recorded(wiring, tenant_id)) == everything, "nobody's name belongs to nobody's log"


async def test_what_systems_show_for_a_token_is_written_down(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    made = await client.post("/v1/api-clients", json={"name": "CRM", "scopes": ["tenant:read"]}, headers=admin)
    system = made.json()
    for secret, status in (("wrong", 401), (system["secret"], 200)):
        form = {"grant_type": "client_credentials", "client_id": system["id"], "client_secret": secret}
        response = await client.post("/oauth/token", data=form)
        assert response.status_code == status, response.text
    refused, let_in = (await recorded(wiring, tenant_id))[-2:]
    assert (refused["actor"], refused["code"], refused["status"]) == (system["id"], "client_invalid", 401)
    assert (let_in["actor"], let_in["actor_kind"], let_in["outcome"]) == (system["id"], "client", "done")


async def test_a_revoked_token_is_written_down_wherever_it_is_shown(
    wiring: Wiring, upstreams: dict[str, Upstream], tenant_id: UUID
) -> None:
    revoked = bearer(make_hr(tenant_id, subject="gone"))
    app = build_app(wiring, dict(upstreams))
    async with client_of(app) as client:
        async with wiring.database.transaction() as tx:
            await keep_revocation(tx, PrincipalRevoked(principal="gone"))
            await tx.commit()
        await app.state.revocations.look()
        for path in ("/v1/tenant", "/v1/employees/17"):
            assert (await client.get(path, headers=revoked)).status_code == 401
    own, passing = await recorded(wiring, tenant_id)
    assert (own["actor"], own["code"], own["route"]) == ("gone", "token_revoked", "/v1/tenant")
    assert (passing["actor"], passing["code"], passing["route"]) == ("gone", "token_revoked", "/v1/employees")


async def test_the_caller_is_told_to_the_service_behind(
    wiring: Wiring, upstreams: dict[str, Upstream], tenant_id: UUID
) -> None:
    async with client_of(build_app(wiring, dict(upstreams))) as client:
        spoofed = {"X-Steelyard-Client-Address": "198.51.100.1"}
        await client.get("/v1/employees", headers=bearer(make_hr(tenant_id)) | spoofed)
    assert upstreams["archive"].header(b"x-steelyard-client-address") == [b"127.0.0.1"]


async def test_auditors_read_all_and_nobody_else(
    client: httpx.AsyncClient, wiring: Wiring, auditor: Headers, admin: Headers, tenant_id: UUID
) -> None:
    await keep(wiring, tenant_id, *range(1, 8))
    listed = (await client.get("/v1/audit-events", headers=auditor)).json()["data"]
    assert [entry["rows"] for entry in listed] == [7, 6, 5, 4, 3, 2, 1], "the newest first"
    (entry,) = await recorded(wiring, tenant_id)
    assert (entry["actor"], entry["outcome"], entry["rows"]) == ("auditor", "read", 7), "who watches is watched"
    others = (
        admin,
        bearer(make_hr(tenant_id)),
        bearer(make_person(tenant_id, uuid4())),
        bearer(make_client(tenant_id)),
    )
    for headers in others:
        assert (await client.get("/v1/audit-events", headers=headers)).status_code == 403


async def test_the_log_is_read_page_by_page_and_by_what_is_looked_for(
    client: httpx.AsyncClient, wiring: Wiring, auditor: Headers, tenant_id: UUID
) -> None:
    await keep(wiring, tenant_id, *range(1, 8))
    await keep(wiring, tenant_id, 8, action="tenant:write", outcome="done")

    async def rows(**wanted: object) -> list[int]:
        found, cursor = [], None
        while True:
            params: dict[str, Any] = {"limit": 2, **wanted, **({"cursor": cursor} if cursor else {})}
            page = (await client.get("/v1/audit-events", params=params, headers=auditor)).json()
            found += [entry["rows"] for entry in page["data"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    assert await rows() == [8, 7, 6, 5, 4, 3, 2, 1]
    assert await rows(actor="account-1") == [7, 4, 1]
    assert await rows(action="tenant:write") == [8]
    assert await rows(outcome="done") == [8]
    assert await rows(employee_id=str(UUID(int=3))) == [3]
    second = timedelta(seconds=1)
    bounds = {"occurred_after": BEGAN + 2 * second, "occurred_before": BEGAN + 5 * second}
    assert await rows(**{name: at.isoformat() for name, at in bounds.items()}) == [4, 3]


async def test_a_person_sees_who_read_what_is_theirs_and_nothing_more(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    me, reader = uuid4(), uuid4()
    await keep(wiring, tenant_id, 1, subjects=(me, uuid4()), actor="account-hr", actor_employee_id=reader)
    await keep(wiring, tenant_id, 2, subjects=(uuid4(),))
    await keep(wiring, tenant_id, 3, subjects=(me,), outcome="refused")
    page = (await client.get("/v1/audit-events/about-me", headers=bearer(make_person(tenant_id, me)))).json()
    (seen,) = page["data"]
    assert (seen["actor"], seen["actor_employee_id"], seen["action"]) == ("account-hr", str(reader), "records:read")
    assert not {"subjects", "client_address", "request_id", "resource"} & seen.keys()
    assert (await client.get("/v1/audit-events/about-me", headers=admin)).status_code == 403


async def test_what_a_service_tells_is_kept_once_and_in_its_own_company(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, auditor: Headers, tenant_id: UUID
) -> None:
    await client.patch("/v1/tenant", json={"name": "One"}, headers=admin)
    await hear(wiring, tenant_id)
    (entry,) = (await client.get("/v1/audit-events", headers=auditor)).json()["data"]
    other = bearer(make_hr(uuid4(), roles=frozenset({"auditor"})))
    assert (entry["action"], entry["actor"], entry["sequence"]) == ("tenant:write", "admin", None)
    assert (await client.get("/v1/audit-events", headers=other)).status_code == 503, "a company nobody has heard of"


async def test_a_sealed_log_verifies_and_any_change_in_the_database_shows(
    wiring: Wiring, tenant_id: UUID, clock: FixedClock
) -> None:
    await keep(wiring, tenant_id, *range(1, 6))
    await seal(wiring, tenant_id, clock)
    await keep(wiring, tenant_id, *range(6, 9))
    await seal(wiring, tenant_id, clock)
    lines, checkpoints = await lines_of(wiring, tenant_id), checkpoints_of(wiring, tenant_id)
    assert [json.loads(line)["sequence"] for line in lines] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [checkpoint.sequence for checkpoint in checkpoints] == [5, 8]
    assert first_break(lines, checkpoints, tenant_id=tenant_id) is None
    async with wiring.database.transaction(tenant_id) as tx:
        await tx.execute(text("UPDATE audit_events SET actor = 'nobody' WHERE sequence = 4"))
        await tx.commit()
    broken = first_break(await lines_of(wiring, tenant_id), checkpoints, tenant_id=tenant_id)
    assert broken is not None
    assert (broken.sequence, broken.reason) == (4, "edited")


async def test_sealers_take_turns_and_leave_no_gap(wiring: Wiring, tenant_id: UUID, clock: FixedClock) -> None:
    async def arrive_and_seal(number: int) -> None:
        await keep(wiring, tenant_id, *range(number, number + 5))
        await seal(wiring, tenant_id, clock)

    await asyncio.gather(*(arrive_and_seal(number) for number in range(1, 41, 5)))
    await seal(wiring, tenant_id, clock)
    lines = await lines_of(wiring, tenant_id)
    assert [json.loads(line)["sequence"] for line in lines] == list(range(1, 41))
    assert len({json.loads(line)["id"] for line in lines}) == 40
    assert first_break(lines, checkpoints_of(wiring, tenant_id), tenant_id=tenant_id) is None


async def test_a_checkpoint_is_signed_when_it_is_due_and_not_before(
    wiring: Wiring, tenant_id: UUID, clock: FixedClock
) -> None:
    await keep(wiring, tenant_id, 1)
    await seal(wiring, tenant_id, clock, closing=False)
    assert checkpoints_of(wiring, tenant_id) == []
    clock.advance(timedelta(minutes=6))
    assert tenant_id in await wiring.audit_chains.needing_work(at=clock.now())
    await seal(wiring, tenant_id, clock, closing=False)
    assert [each.sequence for each in checkpoints_of(wiring, tenant_id)] == [1]
    assert tenant_id not in await wiring.audit_chains.needing_work(at=clock.now())


async def test_whoever_seals_is_told_of_what_arrives_meanwhile(
    wiring: Wiring, tenant_id: UUID, clock: FixedClock
) -> None:
    assert tenant_id not in await wiring.audit_chains.needing_work(at=clock.now())
    await keep(wiring, tenant_id, 1)
    assert tenant_id in await wiring.audit_chains.needing_work(at=clock.now())
    await seal(wiring, tenant_id, clock)
    await keep(wiring, tenant_id, 2)
    assert tenant_id in await wiring.audit_chains.needing_work(at=clock.now())


async def test_a_checkpoint_that_was_not_noted_is_signed_once_more(
    wiring: Wiring, tenant_id: UUID, clock: FixedClock
) -> None:
    await keep(wiring, tenant_id, 1)

    async def dies(checkpoint: Checkpoint) -> None:
        await wiring.checkpoints.deposit(checkpoint)
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 -- as bare as a full disk
        await seal_audit(wiring.works.of(tenant_id), dies, at=clock.now(), closing=True)
    await seal(wiring, tenant_id, clock)
    checkpoints = checkpoints_of(wiring, tenant_id)
    assert [each.sequence for each in checkpoints] == [1, 1]
    assert first_break(await lines_of(wiring, tenant_id), checkpoints, tenant_id=tenant_id) is None


async def test_a_log_that_cannot_be_signed_keeps_no_other_waiting(
    wiring: Wiring, installation: Installation, clock: FixedClock
) -> None:
    companies = sorted([make_tenant(), make_tenant()], key=lambda company: company.tenant_id)
    broken, sound = [company.tenant_id for company in companies]
    for company in companies:
        await announce_tenant(installation, company)
        await keep(wiring, company.tenant_id, 1)
        await seal(wiring, company.tenant_id, clock, closing=False)
        await keep(wiring, company.tenant_id, 2)
    file_of(wiring.checkpoints.path, broken).mkdir(parents=True)
    sealing = next(loop for loop in build_loops(wiring) if loop.name == "gateway.seal-audit")
    with pytest.raises(ExceptionGroup, match=r"gateway\.seal-audit failed in"):
        await sealing.run(asyncio.Event())
    lines = {tenant_id: await lines_of(wiring, tenant_id) for tenant_id in (broken, sound)}
    assert [len(each) for each in lines.values()] == [2, 2], "sealed is what waits, signed or not"
    assert [each.sequence for each in checkpoints_of(wiring, sound)] == [2]
    file_of(wiring.checkpoints.path, broken).rmdir()
    await seal(wiring, broken, clock)
    assert [each.sequence for each in checkpoints_of(wiring, broken)] == [2]


async def test_only_whole_signed_beginnings_are_removed_and_the_rest_verifies(
    wiring: Wiring, tenant_id: UUID, clock: FixedClock
) -> None:
    for numbers in ((1, 2), (3, 4), (5,)):
        await keep(wiring, tenant_id, *numbers)
        await seal(wiring, tenant_id, clock)
        clock.advance(timedelta(days=100))
    whole = await lines_of(wiring, tenant_id)
    await forget_audit(wiring.works.of(tenant_id), at=clock.now())
    await seal(wiring, tenant_id, clock, closing=False)
    rest, checkpoints = await lines_of(wiring, tenant_id), checkpoints_of(wiring, tenant_id)
    assert rest == whole[4:], "those signed for 300 and 200 days ago are gone, those of 100 days ago are not"
    assert (checkpoints[-1].sequence, checkpoints[-1].first) == (5, 5)
    assert first_break(rest, checkpoints, tenant_id=tenant_id) is None
    assert first_break(whole, checkpoints, tenant_id=tenant_id) is None
    await keep(wiring, tenant_id, 6)
    await seal(wiring, tenant_id, clock)
    later = await lines_of(wiring, tenant_id)
    assert first_break(later, checkpoints_of(wiring, tenant_id), tenant_id=tenant_id) is None
    await forget_audit(wiring.works.of(tenant_id), at=clock.now())
    assert await lines_of(wiring, tenant_id) == later


async def test_how_long_a_log_is_kept_is_said_by_administrators_but_never_below_half_a_year(
    client: httpx.AsyncClient, admin: Headers, auditor: Headers
) -> None:
    assert (await client.get("/v1/audit-events/retention", headers=auditor)).json()["keep_days"] == 180
    longer = await client.put("/v1/audit-events/retention", json={"keep_days": 365}, headers=admin)
    shorter = await client.put("/v1/audit-events/retention", json={"keep_days": 179}, headers=admin)
    by_auditor = await client.put("/v1/audit-events/retention", json={"keep_days": 400}, headers=auditor)
    assert [each.status_code for each in (longer, shorter, by_auditor)] == [200, 422, 403]
    assert (await client.get("/v1/audit-events/retention", headers=admin)).json()["keep_days"] == 365


async def test_a_checkpoint_nobody_has_signed_is_refused(
    wiring: Wiring, tenant_id: UUID, clock: FixedClock, tmp_path: Path
) -> None:
    await keep(wiring, tenant_id, 1)
    await seal(wiring, tenant_id, clock)
    line = file_of(wiring.checkpoints.path, tenant_id).read_text("utf-8").strip()
    token = bearer(make_admin(tenant_id))["Authorization"].split()[1]
    head, body, signature = line.split(".")
    for wrong in (line[:-8] + "AAAAAAAA", f"{head}.{body[:-4]}AAAA.{signature}", token, "nothing"):
        file = tmp_path / "wrong.jws"
        file.write_text(f"{wrong}\n", "utf-8")
        with pytest.raises(CheckpointInvalid, match="line 1"):
            read_checkpoints(file, JWKS)
    with pytest.raises(CheckpointInvalid):
        read_checkpoints(file_of(wiring.checkpoints.path, tenant_id), {"keys": [replace(KEY, key_id="x").public_jwk()]})
