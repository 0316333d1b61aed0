"""Holds what subscribers got against what was told: each change at each live endpoint, and none that never was."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from tests.faults.checker import Violation
from tests.faults.found import Delivery, Found
from tests.faults.ledger import Ledger
from tests.faults.receiver import Receiver

COALESCED = "score.changed.v1"
"""Of these only the newest state of a scorecard must arrive; of all others each one."""
TEST = "webhook.test.v1"
Sequences = Mapping[tuple[str, str], set[int]]
"""By type and subject."""


def check_deliveries(found: Found, *, endpoint: str, endpoint_id: str, wanted: frozenset[str]) -> Iterator[Violation]:
    """Each event an endpoint wants is among its deliveries, under one message id, and has been delivered."""
    mine = [each for each in found.deliveries if each.endpoint_id == endpoint_id and each.type != TEST]
    told = _sequences((each.type, each.subject, each.sequence) for each in found.told if each.type in wanted)
    queued = _sequences((each.type, each.subject, each.sequence) for each in mine)
    done = _sequences((each.type, each.subject, each.sequence) for each in mine if each.state == "delivered")
    for about, sequences in told.items():
        missing = _missing(about[0], sequences, done.get(about, set()))
        if missing:
            yield Violation("undelivered", f"{endpoint} was not told {about} {sorted(missing)}")
    for about, sequences in queued.items():
        if extra := sequences - told.get(about, set()):
            yield Violation("made up", f"{endpoint} was told {about} {sorted(extra)}, which never happened")
    yield from _doubled(mine, endpoint)
    for each in mine:
        if each.state not in {"delivered", "skipped"}:
            yield Violation("undelivered", f"{endpoint}: {each.type} {each.subject} {each.sequence} is {each.state}")


def _missing(type_: str, told: set[int], done: set[int]) -> set[int]:
    if type_ != COALESCED:
        return told - done
    newest = max(done, default=0)
    return {sequence for sequence in told if sequence > newest}


def _sequences(triples: Iterator[tuple[str, str, int]]) -> Sequences:
    sequences: dict[tuple[str, str], set[int]] = defaultdict(set)
    for type_, subject, sequence in triples:
        sequences[type_, subject].add(sequence)
    return sequences


def _doubled(mine: list[Delivery], endpoint: str) -> Iterator[Violation]:
    """One event is told under one message id and queued once; a subscriber can drop nothing else."""
    ids: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for each in mine:
        ids[each.type, each.subject, each.sequence].append(each.message_id)
    for about, messages in ids.items():
        if len(messages) > 1:
            yield Violation("doubled", f"{endpoint} has {len(messages)} deliveries of {about}")


def check_receipts(ledger: Ledger, found: Found, receiver: Receiver) -> Iterator[Violation]:
    """What counts as delivered was received and verified; what was received was sent, with its result's numbers."""
    totals = {(f"scorecards/{shown.scorecard_id}", shown.sequence): shown.total for shown in found.shown}
    if receiver.unsigned:
        yield Violation("wrong", f"{receiver.unsigned} deliveries carried no valid signature")
    for endpoint, endpoint_id in receiver.webhook_ids.items():
        taken = receiver.taken[endpoint]
        mine = {each.message_id: each for each in found.deliveries if each.endpoint_id == endpoint_id}
        for message_id, delivery in mine.items():
            if delivery.state == "delivered" and message_id not in taken:
                yield Violation("undelivered", f"{endpoint} never got {delivery.type} {delivery.subject}")
        for message_id, got in taken.items():
            if message_id not in mine:
                yield Violation("made up", f"{endpoint} got {got.type} {got.subject}, which nobody had queued")
            elif got.total is not None and got.total != totals.get((got.subject, got.sequence)):
                yield Violation("wrong", f"{endpoint} was told a total of {got.total} for {got.subject} {got.sequence}")
        for webhook_id, message_id in ledger.tests:
            if webhook_id == endpoint_id and message_id not in taken:
                yield Violation("undelivered", f"{endpoint} never got the test event {message_id}")
