"""The services' processes: started in groups of their own, started again when they die, never left behind."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from deploy.standalone.settings import ROOT

RESTART_SECONDS = 0.5
"""What whoever keeps processes running takes to notice that one is gone."""
_ENOUGH_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Program:
    """One process, named `<service>-app` or `<service>-worker-<number>`."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    health_port: int

    @property
    def service(self) -> str:
        return self.name.split("-")[0]

    @property
    def kind(self) -> str:
        """Give `app` or `worker`."""
        return self.name.split("-")[1]


@dataclass
class Herd:
    """Keeps every program running until told otherwise."""

    programs: Sequence[Program]
    log: Path
    restarts: int = 0
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _held: set[str] = field(default_factory=set)
    _keeping: asyncio.Task[None] | None = None
    turns: dict[str, asyncio.Lock] = field(default_factory=dict)
    """By name: held by whoever does something to a process, so that no two do at once."""

    def start(self) -> None:
        self.log.mkdir(parents=True, exist_ok=True)
        for program in self.programs:
            self.turns[program.name] = asyncio.Lock()
            self._launch(program)
        self._keeping = asyncio.create_task(self._keep())

    def named(self, name: str) -> Program:
        return next(program for program in self.programs if program.name == name)

    def names(self, *, kind: str | None = None, service: str | None = None) -> list[str]:
        return [
            program.name
            for program in self.programs
            if kind in {None, program.kind} and service in {None, program.service}
        ]

    def process(self, name: str) -> psutil.Process | None:
        """Give the process if it is there."""
        child = self._running.get(name)
        if child is None or child.poll() is not None:
            return None
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(child.pid)
        return None

    def name_of(self, pid: int) -> str | None:
        return next((name for name, child in self._running.items() if child.pid == pid), None)

    async def leave(self, names: Sequence[str]) -> None:
        """Let processes finish and stay away until they are let back."""
        self._held.update(names)
        for name in names:
            if child := self._running.get(name):
                with suppress(ProcessLookupError):
                    child.terminate()
        await self._until_gone(names)

    def let_back(self, names: Sequence[str]) -> None:
        self._held.difference_update(names)

    async def stop(self) -> None:
        """End everything, gently first."""
        if self._keeping is not None:
            self._keeping.cancel()
        for child in self._running.values():
            if child.poll() is None:
                os.kill(child.pid, signal.SIGCONT)
                child.terminate()
        await self._until_gone(list(self._running))
        for child in self._running.values():
            _forget(child)

    async def _until_gone(self, names: Sequence[str]) -> None:
        deadline = time.monotonic() + _ENOUGH_SECONDS
        children = [self._running[name] for name in names if name in self._running]
        while any(child.poll() is None for child in children):
            if time.monotonic() > deadline:
                for child in children:
                    with suppress(ProcessLookupError):
                        os.killpg(child.pid, signal.SIGKILL)
            await asyncio.sleep(0.05)

    async def _keep(self) -> None:
        while True:
            for program in self.programs:
                child = self._running.get(program.name)
                if program.name not in self._held and (child is None or child.poll() is not None):
                    self.restarts += 1
                    self._launch(program)
            await asyncio.sleep(RESTART_SECONDS)

    def _launch(self, program: Program) -> None:
        if former := self._running.get(program.name):
            _forget(former)
        with (self.log / f"{program.name}.log").open("ab") as log:
            self._running[program.name] = subprocess.Popen(
                program.command,
                cwd=ROOT,
                env=dict(program.environment),
                stdin=subprocess.PIPE,  # its end tells the process that whoever started it is gone
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def _forget(child: subprocess.Popen[bytes]) -> None:
    """Take note of its end and close the pipe to it."""
    child.wait()
    if child.stdin is not None:
        child.stdin.close()
