"""The OpenAPI document as linters judge it: Spectral's and Redocly's rules, and those that say our conventions."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.openapi.conftest import Served
from tests.integration.openapi.running import run
from tests.tools import RULES, node_tool

pytestmark = [pytest.mark.anyio, pytest.mark.needs("node", "node-tools"), pytest.mark.timeout(600)]

SPECTRAL = RULES / "spectral.yaml"
WRONG = (
    ("paths", "/v1/Big_things", {"get": {"operationId": "x", "responses": {"200": {"description": "x"}}}}),
    ("components", "schemas", {"X": {"type": "object", "properties": {"camelCase": {"type": "string"}}}}),
)
OURS = {
    "steelyard-paths-are-kebab-case",
    "steelyard-members-are-snake-case",
    "steelyard-operations-have-a-summary",
    "steelyard-callers-are-told-of-limits",
}


async def spectral(document: Path) -> list[str]:
    """Give the rules that a document breaks."""
    command = [node_tool("spectral"), "lint", str(document), "--ruleset", str(SPECTRAL), "--quiet"]
    _, told, _ = await run([*command, "--format", "json", "--fail-severity", "hint"])
    return [f"{each['code']} {'/'.join(map(str, each['path']))}: {each['message']}" for each in json.loads(told)]


def spoiled(document: Path, path: Path) -> Path:
    """Write the document with what our rules forbid."""
    spoilt = json.loads(document.read_text("utf-8"))
    for part, name, wrong in WRONG:
        spoilt[part][name] = {**spoilt[part].get(name, {}), **wrong}
    path.write_text(json.dumps(spoilt), "utf-8")
    return path


async def redocly(document: Path) -> list[str]:
    command = [node_tool("redocly"), "lint", str(document), "--config", str(RULES / "redocly.yaml")]
    _, told, _ = await run([*command, "--format", "json", "--max-problems", "1000"])
    problems: list[dict[str, Any]] = json.loads(told[told.index("{") :])["problems"]
    return [f"{each['ruleId']}: {each['message']}" for each in problems]


async def test_linters_find_nothing_and_our_own_rules_what_they_forbid(served: Served, tmp_path: Path) -> None:
    """Run all three at once: what takes its time is Node.js."""
    wrong = spoiled(served.document, tmp_path / "wrong.json")
    ours, theirs, broken = await asyncio.gather(spectral(served.document), redocly(served.document), spectral(wrong))
    assert [*ours, *theirs] == []
    assert {line.partition(" ")[0] for line in broken} >= OURS
