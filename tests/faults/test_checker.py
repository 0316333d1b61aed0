"""The checker finds what it is there to find: each kind of loss, doubling and invention, and no more."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.faults.chance import chances
from tests.faults.checker import (
    Violation,
    check_clocks,
    check_commands,
    check_dead_letters,
    check_history,
    check_observations,
    check_targets,
)
from tests.faults.company import scheme_of
from tests.faults.deliveries import check_deliveries, check_receipts
from tests.faults.found import Card, Counted, DeadLetter, Delivery, Found, Shown, Target, Told
from tests.faults.ledger import Ledger, RecordId, Said
from tests.faults.receiver import Receiver, Taken
from tests.faults.scores import check_scores

DAY = date(2026, 2, 2)
SALE: RecordId = ("crm", "SO-1")
LEAD: RecordId = ("crm", "L-1")
WON: RecordId = ("crm", "L-2")
ANN, BEN = "employee-ann", "employee-ben"
CYCLE, CARD, HOOK = "cycle", "card-ann", "hook"
WANTED = frozenset({"score.changed.v1", "scheme.published.v1"})


def said(measure: str, value: str, *, who: str = "P1") -> Said:
    return Said(measure, ((who, Decimal(value)),), DAY, DAY if measure == "lead.won" else None)


def counted(record_id: RecordId, measure: str, value: str, **more: Any) -> Counted:
    cohort = DAY if measure == "lead.won" else None
    return replace(Counted(record_id, f"o-{record_id[1]}", ANN, measure, Decimal(value), DAY, cohort), **more)


@pytest.fixture
def ledger() -> Ledger:
    """One seller, a sale that was corrected once, two leads, one target and one scheme."""
    ledger = Ledger(
        employees={"P1": ANN, "P2": BEN},
        positions={"P1": "seller"},
        schemes={"seller": ("scheme", 2, scheme_of("seller"))},
        company_target=Decimal(100_000),
        overrides={"t-ann": Decimal(90_000)},
        names={ANN: "Ann"},
        clock=7,
        tests={(HOOK, "m-test")},
    )
    for record_id, revision, what in (
        (SALE, 0, said("order.amount", "500.00")),
        (SALE, 1, said("order.amount", "90000.50")),
        (LEAD, 0, said("lead.created", "10")),
        (WON, 0, said("lead.won", "7")),
    ):
        ledger.attempt(record_id, revision, what)
        ledger.acknowledge(record_id, revision)
    return ledger


def _item(key: str, weight: int, *, target: str, actual: str, points: str) -> dict[str, Any]:
    return {"key": key, "weight": weight, "target": target, "actual": actual, "points": points}


@pytest.fixture
def found() -> Found:
    """What the services hold when nothing went wrong.

    Sales: 60 points at the target of 90,000, and no step above it. Conversion: 0.7 of 0.8. In all 0.7·60 + 0.3·87.5.
    """
    lines = (
        _item("sales", 7000, target="90000", actual="90000.5", points="60"),
        _item("conversion", 3000, target="0.8", actual="0.7", points="87.5"),
    )
    deliveries = (
        Delivery(HOOK, "m1", "score.changed.v1", f"scorecards/{CARD}", 1, "skipped"),
        Delivery(HOOK, "m2", "score.changed.v1", f"scorecards/{CARD}", 2, "delivered"),
        Delivery(HOOK, "m3", "scheme.published.v1", "schemes/scheme", 1, "delivered"),
        Delivery(HOOK, "m4", "scheme.published.v1", "schemes/scheme", 2, "delivered"),
        Delivery(HOOK, "m-test", "webhook.test.v1", "webhooks/hook", 1, "delivered"),
    )
    return Found(
        counted=[
            counted(SALE, "order.amount", "90000.50"),
            counted(LEAD, "lead.created", "10"),
            counted(WON, "lead.won", "7"),
        ],
        revisions={SALE: (1, "counted"), LEAD: (0, "counted"), WON: (0, "counted")},
        cards=[
            Card(CARD, CYCLE, ANN, "provisional", 2, "scheme", 2, "68.25", "fair", lines),
            Card("card-ben", "other", BEN, "provisional", 0, None, None, None, None, ()),
        ],
        shown=[Shown(CARD, 1, "provisional", "50.00"), Shown(CARD, 2, "provisional", "68.25")],
        told=[
            *(Told("score.changed.v1", f"scorecards/{CARD}", sequence) for sequence in (1, 2)),
            *(Told("scheme.published.v1", "schemes/scheme", sequence) for sequence in (1, 2)),
        ],
        deliveries=deliveries,
        targets=[
            Target("t", CYCLE, "sales", "company", None, Decimal(100_000), Decimal(10_000)),
            Target("t-ann", CYCLE, "sales", "employee", ANN, Decimal(90_000), Decimal(0)),
        ],
        names={"archive": {ANN: "Ann"}, "notifier": {ANN: "Ann"}},
        clocks={"gateway": (7, 3600), "notifier": (7, 3600)},
        work_numbers=["P1", "P2"],
        versions={"scheme": 2},
    )


@pytest.fixture
def receiver() -> Receiver:
    receiver = Receiver(chances("0", "receiver"), webhook_ids={"full": HOOK})
    receiver.taken["full"] = {
        "m2": Taken("score.changed.v1", f"scorecards/{CARD}", 2, "68.25"),
        "m3": Taken("scheme.published.v1", "schemes/scheme", 1, None),
        "m4": Taken("scheme.published.v1", "schemes/scheme", 2, None),
        "m-test": Taken("webhook.test.v1", "webhooks/hook", 1, None),
    }
    return receiver


def check(ledger: Ledger, found: Found, receiver: Receiver) -> list[Violation]:
    violations, standing = check_observations(ledger, found)
    return [
        *violations,
        *check_history(found),
        *check_targets(ledger, found, cycle_id=CYCLE),
        *check_commands(ledger, found),
        *check_clocks(ledger, found),
        *check_scores(replace_employees(ledger), found, standing, cycle_id=CYCLE),
        *check_deliveries(found, endpoint="full", endpoint_id=HOOK, wanted=WANTED),
        *check_receipts(ledger, found, receiver),
    ]


def replace_employees(ledger: Ledger) -> Ledger:
    """Leave only the seller, who alone is scored."""
    return replace(ledger, employees={"P1": ANN})


def kinds(violations: Iterable[Violation]) -> set[str]:
    return {violation.kind for violation in violations}


def test_a_sound_outcome_passes(ledger: Ledger, found: Found, receiver: Receiver) -> None:
    assert check(ledger, found, receiver) == []


Breaking = Callable[[Found], object]


def _drop(index: int) -> Breaking:
    return lambda found: setattr(found, "counted", [row for at, row in enumerate(found.counted) if at != index])


def _alter_card(**changes: Any) -> Breaking:
    return lambda found: setattr(found, "cards", [replace(found.cards[0], **changes), *found.cards[1:]])


def _more(name: str, *extra: object) -> Breaking:
    return lambda found: setattr(found, name, [*getattr(found, name), *extra])


def _without(name: str, index: int) -> Breaking:
    return lambda found: setattr(found, name, [each for at, each in enumerate(getattr(found, name)) if at != index])


def _instead(name: str, index: int, **changes: Any) -> Breaking:
    def breaking(found: Found) -> None:
        rows = list(getattr(found, name))
        rows[index] = replace(rows[index], **changes)
        setattr(found, name, rows)

    return breaking


BROKEN: dict[str, tuple[Breaking, str]] = {
    "an acknowledged observation is gone": (_drop(1), "lost"),
    "a correction is gone": (_instead("counted", 0, value=Decimal("500.00")), "lost"),
    "an observation counts twice": (_more("counted", counted(LEAD, "lead.created", "10")), "doubled"),
    "a record became two": (_more("counted", counted(LEAD, "lead.created", "10", observation_id="o")), "doubled"),
    "an observation nobody sent": (_more("counted", counted(("crm", "?"), "lead.created", "1")), "made up"),
    "a value nobody sent": (_instead("counted", 0, value=Decimal("90000.51")), "made up"),
    "somebody else is credited": (_instead("counted", 0, subject_id=BEN), "made up"),
    "another day": (_instead("counted", 0, day=date(2026, 2, 3)), "made up"),
    "the connector forgot": (lambda found: found.revisions.pop(LEAD), "lost"),
    "the connector knows less": (lambda found: found.revisions.update({SALE: (0, "counted")}), "lost"),
    "the connector made up": (lambda found: found.revisions.update({("crm", "?"): (0, "counted")}), "made up"),
    "a total is a cent off": (_alter_card(total="68.26"), "wrong"),
    "a grade is wrong": (_alter_card(grade="good"), "wrong"),
    "an older scheme scores": (_alter_card(scheme_version=1), "lost"),
    "no scorecard": (_without("cards", 0), "lost"),
    "a result is missing": (_without("shown", 0), "lost"),
    "a change nobody was told of": (_without("told", 0), "lost"),
    "a change told twice": (_more("told", Told("score.changed.v1", f"scorecards/{CARD}", 1)), "doubled"),
    "a change that never was": (_more("told", Told("score.changed.v1", f"scorecards/{CARD}", 3)), "made up"),
    "an override is gone": (_instead("targets", 1, value=Decimal(80_000)), "lost"),
    "the company's target is old": (_instead("targets", 0, value=Decimal(1)), "lost"),
    "a target is divided wrongly": (_instead("targets", 0, unassigned=Decimal(0)), "wrong"),
    "a hire is gone": (_without("work_numbers", 0), "lost"),
    "a hire is doubled": (_more("work_numbers", "P1"), "doubled"),
    "a copy is stale": (lambda found: found.names["notifier"].update({ANN: "An"}), "lost"),
    "a clock was not set": (lambda found: found.clocks.update(dict.fromkeys(found.clocks, (6, 3600))), "lost"),
    "a clock is behind": (lambda found: found.clocks.update({"notifier": (6, 3600)}), "lost"),
    "a draft is doubled": (lambda found: found.versions.update({"scheme": 3}), "doubled"),
    "the last change was not delivered": (_instead("deliveries", 1, state="skipped"), "undelivered"),
    "an event was not delivered": (_without("deliveries", 2), "undelivered"),
    "a delivery waits": (_instead("deliveries", 0, state="pending"), "undelivered"),
    "an event has two messages": (
        _more("deliveries", Delivery(HOOK, "m9", "scheme.published.v1", "schemes/scheme", 2, "delivered")),
        "doubled",
    ),
    "a delivery of nothing": (
        _more("deliveries", Delivery(HOOK, "m9", "scheme.published.v1", "schemes/scheme", 9, "delivered")),
        "made up",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_found(name: str, ledger: Ledger, found: Found, receiver: Receiver) -> None:
    breaking, kind = BROKEN[name]
    breaking(found)
    assert kind in kinds(check(ledger, found, receiver))


def test_a_delivery_that_never_arrived_is_found(ledger: Ledger, found: Found, receiver: Receiver) -> None:
    del receiver.taken["full"]["m4"]
    assert kinds(check(ledger, found, receiver)) == {"undelivered"}


def test_a_message_nobody_queued_is_found(ledger: Ledger, found: Found, receiver: Receiver) -> None:
    receiver.taken["full"]["m9"] = Taken("score.changed.v1", f"scorecards/{CARD}", 2, "68.25")
    assert kinds(check(ledger, found, receiver)) == {"made up"}


def test_a_message_with_another_total_is_found(ledger: Ledger, found: Found, receiver: Receiver) -> None:
    receiver.taken["full"]["m2"] = replace(receiver.taken["full"]["m2"], total="68.24")
    assert kinds(check(ledger, found, receiver)) == {"wrong"}


def test_what_was_not_acknowledged_may_count_or_not(ledger: Ledger, found: Found, receiver: Receiver) -> None:
    ledger.attempt(("crm", "SO-2"), 0, said("order.amount", "1.00"))
    assert check(ledger, found, receiver) == []


def test_a_retraction_leaves_nothing(ledger: Ledger, found: Found) -> None:
    ledger.attempt(LEAD, 1, None)
    ledger.acknowledge(LEAD, 1)
    found.revisions = {**found.revisions, LEAD: (1, "retracted")}
    assert kinds(check_observations(ledger, found)[0]) == {"lost"}
    _drop(1)(found)
    assert check_observations(ledger, found)[0] == []


def test_an_unknown_code_counts_for_nobody_until_it_is_linked(ledger: Ledger, found: Found) -> None:
    record_id = ("crm", "SO-3")
    ledger.attempt(record_id, 0, said("order.amount", "1.00", who="X-1"))
    ledger.acknowledge(record_id, 0)
    found.revisions = {**found.revisions, record_id: (0, "quarantined")}
    assert check_observations(ledger, found)[0] == []
    ledger.links["crm", "X-1"] = "P1"
    assert kinds(check_observations(ledger, found)[0]) == {"lost"}


def test_dead_letters_are_the_poison_and_nothing_else() -> None:
    expected = [("performance", "connector.observations", b"poison")]
    letter = DeadLetter("performance", "connector.observations", b"poison")
    assert list(check_dead_letters(expected, [letter, letter])) == []
    assert kinds(check_dead_letters(expected, [])) == {"dead letters"}
    assert kinds(check_dead_letters([], [letter])) == {"dead letters"}
