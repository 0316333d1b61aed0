"""Kafka's classes as Java lays them out in memory: one broker leaves them behind, and the next start in half the time.

Java calls this class data sharing. It starts without an archive that is of other jars; of one that is torn it crashes.
"""

import hashlib
import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

_SILENT = "-Xlog:cds*=off"
"""Java complains of each class that cannot be shared."""
_SUFFIX = ".jsa"


def archive_of(java: str, libraries: Path) -> Path:
    """Tell where the archive of these jars for this very Java is, or will be: beside them."""
    program = Path(java).resolve()
    stamp = hashlib.sha256(f"{program}:{program.stat().st_mtime_ns}".encode()).hexdigest()
    return libraries.with_name(f"{libraries.name}-{stamp[:8]}{_SUFFIX}")


def options(archive: Path, *, draft: Path | None = None) -> tuple[str, ...]:
    """Give the options that use an archive, or that leave one in the folder `draft` where there is none."""
    if archive.exists():
        return _SILENT, f"-XX:SharedArchiveFile={archive}"
    return (_SILENT, f"-XX:ArchiveClassesAtExit={draft / archive.name}") if draft else ()


def keep(draft: Path, *, libraries: Path) -> None:
    """Put what a broker that ended by itself has left in `draft` beside the libraries, whole or not at all."""
    for left in draft.glob(f"*{_SUFFIX}"):
        with suppress(OSError):  # somebody else's libraries, or no room: the next start takes its time
            _bring(left, libraries / left.name)


def _bring(left: Path, place: Path) -> None:
    arriving = place.with_name(f"{place.name}.{secrets.token_hex(4)}")  # several may leave theirs at once
    try:
        shutil.copyfile(left, arriving)
        with arriving.open("rb") as written:
            os.fsync(written.fileno())
        arriving.replace(place)
    finally:
        arriving.unlink(missing_ok=True)
