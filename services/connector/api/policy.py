"""Who may do what in the connector. Numbers come from systems: no person may write an observation."""

from shared.kit.auth.policy import Policy, Rows, Rule
from shared.kit.http.exporting import ACTION, TO_EXPORT

POLICY = Policy(
    {
        ACTION: TO_EXPORT,
        "connections:read": Rule(hr=Rows.ALL, admin=Rows.ALL, scope="observations:read"),
        "connections:write": Rule(admin=Rows.ALL, scope="connections:write"),
        "identities:read": Rule(hr=Rows.HR_COMPANY, admin=Rows.ALL, scope="observations:read"),
        "identities:write": Rule(hr=Rows.HR_COMPANY, admin=Rows.ALL, scope="connections:write"),
        "observations:read": Rule(
            employee=Rows.OWN,
            head=Rows.HEADED,
            hr=Rows.HR_SCOPE,
            admin=Rows.ALL,
            scope="observations:read",
        ),
        "observations:write": Rule(scope="observations:write"),
        "quarantine:read": Rule(hr=Rows.HR_COMPANY, admin=Rows.ALL, scope="observations:read"),
        "quarantine:write": Rule(hr=Rows.HR_COMPANY, admin=Rows.ALL),
        "business_targets:read": Rule(hr=Rows.HR_SCOPE, admin=Rows.ALL, scope="business_targets:write"),
        "business_targets:write": Rule(scope="business_targets:write"),
    },
)
