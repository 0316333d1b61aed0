"""Ingest over HTTP: batches of a thousand observations, eight requests at once, against COPY of the same rows."""

import time
from datetime import date
from decimal import Decimal
from uuid import UUID

import aiohttp

from benchmarks.copying import Copied
from benchmarks.events import TENANT, TENANT_CHANGED
from benchmarks.ground import Ground
from benchmarks.harness import Figure, Goal, compare
from benchmarks.installation import Installation, install
from benchmarks.load import OBSERVATIONS, Sender
from benchmarks.observations import BATCH, SOURCE, Crm
from deploy.standalone.services import wire_service
from services.connector.usecases.create_connection import create_connection
from services.connector.usecases.keep_organisation import keep_employees
from shared.contracts.organisation import EmployeeChanged, Employment
from shared.core.ids import Uuid7
from shared.kit.tenancy import keep_tenant

_AT_ONCE = 8
_PEOPLE = 300
_JOINED = date(2020, 1, 1)


async def run(ground: Ground) -> list[Figure]:
    """Give observations a second, as acknowledged."""
    installation = await install(ground, "ingest")
    numbers = await _found(installation)
    batches = ground.sized(16, 100)
    crm = Crm(numbers)
    connection = await installation.connect()
    copied = Copied(connection)
    try:
        await copied.begin()
        async with installation.process("connector-app") as url, aiohttp.ClientSession() as session:
            token = installation.token(TENANT, "observations:write")
            sender = Sender(session, url + OBSERVATIONS, token=token)
            compared = await compare(
                lambda: _ingested(sender, crm, batches),
                lambda: copied.copy(batches * BATCH),
                rounds=ground.sized(7, 7),
            )
    finally:
        await connection.close()
    return [compared.figure("ingest", "observations/s", goal=Goal("ratio", "at_least", 0.5))]


async def _ingested(sender: Sender, crm: Crm, batches: int) -> float:
    bodies = [crm.body() for _ in range(batches)]
    began = time.perf_counter()
    await sender.post_all(bodies, at_once=_AT_ONCE)
    return batches * BATCH / (time.perf_counter() - began)


async def _found(installation: Installation) -> list[str]:
    """Let the connector know a tenant, its people and a source; gives the people's work numbers."""
    wiring = wire_service(installation.settings, "connector", pool=2)
    try:
        async with wiring.database.transaction() as tx:
            await keep_tenant(tx, TENANT_CHANGED)
            await tx.commit()
        work = wiring.works.of(TENANT)
        people = list(map(_person, range(_PEOPLE)))
        await keep_employees(work, people)
        await create_connection(work, key=SOURCE, name=SOURCE, stale_after_hours=None)
    finally:
        await wiring.database.close()
        await wiring.bus.close()
    return [person.work_number for person in people]


def _person(number: int) -> EmployeeChanged:
    ids = Uuid7()
    spell = Employment(
        id=ids.new(),
        department_id=UUID(int=1),
        position_id=UUID(int=2),
        position_name="seller",
        fte=Decimal(1),
        starts_on=_JOINED,
    )
    return EmployeeChanged(
        employee_id=ids.new(),
        sequence=1,
        work_number=f"W{number:04d}",
        name=f"W{number:04d}",
        joined_on=_JOINED,
        employments=(spell,),
    )
