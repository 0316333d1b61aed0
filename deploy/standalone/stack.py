"""Everything that runs on one machine: database, where it is used the broker, and the programs of one topology."""

import os
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from importlib import import_module
from types import ModuleType

from deploy.errors import DeployError
from deploy.kafka.broker import Kafka
from deploy.standalone.postgres import HOST, Postgres, is_free
from deploy.standalone.settings import ROOT, Settings
from deploy.standalone.supervisor import Supervisor

READY_SECONDS = 90
_TOPOLOGIES = {"postgres": "deploy.standalone.topology", "kafka": "deploy.distributed.topology"}
"""Which programs there are, by the bus they talk over."""
_OURS = frozenset(str(field.validation_alias) for field in Settings.model_fields.values())
"""Variables that configure the stack itself, not the services."""


class Stack:
    """Told apart from other stacks by its `var` folder, and found there by any later command, whatever it runs."""

    def __init__(self, settings: Settings, *, environment: Mapping[str, str] | None = None) -> None:
        self._settings = settings
        self._given = {name: value for name, value in os.environ.items() if _configures_services(name)}
        self._given |= environment or {}
        inherited = {name: value for name, value in os.environ.items() if not _configures(name)}
        self._programs = Supervisor(run=settings.run, log=settings.log, folder=ROOT, environment=inherited)
        self._postgres = Postgres(settings.postgres)
        self._kafka = Kafka(settings.kafka, libraries=settings.kafka_libraries)

    def up(self, prepare: Callable[[Settings], object], *, to_terminal: bool = False) -> None:
        """Let `prepare` make the database ready, start what does not run, and return when it answers."""
        topology = _topology(self._settings.bus)
        self._refuse_taken_port()
        prepare(self._settings)
        programs = topology.programs(self._settings, self._given, self._running())
        self._programs.start(programs, to_terminal=to_terminal)
        self._programs.wait_until(self.is_ready, seconds=READY_SECONDS, blame=self.unready)

    def attend(self) -> None:
        """Stay with the programs until told to leave, and stop them then."""
        self._programs.attend()

    def down(self) -> None:
        """Stop the programs, then what they depend on, where it is ours."""
        self._programs.stop()
        self._kafka.stop()
        self._postgres.stop()

    def states(self) -> dict[str, str]:
        """Tell how each part is; of the programs, those of the topology that was started last."""
        started: dict[str, str] = dict(self._programs.states())
        fits = (bus for bus in _TOPOLOGIES if started and started.keys() <= set(_topology(bus).NAMES))
        bus = next(fits, self._settings.bus)
        parts = {"postgres": _state(self._settings.database_url, running=self._postgres.running())}
        if bus == "kafka":
            parts["kafka"] = _state(self._settings.kafka_url, running=self._kafka.running())
        return {**parts, **dict.fromkeys(_topology(bus).NAMES, "stopped"), **started}

    def is_ready(self) -> bool:
        return all(map(_says_ready, self._probed().values()))

    def unready(self) -> list[str]:
        """Name the programs that lack something."""
        return [name for name, port in self._probed().items() if not _says_ready(port)]

    def _probed(self) -> dict[str, int]:
        probed: dict[str, int] = _topology(self._settings.bus).probed(self._settings)
        return probed

    def _running(self) -> set[str]:
        return {name for name, state in self._programs.states().items() if state == "running"}

    def _refuse_taken_port(self) -> None:
        fronts = {_topology(bus).FRONT for bus in _TOPOLOGIES}
        port = self._settings.port
        if not fronts & self._running() and not is_free(port):
            raise DeployError(f"Port {port} is in use by another program; choose one with PORT=…")


def _topology(bus: str) -> ModuleType:
    """Load a topology when it is needed, so that `down` does not wait for what it only has to stop."""
    return import_module(_TOPOLOGIES[bus])


def _configures(name: str) -> bool:
    return name in _OURS or _configures_services(name)


def _configures_services(name: str) -> bool:
    return name.startswith("STEELYARD_") and name not in _OURS


def _state(url: str | None, *, running: object) -> str:
    if url:
        return "external"
    return "running" if running else "stopped"


def _says_ready(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
