"""`steelyard tenant`: the companies of this installation."""

import asyncio
from datetime import timedelta
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated
from uuid import UUID

import typer

from deploy.standalone.settings import read_settings

tenant = typer.Typer(name="tenant", help="The companies of this installation.", no_args_is_help=True)
TenantId = Annotated[UUID, typer.Argument(help="The company.")]


def _load(name: str) -> ModuleType:
    """Load what a command needs when it runs."""
    return import_module(f"deploy.{name}")


class Locale(StrEnum):
    ZH = "zh"
    EN = "en"


class RequestKind(StrEnum):
    READS = "reads"
    WRITES = "writes"
    INGEST = "ingest"


@tenant.command("create")
def create_tenant(
    *,
    name: Annotated[str, typer.Option(help="The company's name.")],
    admin: Annotated[str, typer.Option(help="The first administrator's user name.")],
    sandbox: Annotated[bool, typer.Option(help="Let its business clock be set.")] = False,
    zone: Annotated[str, typer.Option(help="IANA time zone.")] = "Asia/Shanghai",
    currency: Annotated[str, typer.Option(help="ISO 4217 code.")] = "CNY",
    locale: Annotated[Locale, typer.Option(help="Language of what people are told.")] = Locale.ZH,
) -> None:
    """Found a company with its first administrator, whose password is made by chance and shown here alone."""
    creation = _load("tenants").create_tenant(
        read_settings(), name=name, admin=admin, sandbox=sandbox, zone=zone, currency=currency, locale=locale.value
    )
    founded = asyncio.run(creation)
    print(f"tenant    {founded.id}")
    print(f"username  {admin}")
    print(f"password  {founded.password}")


@tenant.command("limit")
def limit_tenant(
    tenant_id: TenantId,
    kind: Annotated[RequestKind, typer.Argument(help="The requests that are counted.")],
    amount: Annotated[int | None, typer.Argument(min=1, help="So many requests; none: the default again.")] = None,
    *,
    seconds: Annotated[int, typer.Option(min=1, help="In any stretch of so many seconds.")] = 60,
    subject: Annotated[str, typer.Option("--of", help="One account or client (else each that has no own).")] = "",
) -> None:
    """Let a company, or one account or client of it, ask more or less often than by default."""
    _load("quotas").limit(read_settings(), tenant_id, kind.value, amount=amount, seconds=seconds, subject=subject)
    print("Every gateway keeps to it within half a minute of its next count.")


@tenant.command("suspend")
def suspend_tenant(
    tenant_id: TenantId,
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept until the company is resumed.")],
) -> None:
    """Let nobody of a company in; what it keeps stays, events are still taken in, webhooks wait."""
    _load("hosting.suspension").suspend(read_settings(), tenant_id, reason=reason)
    print("Suspended; every service refuses its callers within a second or two.")


@tenant.command("erase")
def erase_tenant(
    tenant_id: TenantId,
    *,
    name: Annotated[str, typer.Option(help="Its name, written out: there is no way back.")],
    wait_days: Annotated[int, typer.Option(min=0, help="How long the order waits and can be called off.")] = 7,
    now: Annotated[bool, typer.Option("--now", help="Do not wait.")] = False,
) -> None:
    """Erase all that every service holds of a suspended company; `resume` calls it off until it begins."""
    erasing = _load("hosting.erasure")
    due_at = erasing.order(read_settings(), tenant_id, name=name, wait=timedelta(days=0 if now else wait_days))
    if not now:
        print(f"Ordered; it begins at {due_at.isoformat()}.")
        return
    erasing.erase_now(read_settings(), tenant_id)
    print("Erased; the ledger remembers.")


@tenant.command("erasures")
def list_erasures() -> None:
    """Compare the ledger of erasures with every service; exit with 1 unless all of them are carried out."""
    standings = _load("hosting.erasure").standings(read_settings())
    for each in standings:
        left = ", ".join(sorted(each.pending | each.unheard))
        state = f"left in {left}" if left else "erased"
        print(f"{each.entry.tenant_id}  {each.entry.erased_at.isoformat()}  {state}")
    if not all(each.complete for each in standings):
        raise typer.Exit(1)


@tenant.command("replay-erasures")
def replay_erasures() -> None:
    """After a backup was restored, before its stack is opened: let services erase again whom the ledger names."""
    print(f"{_load('hosting.erasure').replay(read_settings())} services have something to erase again.")


@tenant.command("export")
def export_tenant(
    tenant_id: TenantId, *, to: Annotated[Path, typer.Option(help="The ZIP file that gets it; it must not exist.")]
) -> None:
    """Write down all that every service holds of a company: JSON lines by table, with counts and digests."""
    for service, rows in _load("hosting.export").export(read_settings(), tenant_id, to=to).items():
        print(f"{service:<12} {rows} rows")


@tenant.command("verify-export")
def verify_export(file: Annotated[Path, typer.Argument(help="An export.")]) -> None:
    """Compare every file of an export with its manifests; exit with 1 where one differs."""
    wrong = _load("hosting.export").verify(file)
    for name in wrong:
        print(f"DIFFERS {name}")
    if wrong:
        raise typer.Exit(1)
    print("Every file is as its manifest says.")


@tenant.command("resume")
def resume_tenant(tenant_id: TenantId) -> None:
    """Open a suspended company again; what waited goes on."""
    _load("hosting.suspension").resume(read_settings(), tenant_id)
    print("Open again.")
