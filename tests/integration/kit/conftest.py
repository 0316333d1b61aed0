"""A schema that holds nothing but the kit's own tables and a ledger of effects."""

import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from shared.kit.bus.kafka.bus import KafkaBus
from shared.kit.bus.port import Message
from shared.kit.bus.postgres.bus import PostgresBus
from shared.kit.consumer import Consumer
from shared.kit.db import Database
from shared.kit.migrations import ERASURES_DDL, KIT_DDL, PLACES_DDL
from shared.kit.relay import Relay
from shared.kit.subscriptions import Subscriptions
from shared.kit.tenancy import keep_tenant
from shared.kit.unit_of_work import UnitOfWork, Works
from tests.factories.installation import Installation
from tests.factories.tenancy import make_tenant
from tests.integration.kit.consuming import Make, Notes, ScriptedBus
from tests.integration.kit.recording import NoteTaken, RecordingBus

EFFECTS_DDL = "CREATE TABLE effects (event_id uuid NOT NULL, note text NOT NULL)"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a consumer has done, read beside it."""

    database: Database

    async def notes(self) -> list[str]:
        connection = await self.database.listener()
        try:
            rows = await connection.fetch("SELECT note FROM effects ORDER BY ctid")
            return [row["note"] for row in rows]
        finally:
            await connection.close()


@dataclass(frozen=True, slots=True)
class Letters:
    """What a consumer has set aside: dead letters leave through the outbox."""

    database: Database

    async def read(self) -> list[Message]:
        connection = await self.database.listener()
        try:
            rows = await connection.fetch(
                "SELECT topic, key, payload, headers FROM outbox WHERE topic LIKE '%.dead' ORDER BY position"
            )
        finally:
            await connection.close()
        return [
            Message(row["topic"], row["key"], row["payload"], tuple(map(tuple, json.loads(row["headers"]))))
            for row in rows
        ]


@pytest.fixture
async def database(installation: Installation) -> AsyncIterator[Database]:
    """Give a fresh schema with the kit's tables, reached as an ordinary runtime role."""
    schema = f"kit_{uuid.uuid4().hex[:12]}"
    admin = await asyncpg.connect(installation.admin_url.replace("+asyncpg", "", 1))
    tables = f"{KIT_DDL}; {PLACES_DDL}; {ERASURES_DDL}; {EFFECTS_DDL}"
    await admin.execute(f"CREATE SCHEMA {schema}; SET search_path TO {schema}; {tables}")
    await admin.execute(
        f"GRANT USAGE ON SCHEMA {schema} TO steelyard_archive;"
        f"GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO steelyard_archive"
    )
    database = Database(installation.urls["archive"], schema=schema, pool_size=5)
    yield database
    await database.close()
    await admin.execute(f"DROP SCHEMA {schema} CASCADE")
    await admin.close()


@pytest.fixture
async def known_tenant(database: Database) -> UUID:
    tenant = make_tenant()
    async with database.transaction() as tx:
        await keep_tenant(tx, tenant)
        await tx.commit()
    return tenant.tenant_id


@pytest.fixture
def works(database: Database) -> Works[UnitOfWork]:
    return Works(database, UnitOfWork)


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


@pytest.fixture
async def bus(installation: Installation) -> AsyncIterator[PostgresBus]:
    bus = PostgresBus(installation.urls["bus"])
    yield bus
    await bus.close()


@pytest.fixture
async def kafka(kafka_url: str) -> AsyncIterator[KafkaBus]:
    bus = KafkaBus(kafka_url)
    yield bus
    await bus.close()


@pytest.fixture
async def kafka_admin(kafka_url: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_url.removeprefix("kafka://"))
    await admin.start()
    yield admin
    await admin.close()


@pytest.fixture
def letters(database: Database) -> Letters:
    return Letters(database)


@pytest.fixture
def recorder() -> RecordingBus:
    return RecordingBus()


@pytest.fixture
def relay(database: Database, recorder: RecordingBus) -> Relay:
    return Relay(database, recorder, batch_size=2)  # type: ignore[arg-type]  # a relay only publishes


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def scripted() -> ScriptedBus:
    return ScriptedBus()


@pytest.fixture
def make_consumer(works: Works[UnitOfWork], scripted: ScriptedBus, notes: Notes) -> Make:
    def make(**options: Any) -> Consumer[UnitOfWork]:
        given = {"works": works, "retry_delays": (0.01, 0.01), **options}
        return Consumer(scripted, subscriptions=Subscriptions({NoteTaken: notes}), group="notes", **given)  # type: ignore[arg-type]  # as much of a bus as a consumer needs

    return make


@pytest.fixture
def consumer(make_consumer: Make) -> Consumer[UnitOfWork]:
    return make_consumer()
