"""What a system may be allowed to do: every scope there is."""

from collections.abc import Mapping, Sequence

from shared.core.errors import Invalid, Violation

SCOPES: Mapping[str, str] = {
    "employees:read": "Read employees, employments, departments, positions and the work calendar.",
    "employees:write": "Maintain employees, employments, departments, positions and the work calendar.",
    "records:read": "Read the records in employees' files.",
    "records:write": "Add and remove records in employees' files.",
    "connections:write": "Maintain connections and identity links.",
    "observations:read": "Read observations, where they counted, connections, and what waits in quarantine.",
    "observations:write": "Send observations and declare sources complete.",
    "business_targets:write": "Set and read the targets of the business.",
    "exchange_rates:write": "Set and read exchange rates.",
    "metrics:read": "Read metrics.",
    "metrics:write": "Define metrics.",
    "schemes:read": "Read schemes and their versions.",
    "schemes:write": "Write, simulate and publish schemes.",
    "cycles:read": "Read cycles, targets, plans and their progress.",
    "cycles:write": "Open and close cycles and change targets.",
    "scores:read": "Read scorecards, their explanations, score runs and reports.",
    "webhooks:write": "Maintain webhooks, read their deliveries and send them again.",
    "tenant:read": "Read the company's zone, currency and business time.",
}


def require_known(scopes: Sequence[str]) -> None:
    """Raise Invalid (`scope_unknown`) with the place of every scope that does not exist."""
    violations = [
        Violation(f"/scopes/{place}", "scope_unknown", "There is no such scope.")
        for place, scope in enumerate(scopes)
        if scope not in SCOPES
    ]
    if violations:
        raise Invalid("scope_unknown", "A scope does not exist.", violations=violations)
