"""Passwords, hashed with Argon2id off the event loop, a few at a time."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""The least that OWASP's Password Storage Cheat Sheet recommends for Argon2id: 19 MiB, two passes, one lane."""
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="passwords")
"""Bounds the memory and the processors that log-ins can take."""
_NOBODYS = _HASHER.hash("the password of nobody")


async def hash_password(password: str) -> str:
    """Give the encoded hash, parameters and salt included."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, password)


async def matches(password_hash: str | None, password: str) -> bool:
    """Compare; without a hash it takes as long as with one, so that nobody learns which names exist."""
    matched = await asyncio.get_running_loop().run_in_executor(_THREADS, _verified, password_hash or _NOBODYS, password)
    return matched and password_hash is not None


def _verified(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except VerifyMismatchError:
        return False
