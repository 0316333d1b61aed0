"""`make fuzz-scoring`: random scorecards against the oracle, as many as CASES says, from SEED on, on all cores."""

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from tests.oracle.comparison import CARDS_A_BATCH, compare_batch
from tests.oracle.living import LIVES_A_BATCH, compare_lives

_CASES_A_BATCH = 3 * CARDS_A_BATCH + LIVES_A_BATCH


def _compare(seed: int) -> int:
    return compare_batch(seed) + compare_lives(seed)


def main() -> int:
    cases, seed = int(os.environ.get("CASES") or 1_000_000), int(os.environ.get("SEED") or 0)
    batches = -(-cases // _CASES_A_BATCH)
    begun, done = time.monotonic(), 0
    with ProcessPoolExecutor() as pool:
        for number, compared in enumerate(pool.map(_compare, range(seed, seed + batches), chunksize=8), start=1):
            done += compared
            if number % 500 == 0:
                print(f"{done:,} cases agree, {time.monotonic() - begun:.0f} s", flush=True)
    print(f"{done:,} cases agree: engine and oracle, seeds {seed} to {seed + batches - 1}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
