"""Processes that benchmarks watch or start: what they have cost, and one that sends a load."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from benchmarks.wire import Load, Outcome
from deploy.standalone.settings import ROOT


@dataclass(frozen=True, slots=True)
class Watched:
    """A process, by its id."""

    pid: int

    def cpu_seconds(self) -> float:
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)

    def resident_bytes(self) -> int:
        return int(psutil.Process(self.pid).memory_info().rss)


def forget_peak() -> None:
    """Let this process's peak of resident memory begin anew."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_kilobytes() -> int:
    """Give the most memory that this process has held since then."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


@asynccontextmanager
async def under_load(load: Load) -> AsyncIterator[Outcome]:
    """Send a load from a process of its own, which keeps its connections as long as this lasts."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.wire", cwd=ROOT, stdin=pipe, stdout=pipe
    )
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a process without pipes")
    try:
        process.stdin.write(json.dumps(asdict(load)).encode() + b"\n")
        await process.stdin.drain()
        said = await process.stdout.readline()
        yield Outcome(**json.loads(said))
    finally:
        process.stdin.close()
        await process.wait()
