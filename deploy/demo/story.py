"""Tells the story: a stack of its own, a sandbox tenant, chapters over the public API, a summary that must agree."""

import asyncio
import shutil
import time
from contextlib import AsyncExitStack

from rich.console import Console

from deploy.demo.chapters import changing, closing, flowing, founding, planning, revising, subscribing
from deploy.demo.client import Api
from deploy.demo.company import found_company
from deploy.demo.ledger import Ledger
from deploy.demo.receiver import Receiver, receiving
from deploy.demo.stage import Stage
from deploy.errors import DeployError
from deploy.standalone.database import prepare
from deploy.standalone.postgres import free_port
from deploy.standalone.settings import Settings
from deploy.standalone.stack import Stack
from deploy.tenants import create_tenant

ADMIN = "admin"
SUBSCRIBER_IS_LOCAL = {"STEELYARD_DANGEROUS_ALLOW_PRIVATE_TARGETS": "1"}
"""Webhooks may go to this machine, where the demo's subscriber listens."""


def run(settings: Settings) -> None:
    """Set the stage below `var/demo`, tell the story, and fail if any number is off."""
    console = Console(highlight=False)
    ledger = Ledger(console)
    kept = {"kafka_jars": settings.kafka_libraries}
    own = settings.model_copy(update={"var": settings.var / "demo" / "stack", "port": free_port(), **kept})
    shutil.rmtree(own.var, ignore_errors=True)
    stack = Stack(own, environment=SUBSCRIBER_IS_LOCAL)
    started = time.monotonic()
    try:
        stack.up(prepare)
        ledger.facts["seconds to start"] = round(time.monotonic() - started, 1)
        asyncio.run(_tell(own, console, ledger))
    finally:
        stack.down()
        ledger.facts["seconds in all"] = round(time.monotonic() - started, 1)
        ledger.write(settings.var / "demo" / "summary.json")
    _close(console, ledger)


async def _tell(settings: Settings, console: Console, ledger: Ledger) -> None:
    async with AsyncExitStack() as stack:
        stage = await _set_stage(settings, console, ledger, stack)
        await founding.tell(stage)
        await subscribing.subscribe(stage)
        await planning.tell(stage)
        await flowing.tell(stage)
        await changing.tell_of_the_target(stage)
        await changing.tell_of_the_scheme(stage)
        await closing.tell(stage)
        await revising.tell(stage)
        await subscribing.tell(stage)


async def _set_stage(settings: Settings, console: Console, ledger: Ledger, stack: AsyncExitStack) -> Stage:
    tenant = await create_tenant(settings, name="Demo company", sandbox=True, admin=ADMIN)
    console.print("A company of 320 people, half a year in two minutes: a sandbox tenant whose business clock we move.")
    receiver = Receiver()
    url = await stack.enter_async_context(receiving(receiver))
    api = await stack.enter_async_context(Api(settings.base_url))
    return Stage(
        api=api,
        console=console,
        ledger=ledger,
        company=found_company(),
        receiver=receiver,
        receiver_url=url,
        tenant=str(tenant.id),
        admin=api.person(tenant=str(tenant.id), username=ADMIN, password=tenant.password),
    )


def _close(console: Console, ledger: Ledger) -> None:
    console.print()
    if ledger.failures:
        raise DeployError(f"{ledger.failures} of {len(ledger.checks)} numbers are off; see var/demo/summary.json")
    seconds = ledger.facts["seconds in all"]
    console.print(f"[bold green]All {len(ledger.checks)} numbers agree[/], in {seconds} s; see var/demo/summary.json")
