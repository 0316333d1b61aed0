"""The engine gives what the oracle gives, whatever scheme, data and life; `make fuzz-scoring` compares a million."""

import pytest

from tests.oracle.comparison import CARDS_A_BATCH, compare_batch
from tests.oracle.living import LIVES_A_BATCH, compare_lives

_BATCHES = 10
_CHUNKS = 7


@pytest.mark.parametrize("chunk", range(_CHUNKS))
def test_engine_and_oracle_agree(chunk: int) -> None:
    compared = sum(compare_batch(seed) for seed in range(chunk * _BATCHES, (chunk + 1) * _BATCHES))
    assert compared == _BATCHES * CARDS_A_BATCH * 3


@pytest.mark.parametrize("chunk", range(4))
def test_engine_and_oracle_agree_on_whole_lives(chunk: int) -> None:
    """Transfers, gaps, leave, part-time and several positions, over a leap day too."""
    compared = sum(compare_lives(seed) for seed in range(chunk * _BATCHES, (chunk + 1) * _BATCHES))
    assert compared == _BATCHES * LIVES_A_BATCH


@pytest.mark.parametrize("seed", [20261287])
def test_lives_that_were_told_apart_once_agree(seed: int) -> None:
    """An employment spent on leave alone, then days nobody works, then the same scheme again: one stretch."""
    assert compare_lives(seed) == LIVES_A_BATCH
