"""`steelyard dead-letters`: what consumers could not handle."""

import json
from collections.abc import Callable
from uuid import UUID

import msgspec

from deploy.operating.opened import with_bus
from deploy.standalone.settings import Settings
from shared.contracts.envelope import UNREADABLE
from shared.kit.bus.port import Bus
from shared.kit.dead_letters import Letter
from shared.kit.letterbox import Filed, Letterbox


class _Identity(msgspec.Struct):
    id: UUID
    type: str
    tenantid: UUID


def show(settings: Settings, *, everything: bool, payloads: bool) -> None:
    """Print letters as JSON lines; what they carry only where asked for, since it may be personal."""
    for filed in with_bus(settings, _read):
        if filed.pending or everything:
            print(json.dumps(_described(filed, payloads=payloads), ensure_ascii=False))


def send_again(settings: Settings, *, events: list[UUID]) -> int:
    """Send chosen letters once more, or every pending one; gives how many."""

    async def send(bus: Bus) -> int:
        letterbox = Letterbox(bus)
        return await (letterbox.send_again(_chosen(events)) if events else letterbox.send_all_again())

    return with_bus(settings, send)


def put_away(settings: Settings) -> int:
    """Call every pending letter dealt with; gives how many."""

    async def put(bus: Bus) -> int:
        return await Letterbox(bus).put_away()

    return with_bus(settings, put)


async def _read(bus: Bus) -> list[Filed]:
    return [filed async for filed in Letterbox(bus).all()]


def _described(filed: Filed, *, payloads: bool) -> dict[str, object]:
    letter = filed.letter
    identity = _identity_of(letter)
    known = {"event": str(identity.id), "type": identity.type, "tenant": str(identity.tenantid)} if identity else {}
    about = {"group": letter.group, "reason": letter.reason, "failed_at": letter.failed_at, "pending": filed.pending}
    value = {"value": letter.message.value.decode("utf-8", "replace")} if payloads else {}
    return {**known, **letter.described(), **about, **value}


def _chosen(events: list[UUID]) -> Callable[[Letter], bool]:
    wanted = set(events)

    def is_wanted(letter: Letter) -> bool:
        identity = _identity_of(letter)
        return identity is not None and identity.id in wanted

    return is_wanted


def _identity_of(letter: Letter) -> _Identity | None:
    """Read which event it is, if it is one."""
    try:
        return msgspec.json.decode(letter.message.value, type=_Identity)
    except UNREADABLE:
        return None
