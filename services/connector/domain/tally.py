"""Tallies: by measure and day, how many messages of a source were repeats, corrections, or older than what is known."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from services.connector.domain.observation import Fate, FateStatus

_KINDS: Mapping[FateStatus, str] = {"duplicate": "duplicates", "ignored": "ignored"}


@dataclass(frozen=True, slots=True)
class Tally:
    measure: str
    credit_date: date
    duplicates: int = 0
    corrections: int = 0
    ignored: int = 0


def tallied(fates: Iterable[Fate]) -> list[Tally]:
    """Count the fates that leave no observation of their own, in the order of measure and day."""
    counts: Counter[tuple[str, date, str]] = Counter()
    for fate in fates:
        kind = "corrections" if fate.corrects else _KINDS.get(fate.status)
        if kind is not None and fate.observation is not None and fate.observation.facts is not None:
            counts[fate.observation.facts.measure, fate.observation.facts.credit_date, kind] += 1
    return [
        Tally(
            measure,
            day,
            duplicates=counts[measure, day, "duplicates"],
            corrections=counts[measure, day, "corrections"],
            ignored=counts[measure, day, "ignored"],
        )
        for measure, day in sorted({(measure, day) for measure, day, _ in counts})
    ]
