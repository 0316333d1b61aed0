"""What the audit log learns of a call, kept while the call lasts: use cases need not know that they are watched."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from starlette.types import Scope

from shared.contracts.audit import AuditRecorded, Outcome
from shared.core.access import Principal
from shared.core.errors import DomainError
from shared.kit.auth.tokens import AccessToken

CALLER = "steelyard.caller"
"""Where a request's scope remembers its verified caller."""
_CURRENT: ContextVar["Call | None"] = ContextVar("steelyard_call", default=None)
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_SEARCH = "/.search"
"""How the routes end that only read, though they are asked with POST (RFC 7644 §3.4.3)."""


@dataclass(slots=True)
class Call:
    """One request to one route; it is written down once, whatever it does."""

    scope: Scope
    action: str
    method: str
    route: str
    resource: str
    status: int
    """What the route promises."""
    request_id: str | None
    client_address: str | None
    subjects: Sequence[UUID] = ()
    """The employees whom the path names."""
    recorded: bool = False
    let_in: Principal | None = None
    """Who came without a token and gets one."""
    changing: bool = False
    """Whether it changes something, though its method says that it only reads."""
    refusal: DomainError | None = None
    """Why the answer is a refusal, where it speaks the words of another standard."""
    shown: Sequence[UUID] | None = None
    """The employees in the answer, where its document does not name them as ours do."""

    @property
    def caller(self) -> Principal | None:
        """Give the caller, once known."""
        token: AccessToken | None = self.scope.get(CALLER)
        return self.let_in if token is None else token.principal

    @property
    def reads(self) -> bool:
        return (self.method in _READS and not self.changing) or self.route.endswith(_SEARCH)

    def entry(
        self,
        caller: Principal,
        outcome: Outcome,
        *,
        at: datetime,
        status: int | None = None,
        code: str | None = None,
        subjects: Sequence[UUID] = (),
        rows: int | None = None,
    ) -> AuditRecorded:
        """Write down what the caller did."""
        concerned = dict.fromkeys(each for each in (*self.subjects, *subjects) if each != caller.employee_id)
        return AuditRecorded(
            actor=caller.subject,
            actor_kind=caller.kind,
            actor_employee_id=caller.employee_id,
            action=self.action,
            outcome=outcome,
            method=self.method,
            route=self.route,
            resource=self.resource,
            status=self.status if status is None else status,
            code=code,
            subjects=tuple(concerned),
            rows=rows,
            request_id=self.request_id,
            client_address=self.client_address,
            occurred_at=at,
        )

    def turned_away(self, subject: str, *, at: datetime, status: int, code: str) -> AuditRecorded:
        """Write down that somebody tried, of whom no more is proven than whose account it was tried with."""
        return AuditRecorded(
            actor=subject,
            action=self.action,
            outcome="refused",
            method=self.method,
            route=self.route,
            resource=self.resource,
            status=status,
            code=code,
            subjects=tuple(self.subjects),
            request_id=self.request_id,
            client_address=self.client_address,
            occurred_at=at,
        )


@contextmanager
def watching(call: Call) -> Iterator[Call]:
    """Let units of work know whose call they belong to."""
    token = _CURRENT.set(call)
    try:
        yield call
    finally:
        _CURRENT.reset(token)


def let_in(principal: Principal) -> None:
    """Say who the caller of the request in hand is, whose credentials were right."""
    call = _CURRENT.get()
    if call is not None:
        call.let_in = principal


def show(people: Iterable[UUID]) -> None:
    """Say whom the answer in hand tells of, where its document names them in its own way."""
    call = _CURRENT.get()
    if call is not None:
        call.shown = (*(call.shown or ()), *people)


@contextmanager
def part_of_call(*, action: str, method: str, route: str, resource: str, subjects: Sequence[UUID]) -> Iterator[None]:
    """Write down what happens meanwhile as a call of its own: one of many that came in one request."""
    whole = _CURRENT.get()
    if whole is None:
        yield
        return
    part = replace(whole, action=action, method=method, route=route, resource=resource, subjects=subjects)
    part.recorded = False
    with watching(part):
        yield


def call_in_hand() -> "Call | None":
    return _CURRENT.get()


def changing() -> None:
    """Say that the request in hand changes something, as an answer does that a browser brings along by `GET`."""
    call = _CURRENT.get()
    if call is not None:
        call.changing = True


def refuse(error: DomainError) -> None:
    """Say why the request in hand is refused, for answers that do not tell."""
    call = _CURRENT.get()
    if call is not None:
        call.refusal = error


def change_in_hand(tenant_id: UUID) -> tuple[Call, Principal] | None:
    """Give the call whose change is about to be committed, unless it is written down already.

    None outside of a request, and for a caller who is not known yet or belongs to another tenant.
    """
    call = _CURRENT.get()
    if call is None or call.recorded or call.reads:
        return None
    caller = call.caller
    return None if caller is None or caller.tenant_id != tenant_id else (call, caller)
