"""What every test may ask for: a PostgreSQL, and the things the machine may lack."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import fastapi.dependencies.models
import hypothesis
import pytest

from deploy.kafka.broker import throwaway_kafka
from deploy.standalone.postgres import throwaway_postgres
from deploy.standalone.settings import read_settings
from shared.kit.log import configure_logging
from tests.requirements import REQUIREMENTS, need, required

_LONGEST_ID = 60
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-")

pytest_plugins = ("tests.installation",)


def pytest_configure() -> None:
    required()
    hypothesis.settings.register_profile("busy", deadline=None)  # on a busy machine an example may take its time
    hypothesis.settings.load_profile("busy")
    configure_logging(level="WARNING")
    # asyncpg asks each server for TLS, which none of these speaks, and who gives up meanwhile leaves an error unread
    os.environ.setdefault("PGSSLMODE", "disable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("needs"):
            if unknown := set(mark.args) - REQUIREMENTS.keys():
                raise pytest.UsageError(f"{item.nodeid} needs unknown things: {', '.join(sorted(unknown))}")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name long and random values by their parameter: processes that share the tests must name them alike."""
    return argname if isinstance(val, str) and (len(val) > _LONGEST_ID or _UUID.search(val)) else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            need(name)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Let go of the applications of a file: FastAPI remembers whatever it has been given to call."""
    if nextitem is None or nextitem.path != item.path:
        for remembered in vars(fastapi.dependencies.models).values():
            if hasattr(remembered, "cache_clear"):
                remembered.cache_clear()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.getreports("skipped"))
    if reasons:
        terminalreporter.section("NOT TESTED HERE", yellow=True, bold=True)
    for reason, count in reasons.items():
        terminalreporter.line(f"{count} × {reason}", yellow=True)


def own(home: Path) -> Path:
    """Give each process of a test run a server of its own, so that none meets what another one left or waits for."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return home.with_name(f"{home.name}-{worker}") if worker else home


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Give the superuser's URL of a PostgreSQL in which tests may create and drop databases."""
    settings = read_settings()
    if settings.test_database_url:
        yield settings.test_database_url
        return
    with throwaway_postgres(own(settings.test_postgres)) as url:
        yield url


@pytest.fixture(scope="session")
def kafka_url() -> Iterator[str]:
    """Give the URL of an Apache Kafka in which tests may create topics and groups; mark tests `needs("kafka")`."""
    settings = read_settings()
    if settings.test_kafka_url:
        yield settings.test_kafka_url
        return
    need("kafka")
    with throwaway_kafka(own(settings.test_kafka), libraries=settings.kafka_libraries) as url:
        yield url
