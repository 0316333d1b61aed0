"""The engine gives what the oracle gives, whatever scheme, data and life; `make fuzz-scoring` compares a million."""

from datetime import date
from fractions import Fraction

import pytest

from tests.oracle.comparison import CARDS_A_BATCH, compare_batch
from tests.oracle.lives import Away, Company, Life, Lived, Spell
from tests.oracle.living import LIVES_A_BATCH, compare_lives

_BATCHES = 10
_CHUNKS = 4


@pytest.mark.parametrize("chunk", range(_CHUNKS))
def test_engine_and_oracle_agree(chunk: int) -> None:
    compared = sum(compare_batch(seed) for seed in range(chunk * _BATCHES, (chunk + 1) * _BATCHES))
    assert compared == _BATCHES * CARDS_A_BATCH * 3


@pytest.mark.parametrize("chunk", range(4))
def test_engine_and_oracle_agree_on_whole_lives(chunk: int) -> None:
    """Transfers, gaps, leave, part-time and several positions, over a leap day too."""
    compared = sum(compare_lives(seed) for seed in range(chunk * _BATCHES, (chunk + 1) * _BATCHES))
    assert compared == _BATCHES * LIVES_A_BATCH


def test_an_employment_spent_on_leave_belongs_to_what_follows_under_its_scheme() -> None:
    """As the timeline has it (`test_timeline.py`): days on which nobody works part nothing."""
    first, until = date(2026, 1, 1), date(2026, 7, 1)
    company = Company(
        first,
        until,
        frozenset(),
        frozenset(),
        frozenset({"sick"}),
        least=1,
        prorates_fte=False,
        allocates=True,
        counted={},
        replaced={},
    )
    one, leave, back = date(2026, 2, 2), date(2026, 2, 13), date(2026, 2, 16)
    spells = [
        Spell(None, Fraction(1), first, one),
        Spell("a", Fraction(1), one, leave),
        Spell("a", Fraction(1), back, until),
    ]
    (run,) = Lived(company, Life(spells, [Away("sick", one, back)], {})).runs
    assert (run.scheme, run.days[0], run.until) == ("a", one, until)
