"""An export has every row of its company, none of another's, and nothing by which anybody proves who they are."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import func, select, text

from deploy.migrate import SERVICES
from shared.kit.db import Database
from shared.kit.holdings.exporting import exported
from shared.kit.holdings.tables import Holdings, tenant_column
from shared.kit.holdings.zipping import zipped
from tests.factories.access import make_admin
from tests.factories.installation import Installation, bearer
from tests.integration.access.world.gateway import PASSWORD
from tests.integration.access.world.realm import World

pytestmark = pytest.mark.anyio


async def counted(installation: Installation, holdings: Holdings, world: World) -> dict[str, int]:
    """Count the company's rows as the superuser, whom row-level security does not bind."""
    database = Database(installation.admin_url, schema=holdings.database.schema, pool_size=1)
    found = {}
    async with database.transaction() as tx:
        for table in holdings.exported:
            mine = tenant_column(table) == world.ours.tenant_id
            found[table.name] = (await tx.execute(select(func.count()).select_from(table).where(mine))).scalar_one()
    await database.close()
    return found


async def downloaded(world: World, service: str) -> zipfile.ZipFile:
    client, admin = world.clients[service], bearer(make_admin(world.ours.tenant_id))
    answer = await client.get(f"/v1/tenant/export/{service}", headers=admin)
    assert answer.status_code == 200, answer.text
    return zipfile.ZipFile(io.BytesIO(answer.content))


@pytest.mark.parametrize("service", SERVICES)
async def test_every_row_is_in_it_once_and_the_manifest_agrees(
    installation: Installation, world: World, holdings: Mapping[str, Holdings], service: str
) -> None:
    archive = await downloaded(world, service)
    assert archive.testzip() is None
    manifest = json.loads(archive.read(f"{service}/manifest.json"))
    expected = await counted(installation, holdings[service], world)
    shown = {table: said["rows"] for table, said in manifest["tables"].items()}
    assert shown == {table: rows for table, rows in expected.items() if table not in manifest["left_out"]}
    assert sum(shown.values()) > 0
    for table, said in manifest["tables"].items():
        content = archive.read(f"{service}/{table}.ndjson")
        rows = [json.loads(line) for line in content.splitlines()]
        assert hashlib.sha256(content).hexdigest() == said["sha256"]
        key = "id" if table == "tenants" else "tenant_id"
        assert [row[key] for row in rows] == [str(world.ours.tenant_id)] * said["rows"]
        assert all(row.keys().isdisjoint(said["withheld"]) for row in rows)


async def test_nothing_of_another_company_is_in_it(world: World, holdings: Mapping[str, Holdings]) -> None:
    found = (i for ids in world.theirs.ids.values() for i in ids.values())
    theirs = {str(world.theirs.tenant_id), *(i for i in found if len(i) == len(str(world.theirs.tenant_id)))}
    ours = {i for kind in ("employee", "department", "account") for i in world.ours.ids[kind].values()}
    whole = "\n".join([await written(each, world) for each in holdings.values()])
    assert [i for i in ours if i not in whole] == []
    assert [i for i in theirs if i in whole] == []


async def test_no_proof_of_identity_is_in_it(
    installation: Installation, world: World, holdings: Mapping[str, Holdings]
) -> None:
    whole = await written(holdings["gateway"], world) + await written(holdings["notifier"], world)
    secrets = [PASSWORD, *await column(installation, "gateway.accounts", "password_hash")]
    for table, name in (("gateway.client_keys", "digest"), ("gateway.second_factors", "secret")):
        secrets += await column(installation, table, f"encode({name}, 'hex')")
    secrets += await column(installation, "notifier.secrets", "encode(value, 'hex')")
    assert len(secrets) > 5
    assert [secret for secret in secrets if secret in whole] == []


async def test_administrators_do_not_see_the_audit_log_and_are_seen(world: World) -> None:
    archive = await downloaded(world, "gateway")
    manifest = json.loads(archive.read("gateway/manifest.json"))
    assert {"audit_events", "audit_chains"} <= manifest["left_out"].keys()
    assert not [name for name in archive.namelist() if "audit" in name]


async def test_an_export_that_breaks_off_is_no_archive(world: World, holdings: Mapping[str, Holdings]) -> None:
    pieces = exported(holdings["archive"], world.ours.tenant_id, at=_now(world))
    begun = b""
    async for some in zipped(pieces):
        begun += some
        if len(begun) > 100:
            break
    await pieces.aclose()  # type: ignore[attr-defined]  # it is a generator
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(begun))


async def test_text_is_text_and_numbers_keep_their_digits(world: World, holdings: Mapping[str, Holdings]) -> None:
    rows = await rows_of(holdings["connector"], world, "credits")
    assert all(isinstance(row["value"], str | int | float) for row in rows)
    bodies = [row["body"] for row in await rows_of(holdings["notifier"], world, "messages")]
    assert all(json.loads(body)["specversion"] == "1.0" for body in bodies)


def _now(world: World) -> Any:
    return world.apps["archive"].state.works.clock.now()


async def written(holdings: Holdings, world: World) -> str:
    pieces = [piece async for _, piece in exported(holdings, world.ours.tenant_id, at=_now(world))]
    return b"".join(pieces).decode()


async def rows_of(holdings: Holdings, world: World, table: str) -> list[Any]:
    file = f"{holdings.database.schema}/{table}.ndjson"
    pieces = exported(holdings, world.ours.tenant_id, at=_now(world))
    content = b"".join([piece async for name, piece in pieces if name == file])
    return [json.loads(line) for line in content.splitlines()]


async def column(installation: Installation, table: str, expression: str) -> list[str]:
    database = Database(installation.admin_url, schema="gateway", pool_size=1)
    async with database.transaction() as tx:
        statement = text(f"SELECT {expression} FROM {table}")  # noqa: S608 -- our own names
        found = (await tx.execute(statement)).scalars().all()
    await database.close()
    return [each for each in found if each]
