"""What goes wrong in operation and an operator can mend."""

import errno
from importlib import import_module
from pathlib import Path

_REFUSALS = ("28", "3D", "3F", "42P01")
"""SQLSTATEs: not let in; no such database, schema or table."""
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


class DeployError(Exception):
    """A failure whose message says what to do; the command line prints it without a traceback."""


def tail(log: Path, *, lines: int = 20) -> str:
    """Give the end of a log file, to stand in the message of the failure it explains."""
    if not log.exists():
        return f"({log} was not written)"
    end = log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join([f"The end of {log}:", *(f"  {line}" for line in end)])


def is_refused(error: Exception) -> bool:
    """Tell whether a database is there and does not want us, or lacks what we want."""
    return str(getattr(getattr(error, "orig", error), "sqlstate", None) or "").startswith(_REFUSALS)


def explained(error: Exception) -> str | None:
    """Say what an operator can mend of what no command has said itself; None where it is none of that."""
    cause = getattr(error, "orig", error)
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return f"A file cannot be written ({error.strerror})."
    if is_refused(error):
        return f"The database refuses ({cause}). `steelyard migrate` makes it ready."
    if import_module("shared.kit.faults").is_outage(error):
        return f"The database does not answer ({type(cause).__name__})."
    return None
