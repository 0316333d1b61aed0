"""Which code lies in a checkout, so that what runs another is started anew."""

import hashlib
from pathlib import Path

_PACKAGES = ("deploy", "services", "shared")
_LIBRARIES = "requirements.lock"


def code_digest(folder: Path) -> str:
    """Tell one version of the programs, and of the libraries they are to have, from another."""
    programs = (file for name in _PACKAGES for file in (folder / name).rglob("*.py"))
    digest = hashlib.sha256()
    for file in sorted([*folder.glob(_LIBRARIES), *programs]):
        digest.update(f"{file.relative_to(folder)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
