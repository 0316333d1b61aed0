"""What goes wrong in operation and an operator can mend."""

from pathlib import Path


class DeployError(Exception):
    """A failure whose message says what to do; the command line prints it without a traceback."""


def tail(log: Path, *, lines: int = 20) -> str:
    """Give the end of a log file, to stand in the message of the failure it explains."""
    if not log.exists():
        return f"({log} was not written)"
    end = log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join([f"The end of {log}:", *(f"  {line}" for line in end)])
