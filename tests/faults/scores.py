"""Holds scorecards against the oracle: every number of everybody, in the running and in the published cycle."""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any

from tests.faults.checker import Violation, by_employee
from tests.faults.company import CLOSED_PERIOD, PERIOD, SEED
from tests.faults.found import Card, Found
from tests.faults.ledger import Ledger
from tests.faults.oracle import Expected, Line, Standing, Sums, expected_card, workdays

Json = dict[str, Any]
Schemes = Mapping[str, tuple[str, int, Json]]


def check_scores(ledger: Ledger, found: Found, standing: Standing, *, cycle_id: str) -> Iterator[Violation]:
    """Everybody has a scorecard in the running cycle, and it shows what the ledger adds up to."""
    sums = _sums(ledger, standing, PERIOD)
    cards = by_employee(found.cards, cycle_id)
    for number, employee_id in ledger.employees.items():
        if employee_id not in cards:
            yield Violation("lost", f"{number} has no scorecard")
    yield from _check(ledger, found, cards, ledger.schemes, sums, period=PERIOD)


def check_closed(
    ledger: Ledger, found: Found, standing: Standing, *, cycle_id: str, schemes: Schemes
) -> Iterator[Violation]:
    """A published cycle shows what had arrived when it was frozen, whatever came later."""
    early = {record_id: held for record_id, held in standing.items() if record_id[1].startswith(SEED)}
    cards = by_employee(found.cards, cycle_id)
    for card in cards.values():
        if card.status != "published":
            yield Violation("lost", f"scorecard {card.id} of the published cycle is {card.status}")
    yield from _check(ledger, found, cards, schemes, _sums(ledger, early, CLOSED_PERIOD), period=CLOSED_PERIOD)


def _days(period: Mapping[str, str]) -> tuple[date, date]:
    return date.fromisoformat(period["starts_on"]), date.fromisoformat(period["ends_on"])


def _sums(ledger: Ledger, standing: Standing, period: Mapping[str, str]) -> Sums:
    first, beyond = _days(period)
    return Sums(standing, first=first, beyond=beyond, joined=ledger.joined)


def _share(ledger: Ledger, employee_id: str, period: Mapping[str, str]) -> Fraction:
    """Give the share of a cycle's workdays on which somebody was there already."""
    first, beyond = _days(period)
    return Fraction(workdays(max(first, ledger.joined.get(employee_id, first)), beyond), workdays(first, beyond))


def _check(
    ledger: Ledger, found: Found, cards: Mapping[str, Card], schemes: Schemes, sums: Sums, *, period: Mapping[str, str]
) -> Iterator[Violation]:
    positions = {ledger.employees[number]: position for number, position in ledger.positions.items()}
    for employee_id, card in cards.items():
        if employee_id not in positions:
            yield Violation("made up", f"{employee_id} has a scorecard and was never hired")
            continue
        scheme_id, version, document = schemes[positions[employee_id]]
        if (card.scheme_id, card.scheme_version) != (scheme_id, version):
            yield Violation("lost", f"scorecard {card.id} follows version {card.scheme_version}, not {version}")
            continue
        targets = {
            target.metric: Fraction(target.value)
            for target in found.targets
            if (target.cycle_id, target.subject_id) == (card.cycle_id, employee_id) and target.value is not None
        }
        share = _share(ledger, employee_id, period)
        expected = expected_card(document, actual=partial(sums.actual, employee_id), targets=targets, share=share)
        if _shown(card) != expected:
            yield Violation("wrong", f"scorecard {card.id} shows {_shown(card)}, recomputed it is {expected}")


def _shown(card: Card) -> Expected:
    """Read a card in the oracle's terms."""
    lines = tuple(
        Line(
            item["key"],
            item["weight"],
            Fraction(item["target"]),
            None if item["actual"] is None else Fraction(item["actual"]),
            None if item["points"] is None else Fraction(item["points"]),
        )
        for item in card.items
    )
    return Expected(None if card.total is None else Fraction(card.total), card.grade, lines)
