"""The chores as commands."""

from datetime import datetime
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated
from uuid import UUID

import typer

from deploy.standalone.settings import read_settings

bus = typer.Typer(name="bus", help="What carries events between services.", no_args_is_help=True)
letters = typer.Typer(name="dead-letters", help="Events that a consumer could not handle.", no_args_is_help=True)


signing = typer.Typer(name="signing-keys", help="The keys that sign access tokens.", no_args_is_help=True)
operators = typer.Typer(name="operator", help="Who may ask `/v1/tenants` of the API.", no_args_is_help=True)
audit = typer.Typer(name="audit", help="The audit log, written down and verified.", no_args_is_help=True)


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


def _secrets() -> ModuleType:
    return import_module("deploy.standalone.secrets")


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


class Duty(StrEnum):
    READ = "tenants:read"
    CREATE = "tenants:create"
    SUSPEND = "tenants:suspend"
    LIMIT = "tenants:limit"
    ERASE = "tenants:erase"


@operators.command("create")
def create_operator(
    name: Annotated[str, typer.Argument(help="Whose key it is.")],
    *,
    duty: Annotated[list[Duty], typer.Option(help="What it is for (may be given several times).")],
    days: Annotated[int, typer.Option(min=1, max=3650, help="For how long it is good.")] = 90,
) -> None:
    """Make a key that opens `/v1/tenants` for these duties and nothing else, and show it once."""
    print(_chore("operators").create(read_settings(), name, duties=[each.value for each in duty], days=days))


@operators.command("list")
def list_operators() -> None:
    """Say who has or had a key, for what and until when."""
    for each in _chore("operators").known(read_settings()):
        print(f"{each.id}  {each.name:<20} until {each.expires_at:%Y-%m-%d %H:%M}  {' '.join(each.duties)}")


@operators.command("end")
def end_operator(name: Annotated[str, typer.Argument(help="Whose key.")]) -> None:
    """Let a key be good no longer, from the next request on."""
    _chore("operators").end(read_settings(), name)
    print(f"The key of {name} is good no longer.")


@signing.command("rotate")
def rotate_signing_key() -> None:
    """Make a new key; restart the gateway to sign with it. Services accept both until the old one is retired."""
    print(f"{_secrets().rotate_signing_key(read_settings())} was made; restart the gateway, wait five minutes, retire.")


@signing.command("retire")
def retire_signing_keys() -> None:
    """Accept only what the newest key signed, from the next second on."""
    retired = _secrets().retire_signing_keys(read_settings())
    print(f"Retired: {', '.join(retired)}." if retired else "There is but one key.")


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


@audit.command("export")
def export_audit(
    *,
    tenant_id: Annotated[UUID, typer.Option("--tenant", help="Whose log.")],
    to: Annotated[Path, typer.Option(help="The file that gets it, one line an entry.")],
) -> None:
    """Seal and sign a company's log to its end, and write it down."""
    written = _chore("audit").export(read_settings(), tenant_id, to=to)
    print(f"{written.lines} entries, as of {written.as_of.isoformat()}.")


@audit.command("verify")
def verify_audit(
    log: Annotated[Path, typer.Argument(help="A log as it was exported.")],
    *,
    checkpoints: Annotated[Path, typer.Option(help="The folder of checkpoints, or a copy of it.")],
    jwks: Annotated[list[Path], typer.Option(help="Public keys as a JWK set (several after a change of keys).")],
    as_of: Annotated[
        datetime | None,
        typer.Option(parser=datetime.fromisoformat, help="Leave out what was signed after this instant."),
    ] = None,
    tenant_id: Annotated[UUID | None, typer.Option("--tenant", help="Whose log, where it is empty.")] = None,
) -> None:
    """Check every link of an exported log, without database or network; exit with 1 and name the first broken one.

    Checkpoints that were signed after the export tell of entries it cannot have: give its instant with --as-of.
    """
    verified = _chore("audit").verify(log, checkpoints=checkpoints, jwks=jwks, as_of=as_of, tenant_id=tenant_id)
    if verified.broken is not None:
        print(f"BROKEN at {verified.broken}")
        raise typer.Exit(1)
    print(f"{verified.lines} entries of {verified.tenant_id} hold, {verified.checkpoints} checkpoints agree.")


def republish(
    service: Annotated[Republishing, typer.Argument(help="Whose documents.")],
    *,
    tenant_id: Annotated[UUID | None, typer.Option("--tenant", help="Of one company only.")] = None,
) -> None:
    """Tell current documents once more, which bootstraps and repairs whoever keeps a copy."""
    told = _chore("republishing").republish(read_settings(), service.value, tenant_id=tenant_id)
    print(f"{told} documents told again.")
