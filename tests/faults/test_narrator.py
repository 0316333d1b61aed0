"""What senders expect to be told is what the connector's own rules say, for any batch, sent once or again."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from services.connector.api.observation_items import ObservationIn
from services.connector.domain.identity import Directory, IdentityLink, KnownEmployee
from services.connector.domain.observation import Fate, Judge, Observation
from tests.faults.chance import chances
from tests.faults.ledger import Ledger
from tests.faults.narrator import Batch, Narrator, WrongFate

PEOPLE = {"P1": "seller", "P2": "seller", "P3": "agent", "P4": "agent"}
IDS = {number: uuid4() for number in PEOPLE}
AT = datetime(2026, 2, 2, tzinfo=UTC)
BATCHES = 120


class Rules:
    """The connector's domain over a dictionary."""

    def __init__(self) -> None:
        self._known: dict[str, Observation] = {}
        self.links: list[IdentityLink] = []

    def take(self, batch: Batch) -> list[str]:
        fates = [self._decide(ObservationIn.model_validate(item)) for item in batch.items]
        return [fate.status for fate in fates]

    def _decide(self, item: ObservationIn) -> Fate:
        people = [KnownEmployee(employee_id, number) for number, employee_id in IDS.items()]
        directory = Directory(links=self.links, employees=people)
        judge = Judge(UUID(int=1), directory, {}, "Asia/Shanghai", AT, uuid4)
        course = judge.follow(self._known.get(item.id), [item.arrival("{}")])
        if course.change is not None:
            self._known[item.id] = course.change.after
        return course.fates[0]


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(employees={number: str(employee_id) for number, employee_id in IDS.items()}, positions=dict(PEOPLE))


@pytest.fixture
def narrator(ledger: Ledger) -> Narrator:
    narrator = Narrator(ledger, source="crm", name="s", random=chances("narrator", "test"))
    narrator.settled = frozenset(PEOPLE)
    return narrator


def batches(narrator: Narrator) -> Iterator[Batch]:
    return (narrator.compose(1 + at % 20) for at in range(BATCHES))


def test_every_batch_is_told_what_was_expected(narrator: Narrator) -> None:
    rules, told = Rules(), set[str]()
    for batch in batches(narrator):
        fates = rules.take(batch)
        narrator.judge(batch, fates, unanswered=0)
        told.update(fates)
    assert told == {"accepted", "replaced", "duplicate", "ignored", "quarantined"}


def test_a_batch_that_had_been_taken_in_unanswered_is_known_again(narrator: Narrator) -> None:
    rules = Rules()
    for batch in batches(narrator):
        rules.take(batch)
        narrator.judge(batch, rules.take(batch), unanswered=1)


def test_codes_count_once_they_are_linked(narrator: Narrator, ledger: Ledger) -> None:
    rules = Rules()
    for batch in batches(narrator):
        narrator.judge(batch, rules.take(batch), unanswered=0)
        if narrator.unlinked:
            code = narrator.unlinked.pop()
            rules.links.append(IdentityLink(uuid4(), UUID(int=1), code, IDS["P1"], None, date.max, AT))
            ledger.links["crm", code] = "P1"


def test_a_fate_that_cannot_be_is_refused(narrator: Narrator) -> None:
    batch = narrator.compose(5)
    fates = Rules().take(batch)
    with pytest.raises(WrongFate):
        narrator.judge(batch, ["duplicate", *fates[1:]], unanswered=0)


def test_half_a_batch_is_never_taken_in(narrator: Narrator) -> None:
    """Either all of a batch was known, or nothing of it: a mixture means that a transaction was torn."""
    rules, batch = Rules(), narrator.compose(6)
    first, again = rules.take(batch), rules.take(batch)
    torn = [*again[:1], *first[1:]]
    with pytest.raises(WrongFate):
        narrator.judge(batch, torn, unanswered=1)
