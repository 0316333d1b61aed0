"""What the performance's use cases need from outside."""

from typing import Protocol

from shared.contracts import work


class UnitOfWork(work.UnitOfWork, Protocol):
    pass


Work = work.Work[UnitOfWork]


class Queries(Protocol):
    """What routes read without a use case."""
