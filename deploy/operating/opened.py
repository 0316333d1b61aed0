"""The bus of this installation, opened for one chore."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from deploy.distributed.bus import bus_url
from deploy.errors import DeployError, is_refused
from deploy.standalone.settings import Settings
from shared.kit.bus.connect import connect_bus
from shared.kit.bus.port import Bus, Fenced, GroupBusy
from shared.kit.faults import is_outage

T = TypeVar("T")


def with_bus(settings: Settings, chore: Callable[[Bus], Awaitable[T]]) -> T:
    """Do a chore on the bus. Raises DeployError where it is away, or where a group has (other) members."""
    return asyncio.run(_with_bus(bus_url(settings), chore))


async def _with_bus(url: str, chore: Callable[[Bus], Awaitable[T]]) -> T:
    bus = connect_bus(url)
    try:
        return await chore(bus)
    except (Fenced, GroupBusy) as error:
        raise DeployError(str(error)) from None
    except Exception as error:
        if is_refused(error) or not is_outage(error):
            raise
        raise DeployError(f"The bus does not answer ({type(error).__name__}).") from None
    finally:
        await bus.close()
