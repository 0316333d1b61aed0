"""The database hands numbers on as they were written, and keeps what was written out of its errors."""

from decimal import Decimal

import asyncpg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from shared.kit.db import Database
from tests.factories.installation import Installation
from tests.factories.waiting import eventually

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("written", ["800000", "1000000.00", "0.20", "-3", "123456789012345.0000000001"])
async def test_a_number_keeps_its_digits_alone_and_in_an_array(installation: Installation, written: str) -> None:
    database = Database(installation.urls["archive"], schema="archive", pool_size=1)
    try:
        async with database.transaction() as tx:
            alone = (await tx.execute(text("SELECT CAST(:it AS numeric)"), {"it": Decimal(written)})).scalar_one()
            arrayed = await (await tx.driver()).fetchval("SELECT $1::numeric[]", [Decimal(written), None])
    finally:
        await database.close()
    assert (str(alone), str(arrayed[0]), arrayed[1]) == (written, written, None)


async def test_an_error_does_not_repeat_the_values(installation: Installation) -> None:
    database = Database(installation.urls["archive"], schema="archive", pool_size=1)
    try:
        async with database.transaction() as tx:
            with pytest.raises(DBAPIError) as failed:
                await tx.execute(text("SELECT 1 / 0 WHERE CAST(:name AS text) IS NOT NULL"), {"name": "王芳"})
    finally:
        await database.close()
    assert "王芳" not in str(failed.value)


async def test_what_the_server_has_closed_is_not_handed_out_again(installation: Installation) -> None:
    database = Database(installation.urls["archive"], schema="archive", pool_size=1)
    try:
        async with database.transaction() as tx:
            old = await tx.driver()
        await _close_at_the_server(installation, old)

        async def is_known() -> bool:
            return bool(old.is_closed())

        await eventually(is_known)
        async with database.transaction() as tx:
            assert (await tx.execute(text("SELECT 1"))).scalar_one() == 1
            assert await tx.driver() is not old
    finally:
        await database.close()


async def _close_at_the_server(installation: Installation, driver: asyncpg.Connection) -> None:
    admin = await asyncpg.connect(installation.admin_url.replace("+asyncpg", ""))
    try:
        assert await admin.fetchval("SELECT pg_terminate_backend($1)", driver.get_server_pid())
    finally:
        await admin.close()


async def test_after_its_end_it_opens_nothing_to_announce_what_comes_late(installation: Installation) -> None:
    database = Database(installation.urls["archive"], schema="archive", pool_size=1)
    opened: list[object] = []
    event.listen(database.engine.sync_engine, "connect", lambda *_: opened.append("opened"))
    database.announce("archive")
    await database.close()
    assert opened == ["opened"]
    database.announce("archive")
    await database.close()  # whatever was begun has ended
    assert opened == ["opened"]
