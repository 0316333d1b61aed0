"""Locks between processes that the kernel lets go when their holder dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def exclusive(file: Path) -> Iterator[None]:
    """Wait until nobody else holds `file`, and hold it."""
    with file.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def shared(file: Path) -> Iterator["Share"]:
    """Hold `file` together with others."""
    with file.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield Share(lock.fileno())


class Share:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def is_last(self) -> bool:
        """Give up the share; where nobody else holds one, keep others out until the block ends."""
        with suppress(BlockingIOError):
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False
