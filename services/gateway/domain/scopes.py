"""What a system may be allowed to do: every scope there is."""

from collections.abc import Mapping, Sequence

from shared.core.errors import Invalid, Violation

SCOPES: Mapping[str, str] = {
    "employees:read": "Read employees, employments, departments, positions and the work calendar.",
    "employees:write": "Maintain employees, employments, departments, positions and the work calendar.",
    "records:read": "Read the records in employees' files.",
    "records:write": "Add and remove records in employees' files.",
    "connections:read": "Read connections, identity links and what waits in quarantine.",
    "connections:write": "Maintain connections and identity links, and settle what waits in quarantine.",
    "observations:read": "Read observations and where they counted.",
    "observations:write": "Send observations and declare sources complete.",
    "business_targets:read": "Read the targets the business has set.",
    "business_targets:write": "Set the targets of the business.",
    "metrics:read": "Read metrics.",
    "metrics:write": "Define metrics.",
    "schemes:read": "Read schemes and their versions.",
    "schemes:write": "Write, simulate and publish schemes.",
    "cycles:read": "Read cycles, targets, plans and their progress.",
    "cycles:write": "Open and close cycles and change targets.",
    "scores:read": "Read scorecards, their explanations, score runs and reports.",
    "webhooks:read": "Read webhooks and their deliveries.",
    "webhooks:write": "Maintain webhooks and send deliveries again.",
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
