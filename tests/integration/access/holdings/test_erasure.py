"""Who is erased is nowhere any more, whoever dies meanwhile, and nobody else has lost a byte."""

import asyncio
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from deploy.migrate import SERVICES
from shared.contracts.tenancy import TenantErased
from shared.core.errors import TenantGone, Unavailable
from shared.kit.bus.postgres.bus import PostgresBus
from shared.kit.bus.postgres.log import SCHEMA as BUS
from shared.kit.db import Database
from shared.kit.holdings.erasing import erase_pending, erased
from shared.kit.holdings.tables import Holdings
from shared.kit.tenancy import digest_of, enter_tenant, keep_erasure, keep_tenant
from tests.factories.installation import Installation
from tests.factories.tenancy import make_tenant
from tests.factories.waiting import eventually
from tests.integration.access.holdings.twin import digests, mentions, superuser, twin_of
from tests.integration.access.world.realm import World

pytestmark = pytest.mark.anyio
SCHEMAS = [*SERVICES, BUS]


async def tell(database: Database, tenant_id: UUID) -> None:
    async with database.transaction() as tx:
        await keep_erasure(tx, TenantErased(tenant_id=tenant_id, ordered_at=datetime.now(UTC)))
        await tx.commit()


async def finish(holdings: Holdings, tenant_id: UUID, *, rows: int = 7) -> None:
    async def is_gone() -> bool:
        await erase_pending(holdings, rows=rows)
        return digest_of(tenant_id) in await erased(holdings.database)

    await eventually(is_gone)


async def test_nothing_of_it_is_found_and_neighbours_lost_nothing(
    installation: Installation, world: World, holdings: Mapping[str, Holdings]
) -> None:
    twin = await twin_of(installation, holdings, world.ours.tenant_id)
    neighbours = [world.ours.tenant_id, world.theirs.tenant_id]
    before = await digests(installation, holdings, neighbours)
    found = await mentions(installation, SCHEMAS, twin)
    assert {f"{service}.outbox" for service in SERVICES} | {"bus.log", "archive.employees"} <= found.keys()
    for each in holdings.values():
        await tell(each.database, twin)
        await finish(each, twin)
    bus = PostgresBus(installation.urls[BUS])
    await bus.erase(frozenset.intersection(*[await erased(each.database) for each in holdings.values()]))
    await bus.close()
    assert await mentions(installation, SCHEMAS, twin) == {}
    assert await digests(installation, holdings, neighbours) == before


async def test_a_killed_eraser_leaves_less_to_do(
    installation: Installation, world: World, holdings: Mapping[str, Holdings]
) -> None:
    performance = holdings["performance"]
    twin = await twin_of(installation, {"performance": performance}, world.ours.tenant_id)
    whole = sum((await mentions(installation, ["performance"], twin)).values())
    await tell(performance.database, twin)
    module = "tests.integration.access.holdings.eraser"
    url = installation.urls["performance"]
    eraser = await asyncio.create_subprocess_exec(sys.executable, "-m", module, "performance", url)

    async def is_at_it() -> bool:
        return sum((await mentions(installation, ["performance"], twin)).values()) < whole - 5

    await eventually(is_at_it)
    eraser.kill()
    assert await eraser.wait() != 0, "it was done before it could be killed"
    assert sum((await mentions(installation, ["performance"], twin)).values()) > 5
    await finish(performance, twin)
    assert await mentions(installation, ["performance"], twin) == {}


async def test_what_comes_late_is_not_taken_in(holdings: Mapping[str, Holdings]) -> None:
    archive, tenant = holdings["archive"], make_tenant()
    async with archive.database.transaction() as tx:
        await keep_tenant(tx, tenant)
        await tx.commit()
    await tell(archive.database, tenant.tenant_id)
    for _ in range(2):  # while it is erased, and afterwards
        async with archive.database.transaction() as tx:
            with pytest.raises(TenantGone):
                await enter_tenant(tx, tenant.tenant_id)
            assert not await keep_tenant(tx, tenant.model_copy(update={"sequence": 9}))
            await tx.commit()
        await tell(archive.database, tenant.tenant_id)
        await finish(archive, tenant.tenant_id)
    async with archive.database.transaction() as tx:
        with pytest.raises(Unavailable):
            await enter_tenant(tx, uuid4())


async def test_it_waits_for_whoever_may_still_write_and_for_what_has_not_left(
    installation: Installation, holdings: Mapping[str, Holdings]
) -> None:
    archive, tenant = holdings["archive"], make_tenant()
    tenant_id = tenant.tenant_id
    async with archive.database.transaction() as tx:
        await keep_tenant(tx, tenant)
        await tx.commit()
    async with archive.database.transaction() as writing:
        await enter_tenant(writing, tenant_id)
        await tell(archive.database, tenant_id)
        for _ in range(2):
            await erase_pending(archive)
            assert digest_of(tenant_id) not in await erased(archive.database)
    async with superuser(installation) as connection:
        say = "INSERT INTO archive.outbox (id, topic, key, payload) VALUES (gen_random_uuid(), 't', $1, '')"
        await connection.execute(say, f"{tenant_id}/x")
        await erase_pending(archive)
        assert digest_of(tenant_id) not in await erased(archive.database)
        await connection.execute("UPDATE archive.outbox SET published_at = now() WHERE key = $1", f"{tenant_id}/x")
    await finish(archive, tenant_id)
