"""The audit log's chain: an untouched log passes, and whatever is done to one is found and named."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.gateway.domain.audit.chain import (
    MAX_UNSIGNED,
    MAX_WAIT,
    AuditChain,
    AuditEntry,
    Checkpoint,
    beginning,
    canonical,
    link,
)
from services.gateway.domain.audit.verification import Break, first_break, line_of
from shared.core.errors import Invalid
from tests.factories.audit import TENANT, make_chain, make_entry, sealed_log

NOW = datetime(2026, 3, 4, 8, 15, 2, tzinfo=UTC)
LOG = sealed_log(60, signed=(20, 40, 60))
SHORT = sealed_log(24, signed=(8, 16, 24))
OTHER = UUID(int=99)


def verified(lines: Sequence[str], checkpoints: Sequence[Checkpoint] = LOG.checkpoints) -> Break | None:
    return first_break(lines, checkpoints, tenant_id=TENANT)


def test_an_untouched_log_passes() -> None:
    assert verified(LOG.lines) is None


def edited(lines: list[str], chance: random.Random) -> None:
    """Change one character to another one."""
    at = chance.randrange(len(lines))
    place = chance.randrange(len(lines[at]))
    other = chance.choice([each for each in '0123456789abcdef"{}:, é\u2028' if each != lines[at][place]])
    lines[at] = lines[at][:place] + other + lines[at][place + 1 :]


def forged(lines: list[str], chance: random.Random) -> None:
    """Change one member and make the digests right again from there on, which takes no key."""
    at = chance.randrange(len(lines))
    records = [json.loads(line) for line in lines]
    records[at][chance.choice(["actor", "action", "resource", "route"])] = f"forged-{chance.random()}"
    rechain(lines, records, at)


def deleted(lines: list[str], chance: random.Random) -> None:
    begin = chance.randrange(len(lines))
    del lines[begin : begin + chance.randint(1, 5)]


def deleted_and_renumbered(lines: list[str], chance: random.Random) -> None:
    records = [json.loads(line) for line in lines]
    at = chance.randrange(len(records))
    del records[at]
    lines.pop()
    for sequence, record in enumerate(records, start=1):
        record["sequence"] = sequence
    rechain(lines, records, at)


def inserted(lines: list[str], chance: random.Random) -> None:
    copy = chance.choice(lines)
    record = {**json.loads(copy), "actor": "somebody else"}
    lines.insert(chance.randint(0, len(lines)), chance.choice([copy, canonical(record), "", "{}"]))


def reordered(lines: list[str], chance: random.Random) -> None:
    one, other = chance.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]


def truncated(lines: list[str], chance: random.Random) -> None:
    del lines[chance.randrange(len(lines)) :]


def beheaded(lines: list[str], chance: random.Random) -> None:
    """Take away a beginning, also where a checkpoint stands: only the rule of retention may do that."""
    del lines[: chance.choice([8, 16, chance.randint(1, len(lines))])]


def rechain(lines: list[str], records: list[dict[str, object]], begin: int) -> None:
    digest = bytes.fromhex(str(records[begin - 1]["digest"])) if begin else beginning(TENANT)
    for at in range(begin, len(records)):
        record = {name: value for name, value in records[at].items() if name != "digest"}
        digest = link(digest, record)
        records[at]["digest"] = digest.hex()
        lines[at] = line_of(record, digest)


Harm = Callable[[list[str], random.Random], None]
HARMS: tuple[Harm, ...] = (
    edited,
    forged,
    deleted,
    deleted_and_renumbered,
    inserted,
    reordered,
    truncated,
    beheaded,
)


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_every_one_of_ten_thousand_harms_is_found(harm: Harm) -> None:
    chance = random.Random(harm.__name__)  # noqa: S311 -- the same harms in every run
    missed = []
    for number in range(10_000 // len(HARMS)):
        lines = list(SHORT.lines)
        harm(lines, chance)
        assert lines != SHORT.lines, number
        if verified(lines, SHORT.checkpoints) is None:
            missed.append(lines)
    assert missed == []


def test_the_first_broken_link_is_named_with_what_is_wrong() -> None:
    lines = list(LOG.lines)
    changed = [*lines[:4], lines[4].replace('"status":200', '"status":201'), *lines[5:]]
    assert verified(changed) == Break(5, 5, "edited")
    assert verified([*lines[:4], "garbage", *lines[5:]]) == Break(5, 5, "unreadable")
    assert verified([*lines[:4], *lines[5:]]) == Break(5, 5, "deleted")
    assert verified([*lines[:5], lines[1], *lines[5:]]) == Break(6, 6, "inserted")
    assert verified([*lines[:4], lines[5], lines[4], *lines[6:]]) == Break(5, 5, "reordered")
    assert verified(lines[:50]) == Break(51, 51, "truncated")
    assert verified(lines[:40]) == Break(41, 41, "truncated"), "the chain itself is whole, and ends at a checkpoint"
    assert verified([]) == Break(1, 1, "truncated")
    assert verified(lines[20:]) == Break(1, 1, "deleted"), "a checkpoint alone permits no removal"
    assert "line 5" in str(Break(5, 5, "edited"))


def test_a_log_rewritten_whole_differs_from_what_was_signed() -> None:
    lines = list(LOG.lines)
    records = [json.loads(line) for line in lines]
    records[24]["actor"] = "nobody"
    rechain(lines, records, 24)
    assert verified(lines) == Break(40, 40, "rewritten")
    assert verified(lines, LOG.checkpoints[:1]) == Break(21, 21, "unsigned")


def test_checkpoints_that_contradict_each_other_are_found() -> None:
    second = replace(LOG.checkpoints[1], digest=bytes(32))
    assert verified(LOG.lines, [*LOG.checkpoints, second]) == Break(40, 40, "rewritten")


def test_what_no_checkpoint_covers_is_named() -> None:
    assert verified(LOG.lines, LOG.checkpoints[:2]) == Break(41, 41, "unsigned")
    assert verified(LOG.lines, []) == Break(1, 1, "unsigned")


def test_a_log_of_another_company_is_not_this_ones() -> None:
    assert first_break(LOG.lines, LOG.checkpoints, tenant_id=OTHER) == Break(1, 1, "unreadable")
    assert first_break([], LOG.checkpoints, tenant_id=OTHER) is None


def test_what_was_removed_by_rule_is_no_break_and_more_of_it_is() -> None:
    resigned = replace(LOG.checkpoints[2], first=21)
    checkpoints = [*LOG.checkpoints, resigned]
    assert verified(LOG.lines[20:], checkpoints) is None
    assert verified(LOG.lines, checkpoints) is None, "an older export has more, and that holds too"
    assert verified(LOG.lines[40:], checkpoints) == Break(21, 1, "deleted")
    assert verified(LOG.lines[5:], checkpoints) == Break(21, 1, "inserted")
    assert verified([], [*checkpoints, replace(resigned, first=61)]) is None


def test_a_checkpoint_is_due_by_number_by_time_and_after_a_removal() -> None:
    chain = make_chain()
    assert not chain.is_due(at=NOW)
    one, [place] = chain.sealed([make_entry(1)], at=NOW)
    assert (place.sequence, one.unsigned_since) == (1, NOW)
    assert [one.is_due(at=NOW), one.is_due(at=NOW + MAX_WAIT)] == [False, True]
    assert replace(one, sequence=MAX_UNSIGNED).is_due(at=NOW)
    later = one.signed(one.checkpoint(at=NOW))
    assert not later.is_due(at=NOW + timedelta(days=1))
    assert later.without(1).is_due(at=NOW)


def test_entries_sealed_while_a_checkpoint_is_signed_wait_for_the_next() -> None:
    one, _ = make_chain().sealed([make_entry(1)], at=NOW)
    checkpoint = one.checkpoint(at=NOW + MAX_WAIT)
    two, _ = one.sealed([make_entry(2)], at=NOW)
    assert two.signed(checkpoint).unsigned_since == checkpoint.signed_at


def test_canonical_json_is_that_of_rfc_8785() -> None:
    assert canonical({"b": "é\n\u2028\x0f", "a": [1, None]}) == '{"a":[1,null],"b":"é\\n\u2028\\u000f"}'


@pytest.mark.parametrize("days", [0, 179, 3651])
def test_a_log_is_kept_for_half_a_year_at_least(days: int) -> None:
    with pytest.raises(Invalid, match="180 days"):
        make_chain().keeping(days)


def test_an_entry_is_written_whole() -> None:
    entry: AuditEntry = make_entry(7)
    chain: AuditChain = make_chain()
    record = entry.record(chain.tenant_id, 7)
    assert {*record} == {*AuditEntry.__dataclass_fields__, "tenant_id", "sequence"}
