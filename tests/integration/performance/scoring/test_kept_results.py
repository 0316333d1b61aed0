"""Results of before there were segments: they are given theirs, and a cycle frozen then is published as it was."""

from importlib import import_module
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.performance.wiring import Wiring
from tests.factories.access import make_hr
from tests.factories.installation import Installation, bearer
from tests.factories.sellers import Sellers, freeze, publish, three_facts
from tests.integration.performance.conftest import Cards, Observe

pytestmark = pytest.mark.anyio
MIGRATION = import_module("services.performance.migrations.versions.0008_minimum_workdays")
_FORGET = "UPDATE {} SET result = result - 'segments' - 'workdays' - 'overall' - 'before_veto'"


async def migrate_again(installation: Installation, tenant_id: UUID) -> None:
    """Take away what is new, as a superuser whom no policy holds back, and let the migration write it again."""
    connection = await asyncpg.connect(installation.admin_url.replace("+asyncpg", "", 1))
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL search_path TO performance")
            for table in ("scorecards", "results"):
                await connection.execute(f"{_FORGET.format(table)} WHERE tenant_id = '{tenant_id}'")
            await connection.execute(MIGRATION.SEGMENTS)
    finally:
        await connection.close()


async def test_a_cycle_frozen_before_is_published_and_explained_as_it_was(
    client: httpx.AsyncClient,
    installation: Installation,
    wiring: Wiring,
    sellers: Sellers,
    observe: Observe,
) -> None:
    await observe(*three_facts(sellers))
    await freeze(wiring, sellers)
    await migrate_again(installation, sellers.tenant_id)
    await publish(wiring, sellers)
    hr, totals = bearer(make_hr(sellers.tenant_id)), []
    for person in sellers.people:
        path = f"/v1/scorecards/{sellers.card_of(person)}"
        card = (await client.get(path, headers=hr)).json()
        explained = (await client.get(f"{path}/explanation", headers=hr)).json()
        totals.append(card["total"])
        assert explained["score"]["total"] == card["total"]
        assert [each["workdays"] for each in card["segments"]] == [129]
    assert totals == ["63.40", "81.90", "75.20"]


async def test_the_migration_leaves_what_has_segments_alone(
    installation: Installation, wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    await observe(*three_facts(sellers))
    before = await cards()
    connection = await asyncpg.connect(installation.admin_url.replace("+asyncpg", "", 1))
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL search_path TO performance")
            await connection.execute(MIGRATION.SEGMENTS)
    finally:
        await connection.close()
    assert await cards() == before
