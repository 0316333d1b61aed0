"""Programs in the background: started once, found again by any later command, and stopped for good."""

import hashlib
import json
import signal
import subprocess
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import psutil

from deploy.errors import DeployError, tail
from deploy.standalone.checkout import code_digest
from deploy.standalone.files import write_whole
from deploy.standalone.locks import exclusive
from deploy.standalone.waiting import comes_true

STOP_SECONDS = 20
"""What a program gets to finish its requests and batches before it is killed."""

State = Literal["running", "stopped", "crashed"]


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What configures it, secrets included."""
    finds: str = field(default="", repr=False)
    """What it finds out for itself when it begins, and never again."""

    @property
    def digest(self) -> str:
        """Tell one configuration from another without saying anything about it."""
        return hashlib.sha256(json.dumps([sorted(self.environment.items()), self.finds]).encode()).hexdigest()


class Supervisor:
    """Keeps `<name>.pid` in `run`, which says what was started, and `<name>.log` in `log`.

    The programs inherit nothing but the environment given, each with its own on top, and outlive whoever started them.
    """

    def __init__(
        self,
        *,
        run: Path,
        log: Path,
        folder: Path,
        environment: Mapping[str, str],
        patience: float = STOP_SECONDS,
    ) -> None:
        self._run = run
        self._log = log
        self._folder = folder
        self._environment = dict(environment)
        self._patience = patience
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, programs: Sequence[Program], *, to_terminal: bool = False) -> None:
        """Start what does not run yet, anew what has other code or settings, and end whatever else was started here."""
        self._log.mkdir(parents=True, exist_ok=True)
        self._run.mkdir(parents=True, exist_ok=True)
        with exclusive(self._run / "lock"):
            kept = [program for program in programs if self._runs_as_wanted(program)]
            self._end(self._names() - {program.name for program in kept})
            for program in programs:
                if program not in kept:
                    self._launch(program, to_terminal=to_terminal)

    def stop(self) -> None:
        """Ask every program to finish, and kill what has not by the deadline."""
        self._run.mkdir(parents=True, exist_ok=True)
        with exclusive(self._run / "lock"):
            self._end(self._names() | self._children.keys())

    def states(self) -> dict[str, State]:
        """Tell of every program that was started and not stopped how it is; all others are stopped."""
        return {name: self._state(name) for name in sorted(self._names())}

    def wait_until(self, ready: Callable[[], bool], *, seconds: float, blame: Callable[[], Collection[str]]) -> None:
        """Wait until the stack says it is ready.

        Raises DeployError with the end of the log where a program has ended, or of those to `blame` where time is up,
        and where all were stopped meanwhile.
        """

        def decided() -> bool:
            self._refuse_crash()
            if not self._names():
                raise DeployError("What was started has been stopped by another command.")
            return ready()

        if not comes_true(decided, within=seconds, every=0.2):
            late = sorted(blame())
            logs = "\n".join(tail(self._log_of(name)) for name in late)
            raise DeployError(f"Not ready after {seconds:g} seconds: {', '.join(late) or 'the stack'}.\n{logs}")
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
            crashed = [name for name, state in self.states().items() if state == "crashed"]
        for name in crashed:
            raise DeployError(f"`{name}` has ended unexpectedly.\n{tail(self._log_of(name))}")

    def _launch(self, program: Program, *, to_terminal: bool) -> None:
        log = self._log_of(program.name)
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        with log.open("wb") as file:
            child = subprocess.Popen(
                program.command,
                cwd=self._folder,
                env=self._environment | dict(program.environment),
                stdin=subprocess.DEVNULL,
                stdout=None if to_terminal else file,
                stderr=None if to_terminal else subprocess.STDOUT,
                start_new_session=True,  # neither Ctrl-C nor a closed terminal reaches it; `stop` does
            )
        self._children[program.name] = child
        try:
            self._write_record(program, child.pid)
        except OSError:  # nobody would find it again
            child.kill()
            raise

    def _write_record(self, program: Program, pid: int) -> None:
        record = {"pid": pid, "command": program.command, "configured": program.digest, "code": self._code}
        write_whole(
            self._record_of(program.name), json.dumps(record).encode()
        )  # closed: weak secrets can be guessed by it

    def _end(self, names: Collection[str]) -> None:
        running = {name: process for name in names if (process := self._process(name))}
        for process in running.values():
            with suppress(psutil.NoSuchProcess):
                process.terminate()
        if not comes_true(lambda: not any(map(self._process, running)), within=self._patience):
            for name in running:
                if late := self._process(name):
                    late.kill()
        for name in names:
            if child := self._children.pop(name, None):
                child.kill()  # has ended by now, unless somebody has taken its note away
                child.wait()
            self._record_of(name).unlink(missing_ok=True)

    def _names(self) -> set[str]:
        return {record.stem for record in self._run.glob("*.pid")}

    def _state(self, name: str) -> State:
        if self._process(name):
            return "running"
        return "crashed" if self._record_of(name).exists() else "stopped"

    def _runs_as_wanted(self, program: Program) -> bool:
        record = self._record(program.name)
        if record is None or self._process(program.name) is None:
            return False
        is_so = (tuple(record["command"]), record.get("configured"), record.get("code"))
        return is_so == (program.command, program.digest, self._code)

    @cached_property
    def _code(self) -> str:
        return code_digest(self._folder)

    def _process(self, name: str) -> psutil.Process | None:
        """Find the process that was started, unless it has ended and its id is another program's now.

        It is known by what it runs and where: when it began is told by a clock that may have been set since.
        """
        record = self._record(name)
        if record is None:
            return None
        try:
            process = psutil.Process(record["pid"])
            same = process.cmdline() == record["command"] and Path(process.cwd()) == self._folder.resolve()
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:  # it has ended, or is another user's
            return None

    def _record(self, name: str) -> dict[str, Any] | None:
        try:
            record: dict[str, Any] = json.loads(self._record_of(name).read_text())
        except (FileNotFoundError, ValueError):  # a power cut may have left it empty
            return None
        return record

    def _record_of(self, name: str) -> Path:
        return self._run / f"{name}.pid"

    def _log_of(self, name: str) -> Path:
        return self._log / f"{name}.log"


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
