"""Says of a refusal where in what is supposed it stands."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from shared.core.errors import DomainError, Violation


@contextmanager
def placed(pointer: str, *, subject: str) -> Iterator[None]:
    """Let pointers of a refusal begin with `pointer`; one that has none is about the `subject` there."""
    try:
        yield
    except DomainError as refusal:
        own = refusal.violations or (Violation(f"/{subject}", refusal.code, refusal.detail),)
        refusal.violations = tuple(replace(each, pointer=pointer + each.pointer) for each in own)
        raise
