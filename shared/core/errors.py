"""The tree of errors a caller can act on; `shared.kit.http.problems` maps each kind to one HTTP status.

DomainError
├── Invalid             422  wrong, judged from the request alone
├── Conflict            409  the present state forbids it (InProgress: only for the moment)
├── NotFound            404  absent, or not the caller's to see
├── Forbidden           403  known, but not permitted
├── Unauthenticated     401  no valid proof of who is calling
├── PreconditionFailed  412  `If-Match` names another version
├── PreconditionMissing 428  this write requires `If-Match`
├── TooLarge            413  body or batch over its limit
├── Gone                410  was there once, is kept no longer (TenantGone: a whole tenant)
├── RateLimited         429  asked too often
└── Unavailable         503  a dependency does not answer; try again
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Violation:
    """One wrong place in an input: `pointer` is an RFC 6901 JSON pointer, `code` is stable and machine-readable."""

    pointer: str
    code: str
    detail: str


class DomainError(Exception):
    """A refusal with a stable `code`, a sentence for people and, where places are wrong, their pointers."""

    retryable = False

    def __init__(self, code: str, detail: str, *, violations: Sequence[Violation] = ()) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.violations = tuple(violations)


class Invalid(DomainError):
    @classmethod
    def at(cls, pointer: str, code: str, detail: str) -> "Invalid":
        """Build the refusal of a single place."""
        return cls(code, detail, violations=[Violation(pointer, code, detail)])


class Conflict(DomainError):
    pass


class InProgress(Conflict):
    """The same is being done already; its end is worth waiting for."""

    retryable = True


class NotFound(DomainError):
    @classmethod
    def of(cls, noun: str) -> "NotFound":
        """Build the one answer for absent and for not visible, so that neither can be told apart."""
        return cls("not_found", f"There is no such {noun}.")


@contextmanager
def placed(pointer: str, *, subject: str = "") -> Iterator[None]:
    """Let pointers of a refusal begin with `pointer`; one that has none is about it, or about the `subject` there."""
    try:
        yield
    except DomainError as refusal:
        about = f"/{subject}" if subject else ""
        own = refusal.violations or (Violation(about, refusal.code, refusal.detail),)
        refusal.violations = tuple(replace(each, pointer=pointer + each.pointer) for each in own)
        raise


class Denied(DomainError):
    """Base of the two kinds that keep somebody out."""

    def __init__(self, code: str, detail: str, *, tenant_id: UUID | None = None, subject: str | None = None) -> None:
        super().__init__(code, detail)
        self.tenant_id = tenant_id
        """Whose audit log tells of it, where nobody is let in yet but that much is known."""
        self.subject = subject
        """The account or client it was tried with."""


class Forbidden(Denied):
    pass


class Unauthenticated(Denied):
    pass


class PreconditionFailed(DomainError):
    pass


class PreconditionMissing(DomainError):
    pass


class TooLarge(DomainError):
    pass


class Gone(DomainError):
    pass


class TenantGone(Gone):
    """Everything of this tenant is erased, or is being erased."""


class RateLimited(DomainError):
    retryable = True

    def __init__(self, code: str, detail: str, *, retry_after: int) -> None:
        super().__init__(code, detail)
        self.retry_after = retry_after
        """Whole seconds until the next try may succeed."""


class Unavailable(DomainError):
    retryable = True

    def __init__(self, code: str, detail: str, *, retry_after: int = 1) -> None:
        super().__init__(code, detail)
        self.retry_after = retry_after
        """Whole seconds until the next try may succeed."""
