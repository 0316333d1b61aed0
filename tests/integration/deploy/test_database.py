"""The standalone database from nothing to migrated, with roles that keep their passwords."""

import asyncio
import stat
from pathlib import Path

import asyncpg
import pytest

from deploy.errors import DeployError
from deploy.migrate import SERVICES
from deploy.standalone.database import prepare, runtime_urls
from deploy.standalone.postgres import Postgres
from deploy.standalone.secrets import role_passwords
from deploy.standalone.settings import Settings
from shared.core.errors import Unavailable
from shared.kit.db import Database


def test_passwords_are_made_once_and_closed_to_other_users(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path / "var")
    passwords = role_passwords(settings)
    assert role_passwords(settings) == passwords
    assert len(set(passwords.values())) == len(passwords)
    assert stat.S_IMODE((settings.secrets / "roles.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.secrets.stat().st_mode) == 0o700


def test_preparing_twice_gives_every_service_a_schema_it_does_not_own(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path / "var", database_url=None)
    try:
        assert prepare(settings) == prepare(settings)
        urls = runtime_urls(settings)
        for service in SERVICES:
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match=f"permission denied for schema {service}"):
                asyncio.run(_create_table(urls[service], service))
    finally:
        Postgres(settings.postgres).stop()


def test_a_database_of_another_version_is_said_to_be(tmp_path: Path) -> None:
    """Programs begin nothing in an older one, of which much would seem wrong; a newer one has all that they need."""
    settings = Settings(var=tmp_path / "var", database_url=None)
    try:
        admin = prepare(settings)
        asyncio.run(_pretend(admin, "0001"))
        with pytest.raises(Unavailable, match="the schema of an older version"):
            asyncio.run(_ping(settings))
        asyncio.run(_pretend(admin, "9999"))
        asyncio.run(_ping(settings))
        with pytest.raises(DeployError, match="The schema of connector is another version's"):
            prepare(settings)
    finally:
        Postgres(settings.postgres).stop()


async def _pretend(url: str, revision: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute("UPDATE connector.alembic_version SET version_num = $1", revision)
    finally:
        await connection.close()


async def _ping(settings: Settings) -> None:
    database = Database(runtime_urls(settings)["connector"], schema="connector")
    try:
        await database.ping()
    finally:
        await database.close()


async def _create_table(url: str, schema: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute(f"CREATE TABLE {schema}.intruder ()")
    finally:
        await connection.close()
