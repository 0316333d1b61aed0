"""Ports of this machine for processes that talk to each other: chosen once, kept while they are free."""

import json
import secrets
from collections.abc import Collection, Iterable
from pathlib import Path

from deploy.standalone.files import write_whole
from deploy.standalone.locks import exclusive
from deploy.standalone.postgres import is_free

_RANGE = range(10_000, 20_000)
"""Below those that systems give to outgoing connections, which might otherwise take one while its owner restarts."""


def choose_ports(file: Path, names: Iterable[str], *, taken_by_us: Collection[str] = ()) -> dict[str, int]:
    """Give each name a port, the one of the last time where it is free or its owner still listens there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(file.with_suffix(".lock")):
        kept = read_ports(file)
        chosen = {name: port for name, port in kept.items() if name in taken_by_us or is_free(port)}
        for name in names:
            chosen.setdefault(name, _free_port(set(chosen.values())))
        write_whole(file, json.dumps(chosen, indent=2).encode())
    return chosen


def read_ports(file: Path) -> dict[str, int]:
    """Read what was chosen; nothing before the first time."""
    ports: dict[str, int] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return ports


def _free_port(others: Collection[int]) -> int:
    return next(port for port in iter(lambda: secrets.choice(_RANGE), None) if port not in others and is_free(port))
