"""`steelyard tenant export`: all that every service holds of a company, in one file."""

import asyncio
import hashlib
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from deploy.errors import DeployError
from deploy.migrate import SERVICES
from deploy.standalone.services import wire_service
from deploy.standalone.settings import Settings
from shared.core.clock import SystemClock
from shared.kit.holdings.exporting import exported
from shared.kit.holdings.zipping import Zip
from shared.kit.tenancy import tenant_ids

_MANIFEST = "manifest.json"


def export(settings: Settings, tenant_id: UUID, *, to: Path) -> Mapping[str, int]:
    """Write the file, closed to other users; gives how many rows there are of each service.

    Raises DeployError where there is no such company, or the file is there already.
    """
    draft = to.with_name(f"{to.name}.part")
    if to.exists():
        raise DeployError(f"{to} is there already.")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        rows = asyncio.run(_export(settings, tenant_id, file))
    draft.replace(to)
    return rows


async def _export(settings: Settings, tenant_id: UUID, file: Any) -> Mapping[str, int]:  # noqa: ANN401 -- a binary file
    manifests: dict[str, bytes] = {}
    with Zip(file) as archive:
        for service in SERVICES:
            manifests[service] = await _add(settings, service, tenant_id, archive)
        digests = {f"{name}/{_MANIFEST}": hashlib.sha256(content).hexdigest() for name, content in manifests.items()}
        archive.add((_MANIFEST, orjson.dumps({"tenant_id": tenant_id, "sha256": digests}, option=orjson.OPT_INDENT_2)))
    return {name: _rows(content) for name, content in manifests.items()}


async def _add(settings: Settings, service: str, tenant_id: UUID, archive: Zip) -> bytes:
    """Add a service's files, and give its manifest."""
    wiring, content = wire_service(settings, service, pool=1), b""
    try:
        if tenant_id not in await tenant_ids(wiring.database):
            raise DeployError(f"The {service} knows of no company {tenant_id}.")
        async for name, content in exported(wiring.holdings, tenant_id, at=SystemClock().now()):
            archive.add((name, content))
    finally:
        await wiring.database.close()
    return content


def _rows(manifest: bytes) -> int:
    return sum(table["rows"] for table in orjson.loads(manifest)["tables"].values())


def verify(file: Path) -> list[str]:
    """Name what in an export is not as its manifests say; nothing where all is."""
    with zipfile.ZipFile(file) as archive:
        whole = orjson.loads(archive.read(_MANIFEST))["sha256"]
        wrong = [name for name, digest in whole.items() if hashlib.sha256(archive.read(name)).hexdigest() != digest]
        for name in whole:
            manifest = orjson.loads(archive.read(name))
            wrong += [
                f"{manifest['service']}/{table}.ndjson"
                for table, said in manifest["tables"].items()
                if not _agrees(archive, f"{manifest['service']}/{table}.ndjson", said)
            ]
    return wrong


def _agrees(archive: zipfile.ZipFile, name: str, said: Mapping[str, Any]) -> bool:
    digest, rows = hashlib.sha256(), 0
    with archive.open(name) as file:
        for line in file:
            digest.update(line)
            rows += 1
    return bool(digest.hexdigest() == said["sha256"] and rows == said["rows"])
