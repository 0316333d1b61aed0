"""The engine gives what the oracle gives, whatever the scheme and the data; `make fuzz-scoring` compares a million."""

import pytest

from tests.oracle.comparison import CARDS_A_BATCH, compare_batch

_BATCHES = 10
_CHUNKS = 7


@pytest.mark.parametrize("chunk", range(_CHUNKS))
def test_engine_and_oracle_agree(chunk: int) -> None:
    compared = sum(compare_batch(seed) for seed in range(chunk * _BATCHES, (chunk + 1) * _BATCHES))
    assert compared == _BATCHES * CARDS_A_BATCH * 3
