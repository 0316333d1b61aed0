"""What a machine may lack: `@pytest.mark.needs("data")` names it, and `REQUIRE=data,…` forbids its absence."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.standalone.settings import ROOT
from tests.tools import NODE_LOCK, PYTHON_LOCK, have_node_tools, have_python_tools

DATA = Path(os.environ.get("STEELYARD_DATA") or ROOT.parent / "shared" / "data")
"""Published data sets; too large for the checkout, so they lie beside it."""


@dataclass(frozen=True, slots=True)
class Requirement:
    is_met: Callable[[], bool]
    remedy: str


def _programs(*names: str) -> Callable[[], bool]:
    return lambda: all(shutil.which(name) for name in names)


def _has_chinese_font() -> bool:
    if not (lister := shutil.which("fc-list")):
        return False
    fonts = subprocess.run([lister, ":lang=zh"], capture_output=True, check=False)
    return bool(fonts.stdout.strip())


REQUIREMENTS = {
    "data": Requirement(DATA.is_dir, f"put the data sets into {DATA}, or set STEELYARD_DATA"),
    "kafka": Requirement(_programs("java", "mvn"), "install Java 17 and Maven"),
    "node": Requirement(_programs("node", "npm"), "install Node.js"),
    "java": Requirement(_programs("java"), "install Java 17"),
    "python-tools": Requirement(have_python_tools, f"let pip install {PYTHON_LOCK.name} once"),
    "node-tools": Requirement(have_node_tools, f"let npm install {NODE_LOCK.relative_to(ROOT)} once"),
    "chromium": Requirement(_programs("chromium"), "install Chromium"),
    "redis": Requirement(_programs("redis-server"), "install Redis"),
    "fonts": Requirement(_has_chinese_font, "install a font with Chinese glyphs, such as fonts-noto-cjk"),
}


def required() -> frozenset[str]:
    """Read which requirements must be met on this machine."""
    names = frozenset(filter(None, os.environ.get("REQUIRE", "").split(",")))
    if unknown := names - REQUIREMENTS.keys():
        raise pytest.UsageError(f"REQUIRE names unknown things: {', '.join(sorted(unknown))}")
    return names


def need(name: str) -> None:
    """Skip the running test where the machine lacks this, or fail it where it must not."""
    requirement = REQUIREMENTS[name]
    if requirement.is_met():
        return
    reason = f"needs {name}: {requirement.remedy}"
    if name in required():
        pytest.fail(f"{reason} (REQUIRE names it)", pytrace=False)
    pytest.skip(reason)
