"""The united OpenAPI document as programs of others read it: a file."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.standalone.web import assemble
from tests.factories.installation import Installation
from tests.factories.serving import serving
from tests.integration.access.world import clients_of, founded, wired
from tests.integration.access.world.gateway import PASSWORD
from tests.integration.access.world.realm import Realm

PERSON = "report"
"""Who logs in: an employee."""


@dataclass(frozen=True, slots=True)
class Served:
    """The whole stack behind one URL, a company in which everything has happened, and what the stack says of itself."""

    url: str
    realm: Realm
    document: Path
    username: str
    password: str


@pytest.fixture(scope="package")
async def served(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    wirings = wired(installation)
    async with AsyncExitStack() as stack:
        for wiring in wirings.values():
            stack.push_async_callback(wiring.bus.close)
        apps = assemble(wirings)
        clients = await clients_of(stack, apps)
        realm = await founded(installation, wirings, clients)
        document = tmp_path_factory.mktemp("openapi") / "openapi.json"
        document.write_text(json.dumps((await clients["gateway"].get("/v1/openapi.json")).json()), "utf-8")
        url = await stack.enter_async_context(serving(apps["gateway"]))
        yield Served(url, realm, document, f"{PERSON}-{realm.tenant_id}", PASSWORD)
