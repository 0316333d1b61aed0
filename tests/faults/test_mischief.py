"""Poison is what it is said to be, and reaches everybody whom sound events of its kind reach."""

from random import Random

import pytest

from deploy.migrate import SERVICES
from shared.contracts.envelope import EventData
from shared.contracts.scores import ScoresChanged
from shared.contracts.tenancy import TenantChanged
from tests.faults.mischief import REFUSABLE, listening, refused


@pytest.mark.parametrize("kind", REFUSABLE)
def test_what_no_handler_takes_is_valid_to_the_letter(kind: type[EventData]) -> None:
    kind.model_validate(refused(kind, Random(0)))  # noqa: S311 -- reproducible, not secret


def test_news_of_tenants_comes_to_every_service_and_other_events_to_whom_they_concern() -> None:
    assert listening(TenantChanged) == list(SERVICES)
    assert listening(ScoresChanged) == ["notifier"]
