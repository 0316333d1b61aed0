"""How long to wait after failed log-ins: nothing for a few slips, then twice as long each time."""

from datetime import datetime, timedelta

FREE = 5
"""Failures in a row that cost nothing."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
"""Without a failure for so long, all earlier ones are forgotten."""


def wait_for(failures: int, *, last_at: datetime, at: datetime) -> timedelta:
    """Tell how long, at a moment, the next try must still wait."""
    wait = wait_after(failures)
    return max(timedelta(0), last_at + wait - at) if wait else wait


def wait_after(failures: int) -> timedelta:
    """Tell how long after the last of so many failures in a row the next try is allowed."""
    if failures < FREE:
        return timedelta(0)
    doublings = min(failures - FREE, 16)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
