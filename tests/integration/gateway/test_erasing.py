"""The order to erase a company: what it takes, how it is called off, and that it has no end but one once begun."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from services.gateway.clients.ledger import FILE, ErasureLedger, read_ledger
from services.gateway.clients.signed_lines import LineInvalid
from services.gateway.domain.hosting.erasure import LedgerEntry
from services.gateway.usecases.tenancy.erase_tenant import order_tenant_erasure
from services.gateway.wiring import Wiring
from shared.contracts.tenancy import TenantErased
from shared.core.errors import TenantGone
from shared.kit.holdings.erasing import erase_pending, erased
from shared.kit.tenancy import digest_of
from tests.factories.access import KEY
from tests.factories.events import published
from tests.factories.hosting import make_operator
from tests.factories.waiting import eventually

pytestmark = pytest.mark.anyio
Headers = dict[str, str]
NAME = {"name": "Test company"}
JWKS = {"keys": [KEY.public_jwk()]}


@pytest.fixture
async def operator(wiring: Wiring) -> Headers:
    return (await make_operator(wiring))[1]


async def suspend(client: httpx.AsyncClient, operator: Headers, tenant_id: UUID) -> str:
    path = f"/v1/tenants/{tenant_id}"
    assert (await client.put(f"{path}/suspension", json={"reason": "ended"}, headers=operator)).status_code == 200
    return path


async def test_it_takes_a_suspended_company_and_its_name(
    client: httpx.AsyncClient, operator: Headers, tenant_id: UUID
) -> None:
    early = await client.put(f"/v1/tenants/{tenant_id}/erasure", json=NAME, headers=operator)
    path = await suspend(client, operator, tenant_id)
    wrong = await client.put(f"{path}/erasure", json={"name": "Test Company"}, headers=operator)
    assert (early.status_code, early.json()["code"]) == (409, "tenant_not_suspended")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/name")
    ordered = await client.put(f"{path}/erasure", json=NAME, headers=operator)
    again = await client.put(f"{path}/erasure", json=NAME, headers=operator)
    assert (ordered.status_code, again.json()) == (202, ordered.json())
    wait = datetime.fromisoformat(ordered.json()["due_at"]) - datetime.fromisoformat(ordered.json()["ordered_at"])
    assert wait == timedelta(days=7)
    assert (await client.get(path, headers=operator)).json()["erasure"] == ordered.json()


async def test_it_needs_a_duty_of_its_own(client: httpx.AsyncClient, wiring: Wiring, tenant_id: UUID) -> None:
    _, watch = await make_operator(wiring, "tenants:suspend")
    path = await suspend(client, watch, tenant_id)
    assert (await client.put(f"{path}/erasure", json=NAME, headers=watch)).status_code == 403


async def test_it_is_called_off_by_itself_and_by_resuming(
    client: httpx.AsyncClient, wiring: Wiring, operator: Headers, tenant_id: UUID
) -> None:
    path = await suspend(client, operator, tenant_id)
    await order_now(wiring, tenant_id)
    assert (await client.delete(f"{path}/erasure", headers=operator)).status_code == 204
    assert (await client.delete(f"{path}/erasure", headers=operator)).status_code == 204
    assert not await wiring.begin_erasure(wiring.works.of(tenant_id))
    await order_now(wiring, tenant_id)
    assert (await client.delete(f"{path}/suspension", headers=operator)).json()["erasure"] is None
    assert not await wiring.begin_erasure(wiring.works.of(tenant_id))


async def test_it_does_not_begin_before_its_day(
    client: httpx.AsyncClient, wiring: Wiring, operator: Headers, tenant_id: UUID
) -> None:
    path = await suspend(client, operator, tenant_id)
    await client.put(f"{path}/erasure", json=NAME, headers=operator)
    assert tenant_id in await wiring.companies.to_be_erased()
    assert not await wiring.begin_erasure(wiring.works.of(tenant_id))


async def test_once_begun_it_stands_in_the_ledger_and_every_service_is_told(
    client: httpx.AsyncClient, wiring: Wiring, operator: Headers, tenant_id: UUID
) -> None:
    path = await suspend(client, operator, tenant_id)
    await order_now(wiring, tenant_id)
    checkpoint = wiring.ledger.folder / f"{tenant_id}.jws"
    checkpoint.parent.mkdir(exist_ok=True)
    checkpoint.write_text("of a log that will be gone")
    assert await wiring.begin_erasure(wiring.works.of(tenant_id))
    with pytest.raises(TenantGone):
        await wiring.begin_erasure(wiring.works.of(tenant_id))
    assert (await client.delete(f"{path}/suspension", headers=operator)).status_code == 410
    (told,) = await published(wiring.database, tenant_id, TenantErased)
    assert told["tenant_id"] == str(tenant_id)
    entries = [each for each in read_ledger(wiring.ledger.folder / FILE, JWKS) if each.tenant_id == tenant_id]
    assert [each.by for each in entries] == ["command:test"]
    await publish_all(wiring, tenant_id)

    async def is_gone() -> bool:
        await erase_pending(wiring.holdings)
        return digest_of(tenant_id) in await erased(wiring.database)

    await eventually(is_gone)
    await wiring.tidy_ledger()
    assert not checkpoint.exists()
    assert (await client.get(path, headers=operator)).status_code == 404


async def test_a_ledger_that_was_changed_is_none(tmp_path: Path) -> None:
    ledger, entry = ErasureLedger(tmp_path, KEY), LedgerEntry(uuid4(), datetime.now(UTC), "wang")
    assert read_ledger(tmp_path / FILE, JWKS) == []
    await ledger.enter(entry)
    await ledger.enter(LedgerEntry(uuid4(), entry.erased_at, "li"))
    first, *_ = read_ledger(tmp_path / FILE, JWKS)
    assert (first.tenant_id, first.by) == (entry.tenant_id, "wang")
    lines = (tmp_path / FILE).read_text().splitlines()
    (tmp_path / FILE).write_text("\n".join([lines[0], lines[1][:-4] + "AAAA"]))
    with pytest.raises(LineInvalid, match="line 2"):
        read_ledger(tmp_path / FILE, JWKS)


async def order_now(wiring: Wiring, tenant_id: UUID) -> None:
    now = wiring.works.clock.now()
    wait = timedelta(0)
    await order_tenant_erasure(wiring.works.of(tenant_id), name=NAME["name"], by="command:test", at=now, wait=wait)


async def publish_all(wiring: Wiring, tenant_id: UUID) -> None:
    """Stand in for the relay, after which the outbox may let go."""
    async with wiring.database.transaction() as tx:
        driver = await tx.driver()
        await driver.execute("UPDATE outbox SET published_at = now() WHERE key LIKE $1", f"{tenant_id}/%")
        await tx.commit()
