"""The scene of a run: the installation, a company in it, its load, its subscribers, and what became of each poison."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.tenants import create_tenant
from tests.factories.waiting import eventually
from tests.faults.chance import chances
from tests.faults.client import Gateway, Traffic
from tests.faults.commands import Commands
from tests.faults.company import Company, all_are_scored, begin, found
from tests.faults.ledger import Ledger
from tests.faults.load import Load
from tests.faults.receiver import Receiver, receiving
from tests.faults.stack import NAMES, Stack, running

SETTING_SECONDS = 120.0
ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to hurt."""

    people: int
    senders: int
    batch: int
    """Items of a batch at most."""
    names: Sequence[str] = NAMES
    """The services' processes."""


@dataclass
class Scene:
    seed: str
    stack: Stack
    company: Company
    ledger: Ledger
    load: Load
    commands: Commands
    traffic: Traffic
    receiver: Receiver
    patience: asyncio.Event
    """Set once callers may give up."""
    poison: list[tuple[str, str, bytes]] = field(default_factory=list)
    """By group and topic what must be among the dead letters in the end."""
    disk: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the broker's disk must not be lost, and while it is."""


@asynccontextmanager
async def setting(seed: str, folder: Path, *, libraries: Path, size: Size) -> AsyncIterator[Scene]:
    """Start the installation and found the company; everybody has a score before the scene begins."""
    ledger, traffic, patience = Ledger(), Traffic(), asyncio.Event()
    async with (
        receiving(Receiver(chances(seed, "receiver"))) as receiver,
        running(folder, libraries=libraries, names=size.names) as stack,
        Gateway(stack.base_url, stop=patience, traffic=traffic, random=chances(seed, "pauses")).opened() as gateway,
    ):
        await stack.until_ready()
        tenant = await create_tenant(stack.settings, name="Faults", sandbox=True, admin=ADMIN)
        company = await found(
            gateway,
            ledger,
            tenant=str(tenant.id),
            username=ADMIN,
            password=tenant.password,
            people=size.people,
            receiver=receiver,
        )
        await begin(company, ledger)
        await eventually(lambda: all_are_scored(company, ledger), seconds=SETTING_SECONDS)
        commands = Commands(company, ledger, seed)
        load = Load(company, ledger, commands, seed, senders=size.senders, batch=size.batch)
        yield Scene(seed, stack, company, ledger, load, commands, traffic, receiver, patience)
