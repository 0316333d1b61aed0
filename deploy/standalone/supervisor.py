"""Programs in the background: started once, found again by any later command, and stopped for good."""

import json
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psutil

from deploy.errors import DeployError, tail
from deploy.standalone.locks import exclusive
from deploy.standalone.waiting import comes_true

STOP_SECONDS = 20
"""What a program gets to finish its requests and batches before it is killed."""
_CLOCK_SLACK = 2
"""Seconds by which the kernel's start time of one process may seem to move when the clock is set."""

State = Literal["running", "stopped", "crashed"]


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    command: tuple[str, ...]


class Supervisor:
    """Keeps `<name>.pid` in `run`, which says what was started, and `<name>.log` in `log`.

    The programs inherit nothing but the environment given, and outlive whoever started them.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        run: Path,
        log: Path,
        folder: Path,
        environment: Mapping[str, str],
        patience: float = STOP_SECONDS,
    ) -> None:
        self._programs = tuple(programs)
        self._run = run
        self._log = log
        self._folder = folder
        self._environment = dict(environment)
        self._patience = patience
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *, to_terminal: bool = False) -> None:
        """Start what does not run yet, and anew what was started with another command line."""
        self._log.mkdir(parents=True, exist_ok=True)
        self._run.mkdir(parents=True, exist_ok=True)
        with exclusive(self._run / "lock"):
            for program in self._programs:
                if not self._runs_as_wanted(program):
                    self._end([program])
                    self._launch(program, to_terminal=to_terminal)

    def stop(self) -> None:
        """Ask every program to finish, and kill what has not by the deadline."""
        self._run.mkdir(parents=True, exist_ok=True)
        with exclusive(self._run / "lock"):
            self._end(self._programs)

    def states(self) -> dict[str, State]:
        return {program.name: self._state(program) for program in self._programs}

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Wait until the stack says it is ready.

        Raises DeployError with the end of the log where a program has ended or the time is up.
        """

        def decided() -> bool:
            self._refuse_crash()
            return ready()

        if not comes_true(decided, within=seconds, every=0.1):
            logs = "\n".join(tail(self._log_of(program)) for program in self._programs)
            raise DeployError(f"The stack was not ready after {seconds:g} seconds.\n{logs}")
        self._refuse_crash()  # whoever answered may have been somebody else on the same port

    def attend(self) -> None:
        """Stay until a signal comes, or until another command has stopped the programs; then leave none behind.

        Raises DeployError where a program ended by itself.
        """
        with _told_to_leave() as leaving:
            try:
                while "running" in self.states().values() and not leaving.wait(0.2):
                    self._refuse_crash()
            finally:
                self.stop()

    def _refuse_crash(self) -> None:
        with exclusive(self._run / "lock"):  # so that one who is being stopped does not look crashed
            crashed = [program for program in self._programs if self._state(program) == "crashed"]
        for program in crashed:
            raise DeployError(f"`{program.name}` has ended unexpectedly.\n{tail(self._log_of(program))}")

    def _launch(self, program: Program, *, to_terminal: bool) -> None:
        log = self._log_of(program)
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        with log.open("wb") as file:
            child = subprocess.Popen(
                program.command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=None if to_terminal else file,
                stderr=None if to_terminal else subprocess.STDOUT,
                start_new_session=True,  # neither Ctrl-C nor a closed terminal reaches it; `stop` does
            )
        self._children[program.name] = child
        self._write_record(program, psutil.Process(child.pid))

    def _write_record(self, program: Program, process: psutil.Process) -> None:
        record = {"pid": process.pid, "started": process.create_time(), "command": program.command}
        draft = self._record_of(program).with_suffix(".new")
        draft.write_text(json.dumps(record))
        draft.replace(self._record_of(program))

    def _end(self, programs: Sequence[Program]) -> None:
        running = {program: process for program in programs if (process := self._process(program))}
        for process in running.values():
            process.terminate()
        if not comes_true(lambda: not any(map(self._process, running)), within=self._patience):
            for program in running:
                if late := self._process(program):
                    late.kill()
        for program in programs:
            if child := self._children.pop(program.name, None):
                child.wait()
            self._record_of(program).unlink(missing_ok=True)

    def _state(self, program: Program) -> State:
        if self._process(program):
            return "running"
        return "crashed" if self._record_of(program).exists() else "stopped"

    def _runs_as_wanted(self, program: Program) -> bool:
        record = self._record(program)
        return record is not None and tuple(record["command"]) == program.command and self._process(program) is not None

    def _process(self, program: Program) -> psutil.Process | None:
        """Find the process that was started, unless it has ended and its id is another program's now."""
        record = self._record(program)
        if record is None:
            return None
        try:
            process = psutil.Process(record["pid"])
            same = abs(process.create_time() - record["started"]) < _CLOCK_SLACK
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None

    def _record(self, program: Program) -> dict[str, Any] | None:
        try:
            record: dict[str, Any] = json.loads(self._record_of(program).read_text())
        except FileNotFoundError:
            return None
        return record

    def _record_of(self, program: Program) -> Path:
        return self._run / f"{program.name}.pid"

    def _log_of(self, program: Program) -> Path:
        return self._log / f"{program.name}.log"


@contextmanager
def _told_to_leave() -> Iterator[threading.Event]:
    """Turn the signals that end a program into an event, inside the block."""
    leaving = threading.Event()
    before = {number: signal.signal(number, lambda *_: leaving.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield leaving
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
