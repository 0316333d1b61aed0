"""Clients generated from the document, by three generators without a warning, that talk to the stack it describes."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.factories.access import make_client, token_of
from tests.integration.access.world.connector import order
from tests.integration.openapi import programs
from tests.integration.openapi.conftest import PERSON, Served
from tests.integration.openapi.running import run
from tests.tools import FOLDER, node_tool, python_tool

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.needs("node", "node-tools", "java", "python-tools"),
    pytest.mark.timeout(600),
]
CONFIGURATION = """
post_hooks: []
content_type_overrides:
  application/zip: application/octet-stream
"""
"""How openapi-python-client is told that archives are files, and to leave formatting to others."""
UNAVOIDABLE = (
    "OpenAPI 3.1 support is still in beta",
    "Failed to get the schema name: null",
    "Codegen property is null (e.g. map/dict of undefined type)",
)
"""What openapi-generator warns of even for a document with a single operation, and for members that hold any JSON."""
_WARNING = re.compile(r"\b(WARN|ERROR)\b.* - (.*)")


def surroundings(served: Served, name: str) -> dict[str, str]:
    """Give what a program needs to know; each posts an observation of its own."""
    item = {**order("seller"), "id": f"order-of-{name}"}
    system = make_client(served.realm.tenant_id, "observations:write")
    return {
        "URL": served.url,
        "USERNAME": served.username,
        "PASSWORD": served.password,
        "TOKEN": token_of(system),
        "BATCH": json.dumps({"source": served.realm.ids["source"]["company"], "items": [item]}),
        "SCORECARD": served.realm.ids["scorecard"][PERSON],
    }


async def succeed(*command: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    code, out, err = await run(command, cwd=cwd, env=env)
    assert code == 0, f"{command[0]}: {out[-2000:]} {err[-2000:]}"
    return out + err


async def openapi_python_client(served: Served, folder: Path) -> Any:
    (folder / "config.yaml").write_text(CONFIGURATION, "utf-8")
    where = ("--path", str(served.document), "--output-path", str(folder / "steelyard_client"), "--meta", "none")
    strictly = ("--config", str(folder / "config.yaml"), "--fail-on-warning")
    await succeed(python_tool("openapi-python-client"), "generate", *where, *strictly)
    program = folder / "main.py"
    program.write_text(programs.OPENAPI_PYTHON_CLIENT, "utf-8")
    return json.loads(await succeed(python_tool("python"), str(program), env=surroundings(served, folder.name)))


async def openapi_generator(served: Served, folder: Path) -> Any:
    tests_and_pages = "apiTests=false,modelTests=false,apiDocs=false,modelDocs=false"
    wanted = ("--global-property", f"apis,models,supportingFiles,{tests_and_pages}")
    said = await succeed(
        *(python_tool("openapi-generator-cli"), "generate", "-i", str(served.document), "-g", "python"),
        *("-o", str(folder), "--additional-properties=library=asyncio", *wanted),
    )
    warnings = {found[2] for line in said.splitlines() if (found := _WARNING.search(line))}
    assert {warning for warning in warnings if not warning.startswith(UNAVOIDABLE)} == set()
    program = folder / "main.py"
    program.write_text(programs.OPENAPI_GENERATOR, "utf-8")
    return json.loads(await succeed(python_tool("python"), str(program), env=surroundings(served, folder.name)))


async def hey_api(served: Served, folder: Path) -> Any:
    said = await succeed(node_tool("openapi-ts"), "-i", str(served.document), "-o", str(folder / "client"))
    assert not re.search(r"warn|error", said.replace("errors", ""), re.IGNORECASE), said
    (folder / "main.ts").write_text(programs.HEY_API, "utf-8")
    (folder / "tsconfig.json").write_text(programs.TSCONFIG, "utf-8")
    (folder / "node_modules").symlink_to(FOLDER / "node" / "node_modules")
    await succeed(node_tool("tsc"), "--project", ".", cwd=folder)
    return json.loads(await succeed("node", "built/main.js", cwd=folder, env=surroundings(served, folder.name)))


async def test_generated_clients_talk_to_the_stack(served: Served, tmp_path: Path) -> None:
    """Let all three generate at once, for each mostly waits for its own process."""
    generators = {
        "openapi_python_client": openapi_python_client,
        "openapi_generator": openapi_generator,
        "hey_api": hey_api,
    }
    folders = {name: tmp_path / name for name in generators}
    for folder in folders.values():
        folder.mkdir()
    async with asyncio.TaskGroup() as group:
        tasks = {name: group.create_task(generate(served, folders[name])) for name, generate in generators.items()}
    expected = {"sent": "accepted", "people": 1, "card": served.realm.ids["scorecard"][PERSON]}
    assert {name: task.result() for name, task in tasks.items()} == dict.fromkeys(generators, expected)
