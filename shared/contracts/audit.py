"""The event of every service about its callers: who did, read or was refused what. The gateway keeps the log."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.envelope import EventData
from shared.contracts.topics import AUDIT, Topic

ActorKind = Literal["person", "client", "operator"]
Outcome = Literal["done", "read", "refused"]


class AuditRecorded(EventData):
    """What a caller did, read or was refused: ids, the action and its outcome, never a value, a name or a secret."""

    event_type: ClassVar[str] = "audit.recorded.v1"
    topic: ClassVar[Topic] = AUDIT

    actor: str
    """Id of the account or client, as in the tokens' `sub`, or of an operator."""
    actor_kind: ActorKind | None = None
    """Null where somebody was turned away of whom no more is known than the id."""
    actor_employee_id: UUID | None = None
    """The person behind an account."""
    action: str
    """The action of the policy, such as `employees:read`; the operation's name where anybody may call it."""
    outcome: Outcome
    """Changes are `done` in the transaction that makes them; `read` is what is about others; `refused` is neither."""
    method: str
    """The HTTP method."""
    route: str
    """The path's template, such as `/v1/employees/{employee_id}`."""
    resource: str
    """The path with its ids; `-` stands for what is not one."""
    status: int
    """The HTTP status; of a change the one its route promises, since this is written before the answer."""
    code: str | None = None
    """Why it was refused."""
    subjects: tuple[UUID, ...] = ()
    """The employees it is about, as far as path or answer name them; without the caller."""
    rows: int | None = None
    """How many rows were shown."""
    request_id: str | None = None
    """What the answer's `X-Request-Id` says, and the logs of all services."""
    client_address: str | None = None
    """Where the request came from, as the gateway saw it."""
    occurred_at: datetime
    """Real time, whatever a sandbox's clock says."""

    @property
    def subject(self) -> str:
        return f"principals/{self.actor}"
