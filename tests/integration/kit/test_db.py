"""The database hands numbers on as they were written, and keeps what was written out of its errors."""

import asyncio
from decimal import Decimal

import asyncpg
import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from shared.kit import db
from shared.kit.db import Database, hang_up
from tests.factories.installation import Installation
from tests.factories.waiting import eventually
from tests.faults.proxy import Proxy, Terms

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


async def test_what_somebody_hears_here_is_told_to_nobody_else(installation: Installation) -> None:
    database = Database(installation.urls["archive"], schema="archive", pool_size=1)
    rung: list[str] = []
    listener = await database.listener()
    try:
        await listener.add_listener("bell", lambda *_: rung.append("there"))
        with database.hearing("bell", lambda: rung.append("here")):
            database.announce("bell")
        database.announce("bell")

        async def is_heard() -> bool:
            return rung == ["here", "there"]

        await eventually(is_heard)
    finally:
        await hang_up(listener)
        await database.close()


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


async def test_it_ends_though_an_announcement_is_swallowed_on_its_way(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "CLOSE_SECONDS", 0.1)
    url = make_url(installation.urls["archive"])
    proxy = Proxy(target_port=url.port or 5432)
    near = url.set(host="127.0.0.1", port=await proxy.open()).render_as_string(hide_password=False)
    database = Database(near, schema="archive", pool_size=1)
    async with database.transaction() as tx:
        await tx.execute(text("SELECT 1"))
    proxy.switch(Terms("half_open"))
    database.announce("archive")

    async def is_swallowed() -> bool:
        return proxy.traffic().swallowed > 0

    await eventually(is_swallowed)
    async with asyncio.timeout(db.STATEMENT_SECONDS / 2):
        await database.close()
    await proxy.close()


async def test_it_ends_though_an_announcement_met_a_closed_transport(installation: Installation) -> None:
    database = Database(installation.urls["archive"], schema="archive", pool_size=1)

    def refuse(*_: object) -> None:
        raise RuntimeError("unable to perform operation on <TCPTransport closed=True>; the handler is closed")

    event.listen(database.engine.sync_engine, "checkout", refuse)
    database.announce("archive")
    await database.close()


async def test_it_answers_unless_the_network_is_half_open(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "CONNECT_SECONDS", 0.2)
    url = make_url(installation.urls["archive"])
    proxy = Proxy(target_port=url.port or 5432)
    near = url.set(host="127.0.0.1", port=await proxy.open()).render_as_string(hide_password=False)
    database = Database(near, schema="archive", pool_size=1)
    before = await database.answers()
    proxy.switch(Terms("half_open"))
    assert (before, await database.answers()) == (True, False)
    await database.close()
    await proxy.close()
