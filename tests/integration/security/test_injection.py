"""What is sent is data: no part of a statement, of a program, or of a spreadsheet's formulas."""

import ast
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from deploy.standalone.settings import ROOT
from tests.factories.access import make_admin
from tests.factories.installation import bearer, client_of_running
from tests.factories.procedure import SALES, make_scheme_document

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
STATEMENTS = ("' OR '1'='1", "x'; DELETE FROM departments; --", '") UNION SELECT 1 --', "1) OR pg_sleep(9) IS NULL --")
PROGRAMS = ("__import__('os').system('id')", "{{7*7}}", "${7*7}", "{0.__class__}", "%(x)s", "=1+1")
SOURCES = sorted(path for folder in ("services", "shared") for path in (ROOT / folder).rglob("*.py"))
RUNS_TEXT = frozenset({"eval", "exec", "compile", "__import__", "execfile"})
UNSAFE = frozenset({"pickle", "marshal", "shelve", "dill", "jinja2", "yaml", "xml", "lxml", "subprocess", "ldap"})
"""Reads programs, templates, entities or commands; whoever needs one says here why it may be trusted."""
OF_SPREADSHEETS = frozenset({"csv", "openpyxl", "xlsxwriter"})


@pytest.fixture
async def gateway(apps: dict[str, FastAPI]) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of_running(apps["gateway"]) as client:
        yield client


def filters(document: Json) -> Iterator[tuple[str, str]]:
    """Give path and name of every text that narrows or orders a list."""
    for path, item in document["paths"].items():
        if "{" in path or "get" not in item or not path.startswith("/v1/"):
            continue
        for parameter in item["get"].get("parameters", ()):
            if parameter["in"] == "query":
                yield path, parameter["name"]
        yield from ((path, name) for name in ("sort", "order_by", "filter", "fields"))


async def test_no_filter_of_any_list_breaks_out_of_its_statement(gateway: httpx.AsyncClient, tenant_id: UUID) -> None:
    admin = bearer(make_admin(tenant_id))
    asked = list(filters((await gateway.get("/v1/openapi.json")).json()))
    assert ("/v1/departments", "code") in asked
    for path, name in asked:
        answer = await gateway.get(path, params={name: " ".join(STATEMENTS)}, headers=admin)
        assert answer.status_code in {200, 403, 404, 422}, (path, name, answer.text)


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_a_filter_is_a_value_and_never_a_statement(
    gateway: httpx.AsyncClient, tenant_id: UUID, statement: str
) -> None:
    admin = bearer(make_admin(tenant_id))
    for code in ("A", "B"):
        await gateway.post("/v1/departments", json={"code": code, "name": code}, headers=admin)
    narrowed = await gateway.get("/v1/departments", params={"code": statement}, headers=admin)
    ordered = await gateway.get("/v1/departments", params={"sort": statement, "order_by": statement}, headers=admin)
    assert narrowed.json()["data"] == []
    assert ordered.status_code == 422


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_a_text_is_kept_as_it_was_written(gateway: httpx.AsyncClient, tenant_id: UUID, statement: str) -> None:
    body = {"code": "X", "name": statement}
    made = await gateway.post("/v1/departments", json=body, headers=bearer(make_admin(tenant_id)))
    assert made.json()["name"] == statement


@pytest.mark.parametrize("program", PROGRAMS)
async def test_a_rule_is_numbers_and_never_a_program(gateway: httpx.AsyncClient, tenant_id: UUID, program: str) -> None:
    admin = bearer(make_admin(tenant_id))
    await gateway.post("/v1/metrics", json=SALES, headers=admin)
    for member in ("base", "up", "anchor", "unit", "kind", "down", "cap"):
        rule = {"kind": "steps", "base": "60", "anchor": {"of_target": "1"}, "unit": {"value": "1"}, member: program}
        items = [{"key": "sales", "name": program, "metric": "sales", "weight": 10_000, "rule": rule}]
        body = {"name": program, "document": make_scheme_document(items=items)}
        answer = await gateway.post("/v1/schemes", json=body, headers=admin)
        assert answer.status_code == 422, member
        assert any(error["pointer"].startswith("/document/items/0/rule") for error in answer.json()["errors"])


def used(path: Path) -> Iterator[str]:
    """Name what a file calls by its bare name, and what it imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                yield name
            case ast.Import(names=names):
                yield from (name.name.partition(".")[0] for name in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]


def test_no_service_runs_what_it_reads() -> None:
    found = {(str(path.relative_to(ROOT)), name) for path in SOURCES for name in used(path)}
    assert ("shared/kit/http/route.py", "re") in found
    assert {pair for pair in found if pair[1] in RUNS_TEXT | UNSAFE} == set()


def test_no_service_writes_spreadsheets_whose_cells_could_be_formulas() -> None:
    writing = [path for path in SOURCES if OF_SPREADSHEETS & set(used(path)) or re.search("text/csv", path.read_text())]
    assert writing == [], "neutralise cells that begin with = + - @, tab or return, and test it here"
