"""Who may do what in the archive."""

from shared.kit.auth.policy import Policy, Rows, Rule

POLICY = Policy(
    {
        "departments:read": Rule(employee=Rows.ALL, hr=Rows.ALL, admin=Rows.ALL, scope="employees:read"),
        "departments:write": Rule(hr=Rows.ALL, admin=Rows.ALL, scope="employees:write"),
    },
)
