"""UUIDv7 as RFC 9562 has it, growing within a process, and derived ids that never change."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from uuid import RFC_4122, UUID

from shared.core.ids import Uuid7, derived_id

_shared = Uuid7()


def _random_tail() -> int:
    return _shared.new().int & ((1 << 62) - 1)


def test_fresh_ids_are_version_7_and_grow() -> None:
    ids = Uuid7()
    made = [ids.new() for _ in range(20_000)]  # more than one millisecond's counter holds
    assert all(one.version == 7 and one.variant == RFC_4122 for one in made)
    assert made == sorted(set(made))


def test_threads_never_make_the_same_id() -> None:
    ids = Uuid7()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: ids.new(), range(8_000)))
    assert len(set(made)) == len(made)


def test_processes_born_of_one_never_make_the_same_id() -> None:
    _shared.new()
    forked = multiprocessing.get_context("fork")
    tails = set()
    for _ in range(3):
        with ProcessPoolExecutor(1, forked) as pool:
            tails.add(pool.submit(_random_tail).result())
    assert len(tails) == 3


def test_derived_ids_depend_on_every_part_and_on_nothing_else() -> None:
    assert derived_id("a", 1) == derived_id("a", 1) == UUID("537bf6d5-f4bc-5200-9c8c-e6c856cc5e84")
    assert derived_id("a", 1) != derived_id("a1")
    assert derived_id("ab", "c") != derived_id("a", "bc")
