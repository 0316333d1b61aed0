"""The bill of materials names what the lock names, and nothing is installed without a hash."""

import json
import re
import subprocess

import pytest

from deploy.standalone.settings import ROOT

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-tools.lock")


def pins(lock: str) -> set[tuple[str, str]]:
    found = _PIN.findall((ROOT / lock).read_text("utf-8"))
    return {(re.sub(r"[-_.]+", "-", name).lower(), version) for name, version in found}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_lock_names_a_host(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text


def test_what_node_installs_has_hashes_and_names_no_host() -> None:
    lock = json.loads((ROOT / "deploy" / "openapi" / "package-lock.json").read_text("utf-8"))
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert [name for name, each in packages.items() if not each.get("integrity")] == []
    assert [name for name, each in packages.items() if "resolved" in each] == []


@pytest.mark.needs("python-tools")
@pytest.mark.timeout(600)
def test_the_bill_of_materials_is_the_lock() -> None:
    subprocess.run(["make", "--silent", "sbom"], cwd=ROOT, check=True, capture_output=True)  # noqa: S607 -- whatever make there is
    bill = json.loads((ROOT / "var" / "sbom.json").read_text("utf-8"))
    assert bill["bomFormat"] == "CycloneDX"
    named = {(re.sub(r"[-_.]+", "-", each["name"]).lower(), each["version"]) for each in bill["components"]}
    assert named == pins("requirements.lock")
