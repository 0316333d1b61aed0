"""Small files that later commands build on: neither a full disk nor a power cut leaves half of one."""

import os
from pathlib import Path


def write_whole(file: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Replace a file whole, or raise OSError and leave it as it is; a reader never sees a half of it."""
    draft = file.with_name(f"{file.name}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.chmod(mode)
    draft.replace(file)


def read_number(file: Path) -> int | None:
    """Read a number; None where there is no file, or no number in it."""
    try:
        return int(file.read_text("ascii"))
    except (FileNotFoundError, ValueError):
        return None
