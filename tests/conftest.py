"""What every test may ask for: a PostgreSQL, and the things the machine may lack."""

from collections import Counter
from collections.abc import Iterator

import pytest

from deploy.kafka.broker import throwaway_kafka
from deploy.standalone.postgres import throwaway_postgres
from deploy.standalone.settings import read_settings
from shared.kit.log import configure_logging
from tests.requirements import REQUIREMENTS, need, required

pytest_plugins = ("tests.installation",)


def pytest_configure() -> None:
    required()
    configure_logging(level="WARNING")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("needs"):
            if unknown := set(mark.args) - REQUIREMENTS.keys():
                raise pytest.UsageError(f"{item.nodeid} needs unknown things: {', '.join(sorted(unknown))}")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            need(name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.getreports("skipped"))
    if reasons:
        terminalreporter.section("NOT TESTED HERE", yellow=True, bold=True)
    for reason, count in reasons.items():
        terminalreporter.line(f"{count} × {reason}", yellow=True)


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
    with throwaway_postgres(settings.test_postgres) as url:
        yield url


@pytest.fixture(scope="session")
def kafka_url() -> Iterator[str]:
    """Give the URL of an Apache Kafka in which tests may create topics and groups; mark tests `needs("kafka")`."""
    settings = read_settings()
    if settings.test_kafka_url:
        yield settings.test_kafka_url
        return
    need("kafka")
    with throwaway_kafka(settings.test_kafka, libraries=settings.kafka_libraries) as url:
        yield url
