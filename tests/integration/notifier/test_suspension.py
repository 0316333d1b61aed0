"""While a company is suspended its events are taken in and its webhooks wait; afterwards all of them are sent."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.notifier.usecases.forget_messages import forget_messages
from services.notifier.wiring import Wiring
from shared.contracts.tenancy import TenantChanged
from tests.factories.installation import Installation, announce_tenant
from tests.factories.notifier import make_change, make_scores_changed, tell_notifier
from tests.factories.tenancy import make_tenant
from tests.factories.waiting import eventually
from tests.factories.webhooks import Subscriber, dispatching, make_hook

pytestmark = pytest.mark.anyio
WEEKS = text("UPDATE messages SET stored_at = stored_at - interval '60 days'")


async def becomes(installation: Installation, tenant: TenantChanged, status: str) -> TenantChanged:
    changed = tenant.model_copy(update={"status": status, "sequence": tenant.sequence + 1})
    await announce_tenant(installation, changed)
    return changed


async def test_webhooks_wait_however_long_and_all_arrive(
    client: httpx.AsyncClient, wiring: Wiring, installation: Installation, subscriber: Subscriber
) -> None:
    shut, beside = make_tenant(), make_tenant()
    for tenant in (shut, beside):
        await announce_tenant(installation, tenant)
    waiting = await make_hook(client, shut.tenant_id, subscriber.at("/shut"))
    other = await make_hook(client, beside.tenant_id, subscriber.at("/beside"))
    before = make_change()
    await tell_notifier(wiring, shut.tenant_id, make_scores_changed(before))
    shut = await becomes(installation, shut, "suspended")
    meanwhile = make_change()
    async with dispatching(wiring):
        await tell_notifier(wiring, shut.tenant_id, make_scores_changed(meanwhile))
        await tell_notifier(wiring, beside.tenant_id, make_scores_changed())
        await _received(subscriber, "/beside", 1)
        assert await _states(wiring, shut.tenant_id) == ["pending", "pending"]
        await _grow_old(wiring, shut.tenant_id)
        await forget_messages(wiring.works.of(shut.tenant_id))
        assert subscriber.ids("/shut") == []
        await becomes(installation, shut, "active")
        await _received(subscriber, "/shut", 2)
    told = {event["data"]["scorecard_id"] for event in subscriber.verified(waiting, "/shut")}
    assert told == {str(before.scorecard_id), str(meanwhile.scorecard_id)}
    assert len(subscriber.verified(other, "/beside")) == 1


async def _received(subscriber: Subscriber, path: str, count: int) -> None:
    async def so_many() -> bool:
        return len(subscriber.ids(path)) == count

    await eventually(so_many)


async def _states(wiring: Wiring, tenant_id: UUID) -> list[str]:
    async with wiring.database.transaction(tenant_id) as tx:
        mine = text("SELECT state FROM deliveries WHERE tenant_id = :tenant_id")
        return list((await tx.execute(mine, {"tenant_id": tenant_id})).scalars())


async def _grow_old(wiring: Wiring, tenant_id: UUID) -> None:
    async with wiring.database.transaction(tenant_id) as tx:
        await tx.execute(WEEKS)
        await tx.commit()
