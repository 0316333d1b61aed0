"""A container may have less memory than the machine it runs on."""

from pathlib import Path

import psutil

from deploy.standalone.memory import memory_bytes


def test_the_smaller_of_machine_and_container_counts(tmp_path: Path) -> None:
    machine, limit = psutil.virtual_memory().total, tmp_path / "memory.max"
    assert memory_bytes(limit) == machine
    for said, found in (("max\n", machine), ("1048576\n", 1048576), (f"{machine * 2}\n", machine)):
        limit.write_text(said)
        assert memory_bytes(limit) == found
