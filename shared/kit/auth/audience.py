"""Who may do something, said for people: what the policy decides, as a sentence of the API's description."""

from collections.abc import Iterator

from shared.kit.auth.policy import Rows, Rule

_ROWS = {
    Rows.ALL: "",
    Rows.HR_SCOPE: " for the departments it is responsible for",
    Rows.HR_COMPANY: ", unless it is confined to departments",
    Rows.HEADED: " for the departments they head, all below included",
    Rows.OWN: " about themselves",
}
_ROLES = (
    ("person", "everybody with an account"),
    ("employee", "everybody who works here"),
    ("head", "heads"),
    ("hr", "HR"),
    ("admin", "administrators"),
    ("auditor", "auditors"),
)


def audience_of(rule: Rule) -> str | None:
    """Say it, or nothing where the rule alone does not."""
    admitted = [*_people(rule), *([f"systems with the scope `{rule.scope}`"] if rule.scope else [])]
    return f"For {'; '.join(admitted)}." if admitted else None


def _people(rule: Rule) -> Iterator[str]:
    for role, called in _ROLES:
        rows: Rows | None = getattr(rule, role)
        if rows is not None:
            yield called + _ROWS[rows]
