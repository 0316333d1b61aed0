"""How much memory there is for everything that runs here."""

from pathlib import Path

import psutil

_CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")


def memory_bytes(container_limit: Path = _CONTAINER_LIMIT) -> int:
    """Give the machine's memory, or the container's where it may take less."""
    machine = int(psutil.virtual_memory().total)
    limit = container_limit.read_text("ascii").strip() if container_limit.exists() else "max"
    return machine if limit == "max" else min(machine, int(limit))
