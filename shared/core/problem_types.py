"""The stable codes of refusals: what each means and what to do about it. Every service adds its own.

A code stands in a problem document, at a wrong place in one (`errors[]`), or at an item of a batch.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.core import errors
from shared.core.errors import DomainError


@dataclass(frozen=True, slots=True)
class ProblemType:
    title: str
    remedy: str
    kind: type[DomainError] | None = None
    """Decides the status; None for what stands at a place or an item alone, or has a status of its own."""
    status: int | None = None
    retryable: bool = False


ProblemTypes = Mapping[str, ProblemType]
Told = Mapping[str, tuple[str, str]]
"""Title and remedy by code."""


def problem_types(kinds: Mapping[type[DomainError], Told], *, places: Told | None = None) -> ProblemTypes:
    """Declare a service's problem types by the kind of their error, and `places` that never stand alone."""
    of_kinds = {
        code: ProblemType(title, remedy, kind, retryable=kind.retryable)
        for kind, told in kinds.items()
        for code, (title, remedy) in told.items()
    }
    return of_kinds | {code: ProblemType(title, remedy) for code, (title, remedy) in (places or {}).items()}


_OF_HTTP: ProblemTypes = {
    "json_invalid": ProblemType("Not JSON", "Send a body that is JSON.", status=400),
    "method_not_allowed": ProblemType("Method not allowed", "Use a method that `Allow` names.", status=405),
    "unsupported_media_type": ProblemType("Unsupported media type", "Send the type the document names.", status=415),
    "request_invalid": ProblemType(
        "Request does not match its schema",
        "Correct what `errors` points at; the codes there are those of JSON Schema and Pydantic.",
        status=422,
    ),
    "head_too_large": ProblemType("Header fields too large", "Send fewer and shorter header fields.", status=431),
    "time_limit_exceeded": ProblemType(
        "Not answered in time",
        "Ask for less, or send the same again later; writes with an `Idempotency-Key`, for they may have taken effect.",
        status=504,
        retryable=True,
    ),
    "http_error": ProblemType("Request not understood", "Read the detail; the request is not HTTP as we speak it."),
    "internal_error": ProblemType(
        "Internal error", "Tell the operator the `request_id`; whether it took effect is unknown.", status=500
    ),
    "unavailable": ProblemType(
        "A part of the system is away", "Send the same request again soon.", status=503, retryable=True
    ),
    "not_ready": ProblemType("Not ready", "Wait; said by `/readyz` alone.", status=503, retryable=True),
}

EVERYWHERE: ProblemTypes = {
    **_OF_HTTP,
    **problem_types(
        {
            errors.Invalid: {
                "currency_invalid": ("Not a currency", "Send a code of ISO 4217, in capital letters, such as CNY."),
                "cursor_invalid": ("Cursor unreadable", "Send `next_cursor` as it was given, or begin without one."),
                "idempotency_key_reused": ("Key used for another request", "Use a new `Idempotency-Key`."),
                "if_match_invalid": ("`If-Match` unreadable", "Send one `ETag` exactly as it was given."),
                "key_invalid": ("`Idempotency-Key` unusable", "Use 1 to 255 characters."),
                "nul_refused": ("NUL character", "Leave the character U+0000 out; it is not text."),
                "number_invalid": ("Not a decimal number", "Write digits with at most one point, as text."),
                "number_too_large": ("Number too large", "Check the unit; nobody sells that much."),
                "number_too_precise": ("Too many decimal places", "Round to the places the field keeps."),
                "period_empty": ("Period without a day", "Let it end after it starts."),
            },
            errors.Unauthenticated: {
                "token_missing": ("No access token", "Send `Authorization: Bearer …`."),
                "token_expired": ("Access token expired", "Ask for a new one, and send the request again."),
                "token_invalid": ("Access token not valid", "Ask for a new one."),
                "token_revoked": ("Access ended", "Log in again."),
            },
            errors.Forbidden: {
                "tenant_suspended": ("Company suspended", "Ask whoever runs this installation."),
                "not_permitted": ("Not permitted", "Ask an administrator for the role or the scope."),
                "not_a_person": ("Not a person", "Act as an account, not as an API client."),
                "separation_of_duties": ("One's own affair", "Let somebody decide whom it is not about."),
                "not_an_employee": ("Not an employee", "Act as an account that belongs to an employee."),
            },
            errors.NotFound: {
                "not_found": ("Not there, or not yours to see", "Check the id, and as whom you ask."),
                "reference_not_found": ("Refers to something absent", "Create what `errors` points at first."),
            },
            errors.TenantGone: {
                "tenant_erased": (
                    "Company erased",
                    "There is nothing left of it; only events that came late hear this.",
                ),
            },
            errors.Conflict: {
                "already_exists": ("Exists already", "Use the one there is, or another key."),
                "operation_finished": ("Over already", "Nothing; read what came of it."),
            },
            errors.InProgress: {
                "idempotency_in_flight": (
                    "Still being worked on",
                    "Send the same again soon; you get the first answer.",
                ),
            },
            errors.PreconditionFailed: {
                "version_changed": ("Changed meanwhile", "Read it again, and decide anew."),
            },
            errors.PreconditionMissing: {
                "if_match_required": ("`If-Match` required", "Send the `ETag` of what you have read."),
            },
            errors.TooLarge: {
                "too_large": ("Body too large", "Send less at once; the detail says how much is allowed."),
            },
            errors.Unavailable: {
                "loops_failing": ("Background work fails", "Look at the worker's log; said by its `/readyz` alone."),
                "not_migrated": ("Database not migrated", "Run `steelyard migrate`; said by `/readyz` alone."),
                "tenant_unknown": ("Company not known yet", "Try again in a moment; a new company is being announced."),
            },
        },
        places={
            "decimal_string_required": ("Not text", 'Write decimals as text, such as "1999.00".'),
            "operation_abandoned": ("Given up", "Tell the operator: each worker that tried has died of it."),
        },
    ),
}
"""What any service may answer."""
