"""What the services' own logs say of a run: which paths fired, and what nobody had foreseen."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Told:
    """Counted over all processes and all their lives."""

    repeated: int = 0
    """Events that the inbox knew already."""
    retried: int = 0
    """Tries of events that failed and were made again."""
    dead: int = 0
    """Messages that were set aside."""
    waited: int = 0
    """Times that a batch waited for a database that was away."""
    unforeseen: Counter[str] = field(default_factory=Counter)
    """Errors that were logged as such, by event and last line of their traceback."""


def read_logs(folder: Path) -> Told:
    """Read every log in a folder."""
    told = Told()
    for line in (line for file in sorted(folder.glob("*.log")) for line in _lines(file)):
        match line.get("event"):
            case "events.repeated":
                told.repeated += line["events"]
            case "events.retried":
                told.retried += 1
            case "event.dead":
                told.dead += 1
            case "events.waiting":
                told.waited += 1
            case event if line.get("level") in {"error", "critical"} and not _is_clients(line):
                told.unforeseen[f"{event}: {_last_line(line.get('exception', ''))}"] += 1
    return told


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """Read the lines that are whole: a process that was killed may have left half a one."""
    with file.open(encoding="utf-8", errors="replace") as log:
        for line in log:
            try:
                read = json.loads(line)
            except ValueError:
                continue
            if isinstance(read, dict):
                yield read


def _is_clients(line: dict[str, Any]) -> bool:
    """Tell whether a library complains about the network, as it should."""
    return str(line.get("logger", "")).startswith("aiokafka")


def _last_line(exception: str) -> str:
    lines = [line.strip() for line in exception.splitlines() if line.strip()]
    return lines[-1][:160] if lines else ""
