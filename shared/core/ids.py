"""Identifiers: UUIDv7 (RFC 9562 §5.7), so that keys grow with time, and name-based UUIDs where identity is derived."""

import os
import threading
import time
from typing import Protocol
from uuid import NAMESPACE_OID, UUID, uuid5

_COUNTER_MAX = 0xFFF
_RANDOM_AT_ONCE = 8 * 64
"""Bytes for many ids: to ask the system for each takes longer than all the rest."""


class Ids(Protocol):
    """A source of fresh identifiers."""

    def new(self) -> UUID: ...


class Uuid7:
    """UUIDv7 with a 12-bit counter in `rand_a` (RFC 9562 §6.2, method 1), so ids of one process sort as made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_ms = 0
        self._counter = 0
        self._random = b""
        os.register_at_fork(after_in_child=self._forget)

    def new(self) -> UUID:
        ms, counter, random = self._tick()
        tail = int.from_bytes(random, "big") & ((1 << 62) - 1)
        return UUID(int=(ms << 80) | (0x7 << 76) | (counter << 64) | (0b10 << 62) | tail)

    def _forget(self) -> None:
        """Share no randomness with a parent process."""
        self._random = b""

    def _tick(self) -> tuple[int, int, bytes]:
        with self._lock:
            if not self._random:
                self._random = os.urandom(_RANDOM_AT_ONCE)
            random, self._random = self._random[:8], self._random[8:]
            now = time.time_ns() // 1_000_000
            if now > self._last_ms:
                self._last_ms, self._counter = now, 0
            else:
                self._counter += 1
                if self._counter > _COUNTER_MAX:
                    self._last_ms, self._counter = self._last_ms + 1, 0
            return self._last_ms, self._counter, random


class SequentialIds:
    """Predictable ids 1, 2, 3 …; for tests."""

    def __init__(self) -> None:
        self._next = 0

    def new(self) -> UUID:
        self._next += 1
        return UUID(int=self._next)


def derived_id(*parts: object) -> UUID:
    """Name-based UUIDv5 of `parts`: the same parts give the same id wherever and whenever they are joined."""
    return uuid5(NAMESPACE_OID, "\x1f".join(str(part) for part in parts))
