"""Programs of others that tests run: installed once under var/tools, from locks, and again when a lock changes."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.standalone.settings import ROOT

FOLDER = ROOT / "var" / "tools"
PYTHON_LOCK = ROOT / "requirements-tools.lock"
RULES = ROOT / "deploy" / "openapi"
NODE_LOCK = RULES / "package-lock.json"
_OFFLINE_SECONDS = 600


def python_tool(name: str) -> str:
    return str(FOLDER / "python" / "bin" / name)


def node_tool(name: str) -> str:
    return str(FOLDER / "node" / "node_modules" / ".bin" / name)


def have_python_tools() -> bool:
    """Install the generators and auditors in Python where they are missing; tell whether they are there."""
    pip = [python_tool("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    commands = [
        [sys.executable, "-m", "venv", str(FOLDER / "python")],
        [*pip, "--require-hashes", "--no-deps", "--requirement", str(PYTHON_LOCK)],
    ]
    return _installed("python", PYTHON_LOCK, commands)


def have_node_tools() -> bool:
    """Do the same for the linters and the generator that run on Node.js; none of their install scripts runs."""
    folder = FOLDER / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", NODE_LOCK.name):
        shutil.copy(RULES / name, folder / name)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    return shutil.which("npm") is not None and _installed("node", NODE_LOCK, [["npm", "ci", *quiet]], cwd=folder)


def _installed(name: str, lock: Path, commands: Sequence[Sequence[str]], *, cwd: Path = ROOT) -> bool:
    FOLDER.mkdir(parents=True, exist_ok=True)
    stamp, wanted = FOLDER / f"{name}.stamp", hashlib.sha256(lock.read_bytes()).hexdigest()
    with (FOLDER / f"{name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # two test runs in one checkout install one after the other
        if stamp.exists() and stamp.read_text() == wanted:
            return True
        stamp.unlink(missing_ok=True)
        for command in commands:
            done = subprocess.run(command, cwd=cwd, capture_output=True, check=False, timeout=_OFFLINE_SECONDS)
            if done.returncode != 0:
                return False
        stamp.write_text(wanted)
        return True
