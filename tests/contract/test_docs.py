"""The documents tell the truth: their links lead somewhere, and each service's page names every path it serves."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from deploy.migrate import SERVICES

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
FOLDERS = ("docs", "services", "shared", "deploy", "tests", "benchmarks")
PAGES = sorted([*ROOT.glob("*.md"), *(page for folder in FOLDERS for page in ROOT.glob(f"{folder}/**/*.md"))])


def dead_links(page: Path) -> Iterator[str]:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
        if "://" not in target and not (page.parent / target).exists():
            yield target


def unnamed(path: str) -> str:
    """Forget what the parameters of a path are called."""
    return re.sub(r"\{\w+\}", "{}", path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    assert list(dead_links(page)) == []


@pytest.mark.parametrize("service", SERVICES)
async def test_the_page_of_a_service_names_every_path_it_serves(apps: dict[str, FastAPI], service: str) -> None:
    page = (ROOT / "services" / service / "README.md").read_text("utf-8")
    named = {unnamed(path) for path in re.findall(r"/v1/[^?`\s]+", page)}
    served = {unnamed(path) for path in apps[service].openapi()["paths"] if path.startswith("/v1/")}
    assert served - named == set()
