"""Waiting for something outside this process, with a deadline."""

import time
from collections.abc import Callable


def comes_true(condition: Callable[[], bool], *, within: float, every: float = 0.05) -> bool:
    """Ask until the condition holds; tell whether it did within so many seconds."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
