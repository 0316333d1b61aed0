"""Observations: whatever the order, repetition and grouping of messages, the newest revision is what counts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.connector.domain.identity import Directory, KnownEmployee, Reference, Subject
from services.connector.domain.observation import Arrival, Change, Judge, Observation
from services.connector.domain.statement import Share
from services.connector.domain.tally import Tally, tallied
from services.connector.usecases.announce import items_of
from shared.core.errors import Conflict
from shared.core.ids import SequentialIds
from tests.factories.connector import make_arrival, make_statement

AT = datetime(2026, 3, 5, tzinfo=UTC)
DAY = date(2026, 3, 4)
PEOPLE = {f"W{n}": UUID(int=n) for n in range(1, 4)}
DIRECTORY = Directory(employees=[KnownEmployee(person, number) for number, person in PEOPLE.items()])


def make_judge(*, directory: Directory = DIRECTORY, watermarks: Mapping[str, date] | None = None) -> Judge:
    return Judge(
        connection_id=UUID(int=99),
        directory=directory,
        watermarks=watermarks or {},
        zone="Asia/Shanghai",
        at=AT,
        new_id=SequentialIds().new,
    )


def observe(arrival: Arrival, current: Observation | None = None) -> Observation:
    observation = make_judge().decide(current, arrival).observation
    assert observation is not None
    return observation


@st.composite
def messages(draw: st.DrawFn) -> list[Arrival]:
    """Give one message for each revision of a record: a statement about known or unknown people, or a retraction."""
    count = draw(st.integers(1, 6))
    return [draw(_message(revision)) for revision in range(count)]


@st.composite
def _message(draw: st.DrawFn, revision: int) -> Arrival:
    if draw(st.integers(0, 3)) == 0:
        return make_arrival(revision=revision, statement=None, retracted=True)
    numbers = draw(st.lists(st.sampled_from([*PEOPLE, "S99"]), min_size=1, max_size=3, unique=True))
    fractions = [Decimal(1) / 4] * (len(numbers) - 1)
    shares = tuple(
        Share(Reference("employee_ref", number), fraction)
        for number, fraction in zip(numbers, [*fractions, 1 - sum(fractions, Decimal(0))], strict=True)
    )
    value = draw(st.decimals(-1000, 1000, places=2, allow_nan=False))
    return make_arrival(revision=revision, statement=make_statement(value=value, shares=shares))


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Arrival], list[list[Arrival]]]:
    """Give messages, and a way they may arrive: each at least once, in any order, in batches of any size."""
    sent = draw(messages())
    repeated = draw(st.lists(st.sampled_from(sent), max_size=6))
    arriving = draw(st.permutations([*sent, *repeated]))
    batches: list[list[Arrival]] = [[]]
    for arrival in arriving:
        if draw(st.booleans()):
            batches.append([])
        batches[-1].append(arrival)
    return sent, batches


def take_in(batches: Sequence[Sequence[Arrival]]) -> tuple[Observation, list[Change]]:
    current: Observation | None = None
    changes: list[Change] = []
    for batch in batches:
        if (change := make_judge().follow(current, batch).change) is not None:
            current = change.after
            changes.append(change)
    assert current is not None
    return current, changes


@given(deliveries())
def test_any_order_ends_in_the_newest_revision(delivery: tuple[list[Arrival], list[list[Arrival]]]) -> None:
    sent, batches = delivery
    end, changes = take_in(batches)
    alone = observe(sent[-1])
    assert (end.revision, end.status, end.parts()) == (alone.revision, alone.status, alone.parts())
    decisions = [state.decision for change in changes for state in (*change.past, change.after)]
    assert sorted(set(decisions)) == list(range(1, end.decision + 1))


@given(deliveries(), st.randoms(use_true_random=False))
def test_events_in_any_order_end_in_what_counts(
    delivery: tuple[list[Arrival], list[list[Arrival]]],
    random: Random,
) -> None:
    end, changes = take_in(delivery[1])
    items = [item for change in changes for item in items_of(change, source="crm")]
    random.shuffle(items)
    newest: dict[UUID | None, tuple[int, Decimal | None]] = {}
    for item in items:
        if item.revision > newest.get(item.subject_id, (0, None))[0]:
            newest[item.subject_id] = (item.revision, None if item.retracted else item.value)
    counting = {Subject("employee", subject): value for subject, (_, value) in newest.items() if value is not None}
    assert counting == end.parts()


def test_the_same_revision_with_another_meaning_is_a_conflict_and_changes_nothing() -> None:
    first = observe(make_arrival())
    fate = make_judge().decide(first, make_arrival(statement=make_statement(value=Decimal(7))))
    assert fate.violation is not None
    assert (fate.status, fate.violation.code, fate.violation.pointer) == ("rejected", "revision_conflict", "/revision")
    assert fate.observation is first


def test_a_retraction_under_the_same_revision_is_a_conflict() -> None:
    first = observe(make_arrival())
    assert make_judge().decide(first, make_arrival(statement=None, retracted=True)).status == "rejected"


def test_a_bare_retraction_remembers_what_was_said() -> None:
    retracted = observe(make_arrival(revision=1, statement=None, retracted=True), observe(make_arrival()))
    assert retracted.facts is not None
    assert (retracted.status, retracted.parts(), retracted.facts.value) == ("retracted", {}, Decimal("100.00"))


def test_what_arrives_for_a_day_declared_complete_is_late() -> None:
    judge = make_judge(watermarks={"order.amount": DAY, "lead.won": date(2026, 12, 31)})
    fates = [judge.decide(None, make_arrival(statement=make_statement(credit_date=day))) for day in (DAY, AT.date())]
    assert [fate.observation and fate.observation.late for fate in fates] == [True, False]


def test_looking_up_again_decides_only_where_something_is_different() -> None:
    waiting = observe(make_arrival(statement=make_statement(shares=(Share(Reference("employee_ref", "S99")),))))
    assert waiting.status == "quarantined"
    assert waiting.looked_up(DIRECTORY, at=AT) is waiting
    known = Directory(employees=[KnownEmployee(uuid4(), "S99")])
    released = waiting.looked_up(known, at=AT)
    assert (released.status, released.decision, released.revision) == ("counted", 2, 0)
    assert released.looked_up(Directory(), at=AT).status == "quarantined"


def test_only_what_waits_is_dismissed() -> None:
    with pytest.raises(Conflict, match="quarantine"):
        observe(make_arrival()).dismissed(by="hr", reason="a test", at=AT)


def test_repeats_corrections_and_stale_messages_are_tallied_by_day() -> None:
    first, correction = make_arrival(revision=1), make_arrival(revision=2)
    retraction = make_arrival(revision=3, statement=None, retracted=True)
    course = make_judge().follow(None, [first, first, correction, first, retraction, retraction])
    assert tallied(course.fates) == [Tally("order.amount", DAY, duplicates=2, corrections=1, ignored=1)]
