"""The chores as commands."""

from enum import StrEnum
from importlib import import_module
from types import ModuleType
from typing import Annotated
from uuid import UUID

import typer

from deploy.standalone.settings import read_settings

bus = typer.Typer(name="bus", help="What carries events between services.", no_args_is_help=True)
letters = typer.Typer(name="dead-letters", help="Events that a consumer could not handle.", no_args_is_help=True)


class Group(StrEnum):
    ARCHIVE = "archive"
    CONNECTOR = "connector"
    PERFORMANCE = "performance"
    NOTIFIER = "notifier"
    GATEWAY = "gateway"


class Republishing(StrEnum):
    """Services whose documents others keep copies of."""

    ARCHIVE = "archive"


def _chore(name: str) -> ModuleType:
    """Load what a command needs when it runs."""
    return import_module(f"deploy.operating.{name}")


@bus.command("lag")
def lag() -> None:
    """Count the messages each service has yet to handle, by topic."""
    for (group, topic), messages in _chore("groups").lag(read_settings()).items():
        print(f"{group:<12} {topic:<28} {messages}")


@bus.command("rewind")
def rewind(
    group: Annotated[Group, typer.Argument(help="The service that shall read again; its worker must be stopped.")],
    *,
    topic: Annotated[list[str] | None, typer.Option(help="Only this topic (may be given several times).")] = None,
) -> None:
    """Let a service read again from the beginning; what it has handled it knows, so nothing happens twice."""
    _chore("groups").rewind(read_settings(), group.value, topic or [])
    print(f"{group.value} begins again at the oldest message.")


@letters.command("list")
def list_letters(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Those already dealt with, too.")] = False,
    payloads: Annotated[bool, typer.Option(help="What they carry, too; it may be personal.")] = False,
) -> None:
    """Print them as JSON lines: who failed at what, where and why."""
    _chore("letters").show(read_settings(), everything=everything, payloads=payloads)


@letters.command("replay")
def replay_letters(
    *,
    event: Annotated[list[UUID] | None, typer.Option(help="Only this event (may be given several times).")] = None,
) -> None:
    """Send them once more where they came from: who has handled an event knows it, who failed tries again."""
    print(f"{_chore('letters').send_again(read_settings(), events=event or [])} sent again.")


@letters.command("discard")
def discard_letters() -> None:
    """Call all of them dealt with; they stay readable for as long as they are kept."""
    print(f"{_chore('letters').put_away(read_settings())} put away.")


def republish(
    service: Annotated[Republishing, typer.Argument(help="Whose documents.")],
    *,
    tenant_id: Annotated[UUID | None, typer.Option("--tenant", help="Of one company only.")] = None,
) -> None:
    """Tell current documents once more, which bootstraps and repairs whoever keeps a copy."""
    told = _chore("republishing").republish(read_settings(), service.value, tenant_id=tenant_id)
    print(f"{told} documents told again.")
