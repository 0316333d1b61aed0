"""The command line `steelyard`: the stack of one machine, the processes of services, and an operator's chores."""

import sys
from enum import StrEnum
from importlib import import_module
from types import ModuleType
from typing import Annotated
from uuid import UUID

import typer

from deploy.distributed import commands as distributed
from deploy.distributed.mounted import take_in_secrets
from deploy.errors import DeployError, explained
from deploy.hosting import cli as hosting
from deploy.kafka.broker import Kafka
from deploy.operating import cli as operating
from deploy.standalone.postgres import Postgres
from deploy.standalone.settings import Settings, read_settings, throwaway_homes
from deploy.standalone.stack import Stack

app = typer.Typer(
    name="steelyard", help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
postgres = typer.Typer(name="postgres", help="The embedded PostgreSQL by itself.", no_args_is_help=True)
app.add_typer(postgres)
kafka = typer.Typer(name="kafka", help="The Apache Kafka of this machine by itself.", no_args_is_help=True)
app.add_typer(kafka)
app.add_typer(hosting.tenant)
app.add_typer(operating.bus)
app.add_typer(operating.letters)
app.add_typer(operating.audit)
app.add_typer(operating.signing)
app.add_typer(operating.operators)
app.command("republish")(operating.republish)
distributed.add_to(app)

Port = Annotated[int | None, typer.Option(help="The public port (else $PORT, else 8000).", min=1, max=65535)]


class Role(StrEnum):
    ADMIN = "admin"
    HR = "hr"
    HEAD = "head"
    EMPLOYEE = "employee"
    INTEGRATION = "integration"


def main() -> None:
    try:
        take_in_secrets()
        app()
    except DeployError as error:
        sys.exit(f"steelyard: {error}")
    except PermissionError as error:
        if error.filename is None:
            raise
        sys.exit(
            f"steelyard: {error.filename} is another user's; act as that user, or set STEELYARD_VAR to your own folder."
        )
    except Exception as error:
        if (said := explained(error)) is None:
            raise
        sys.exit(f"steelyard: {said}")


def implementation(name: str) -> ModuleType:
    """Load what a command needs when it runs, so that `down` and `status` do not wait for a web framework."""
    return import_module(f"deploy.{name}")


@app.command()
def up(*, port: Port = None, foreground: Annotated[bool, typer.Option(help="Stay until Ctrl-C.")] = False) -> None:
    """Start the stack of this machine (or what is missing of it) and say where the API is.

    It is two processes over a log in PostgreSQL, or with BUS=kafka ten over Apache Kafka.
    """
    settings = read_settings(port=port)
    stack = Stack(settings)
    tenants = implementation("tenants")
    if not foreground:
        stack.up(tenants.prepare)
        tenants.wait_for_sandbox(settings)
        _announce(settings)
        return
    try:
        stack.up(tenants.prepare, to_terminal=True)
        tenants.wait_for_sandbox(settings)
        _announce(settings)
        stack.attend()
    finally:
        stack.down()


def _announce(settings: Settings) -> None:
    print(f"Steelyard is ready at {settings.base_url}")
    print(f"  API docs  {settings.base_url}/docs")
    print(f"  OpenAPI   {settings.base_url}/v1/openapi.json")
    print(f"  logs      {settings.log}")


@app.command()
def down() -> None:
    """Stop whatever `up` has started, its PostgreSQL and Kafka included; the data stay."""
    Stack(read_settings()).down()
    print("Steelyard is stopped.")


@app.command()
def status() -> None:
    """Say what runs; exit with 1 unless everything does."""
    states = Stack(read_settings()).states()
    for name, state in states.items():
        print(f"{name:<18} {state}")
    if not set(states.values()) <= {"running", "external"}:
        raise typer.Exit(1)


@app.command()
def web(*, port: Port = None) -> None:
    """Run the HTTP process in the foreground."""
    implementation("standalone.web").run(read_settings(port=port))


@app.command()
def work() -> None:
    """Run relays, consumers and timers in the foreground."""
    implementation("standalone.work").run(read_settings())


@app.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    implementation("standalone.database").prepare(read_settings())


@app.command()
def listen(
    *,
    url: Annotated[str, typer.Option(help="Where the API is.")] = "http://127.0.0.1:8000",
    token: Annotated[
        str, typer.Option(help="A token or static key that may write webhooks.", envvar="STEELYARD_TOKEN")
    ],
    types: Annotated[
        str, typer.Option(help="Event types, separated by commas.")
    ] = "score.changed.v1,score.published.v1",
    forward_to: Annotated[str | None, typer.Option(help="Post each event there, signed as the real one.")] = None,
) -> None:
    """Receive the webhooks of a sandbox here, without a public address, until Ctrl-C."""
    implementation("listening").run(url, token, types=types.split(","), forward_to=forward_to)


@app.command()
def token(
    role: Annotated[Role, typer.Option("--as", help="Whom the token speaks for.")] = Role.HR,
    tenant_id: Annotated[UUID | None, typer.Option("--tenant", help="The company (else the local sandbox).")] = None,
) -> None:
    """Print a short-lived bearer token for the running local stack."""
    tokens = implementation("tokens")
    print(tokens.issue(read_settings(), role=role.value, tenant_id=tenant_id or tokens.SANDBOX))


@app.command()
def demo() -> None:
    """Tell half a year of a company through the public API, and check every number."""
    implementation("demo.story").run(read_settings())


@app.command()
def asyncapi() -> None:
    """Print the AsyncAPI document of all events."""
    print(implementation("asyncapi.rendering").rendered(), end="")


@app.command()
def problems() -> None:
    """Print the catalogue of all problem codes."""
    print(implementation("problems").rendered(), end="")


@app.command("test-database-url")
def test_database_url() -> None:
    """Start the throwaway PostgreSQL of the tests, which loses its data when it pleases, and print its URL."""
    settings = read_settings()
    print(settings.test_database_url or Postgres(settings.test_postgres, durable=False).start())


@postgres.command("start")
def start_postgres() -> None:
    """Start it where it does not run, and print its URL."""
    print(Postgres(read_settings().postgres).start())


@postgres.command("stop")
def stop_postgres(*, test: Annotated[bool, typer.Option(help="The tests' throwaway servers.")] = False) -> None:
    """Stop it; the data stay."""
    settings = read_settings()
    for home in throwaway_homes(settings.test_postgres) if test else (settings.postgres,):
        Postgres(home).stop()


@postgres.command("url")
def print_postgres_url() -> None:
    """Print the superuser's URL, password included."""
    print(Postgres(read_settings().postgres).url)


@kafka.command("start")
def start_kafka() -> None:
    """Fetch it where it is missing, start it where it does not run, and print its URL."""
    print(_broker().start())


@kafka.command("stop")
def stop_kafka(*, test: Annotated[bool, typer.Option(help="The tests' throwaway brokers.")] = False) -> None:
    """Stop it; the data stay."""
    settings = read_settings()
    for home in throwaway_homes(settings.test_kafka) if test else (settings.kafka,):
        Kafka(home, libraries=settings.kafka_libraries, durable=not test).stop()


@kafka.command("url")
def print_kafka_url() -> None:
    """Print where clients are to go."""
    print(_broker().url)


@kafka.command("status")
def kafka_status() -> None:
    """Say whether it runs and answers; exit with 1 unless it does."""
    broker = _broker()
    if not (process := broker.running()):
        print("stopped")
        raise typer.Exit(1)
    ready = broker.is_ready()
    print(f"{'running' if ready else 'not answering'}  {broker.url}  process {process.pid}  log {broker.log}")
    if not ready:
        raise typer.Exit(1)


def _broker() -> Kafka:
    settings = read_settings()
    return Kafka(settings.kafka, libraries=settings.kafka_libraries)
