"""Variables from a mounted folder: a container's secrets lie in files, and not in its configuration."""

import os
import re
from pathlib import Path

from deploy.errors import DeployError

SECRETS_DIR = "STEELYARD_SECRETS_DIR"
"""Names the folder; a file is named like the variable it stands for."""
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")


def take_in_secrets() -> None:
    """Let the files of that folder count as variables that are not set otherwise. Raises DeployError without one."""
    if not (named := os.environ.get(SECRETS_DIR)):
        return
    folder = Path(named)
    if not folder.is_dir():
        raise DeployError(f"{SECRETS_DIR} names {folder}, which is no folder.")
    for file in folder.iterdir():
        if _VARIABLE.fullmatch(file.name) and file.is_file():
            os.environ.setdefault(file.name, file.read_text("utf-8").strip())
