"""The standalone stack as a whole: database, `web` and `work`."""

import os
import sys
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

from deploy.errors import DeployError
from deploy.standalone.postgres import Postgres, is_free
from deploy.standalone.settings import ROOT, Settings
from deploy.standalone.supervisor import Program, Supervisor

READY_SECONDS = 60


class Stack:
    """Everything that runs on one machine, told apart from other stacks by its `var` folder."""

    def __init__(self, settings: Settings, *, environment: Mapping[str, str] | None = None) -> None:
        self._settings = settings
        command = (sys.executable, "-m", "deploy")
        self._programs = Supervisor(
            [Program("web", (*command, "web", "--port", str(settings.port))), Program("work", (*command, "work"))],
            run=settings.run,
            log=settings.log,
            folder=ROOT,
            # The folder may have been named relative to where the caller stands, which is not where programs start.
            environment=os.environ | {"STEELYARD_VAR": str(settings.var)} | dict(environment or {}),
        )

    def up(self, prepare: Callable[[Settings], object], *, to_terminal: bool = False) -> None:
        """Let `prepare` make the database ready, start what does not run, and return when it answers."""
        self._refuse_taken_port()
        prepare(self._settings)
        self._programs.start(to_terminal=to_terminal)
        self._programs.wait_until(self.is_ready, seconds=READY_SECONDS)

    def attend(self) -> None:
        """Stay with the programs until told to leave, and stop them then."""
        self._programs.attend()

    def down(self) -> None:
        """Stop the programs, then the embedded database."""
        self._programs.stop()
        Postgres(self._settings.postgres).stop()

    def states(self) -> dict[str, str]:
        return {"postgres": self._database_state(), **self._programs.states()}

    def is_ready(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self._settings.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _database_state(self) -> str:
        if self._settings.database_url:
            return "external"
        return "running" if Postgres(self._settings.postgres).running() else "stopped"

    def _refuse_taken_port(self) -> None:
        port = self._settings.port
        if self._programs.states()["web"] != "running" and not is_free(port):
            raise DeployError(f"Port {port} is in use by another program; choose one with PORT=…")
