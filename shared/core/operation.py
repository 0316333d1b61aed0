"""Operations: work that takes longer than a request, told of step by step, and given up when somebody wants that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from shared.core.errors import NotFound

State = Literal["pending", "running", "succeeded", "failed", "cancelled"]
_PENDING: State = "pending"


@dataclass(frozen=True, slots=True)
class Operation:
    """What was asked for, how far it is, and what came of it."""

    id: UUID
    kind: str
    parameters: Mapping[str, Any]
    created_by: str
    created_at: datetime
    updated_at: datetime
    state: State = _PENDING
    done: int = 0
    total: int | None = None
    """Steps made, of how many; null until that is known."""
    attempts: int = 0
    """How often it was begun: whoever worked on it may have died."""
    cancel_requested: bool = False
    result: str | None = None
    """Path of what it made."""
    problem: Mapping[str, Any] | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


class Step(Protocol):
    """What long work does between its steps, and once with its effect."""

    async def reached(self, done: int, *, total: int) -> None:
        """Tell how far it is. Raises whatever ends the work here: a wish to cancel, a lease that was lost, a stop."""
        ...

    async def succeeded(self, unit: Any, *, result: str) -> None:  # noqa: ANN401 -- the unit of work of the service
        """Say in the unit that makes the effect what it made, so that neither is there without the other."""
        ...


class AtOnce:
    """The steps of work whose caller waits for it."""

    async def reached(self, done: int, *, total: int) -> None:
        """Tell nobody."""

    async def succeeded(self, unit: Any, *, result: str) -> None:  # noqa: ANN401 -- as above
        """Tell nobody: the caller has the answer."""


def public_id(service: str, operation_id: UUID) -> str:
    """Name an operation so that its path leads to the service that works on it."""
    return f"{service}-{operation_id}"


def own_id(service: str, name: str) -> UUID:
    """Undo `public_id`. Raises NotFound for another service's and for what is none."""
    prefix, dash, identifier = name.partition("-")
    try:
        return UUID(identifier if prefix == service and dash else "")
    except ValueError:
        raise NotFound.of("operation") from None
