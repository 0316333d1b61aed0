"""Which revisions of a service's schema this version knows."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

_SERVICES = Path(__file__).parents[2] / "services"


@cache
def known_revisions(service: str) -> Sequence[str]:
    """Name them, oldest first, as its migrations' files do; none where there are no migrations."""
    files = (_SERVICES / service / "migrations" / "versions").glob("[0-9]*_*.py")
    return sorted(file.name.partition("_")[0] for file in files)


def is_behind(service: str, revision: str | None) -> bool:
    """Tell whether a schema lacks what this version needs; one that a newer version has migrated has it."""
    known = known_revisions(service)
    return bool(known) and (revision is None or revision in known[:-1])
