"""Who may do what in the gateway."""

from shared.kit.auth.policy import Policy, Rows, Rule
from shared.kit.http.exporting import ACTION, TO_EXPORT

POLICY = Policy(
    {
        ACTION: TO_EXPORT,
        "accounts:manage": Rule(admin=Rows.ALL),
        "api_clients:manage": Rule(admin=Rows.ALL),
        "identity_provider:manage": Rule(admin=Rows.ALL),
        "sessions:own": Rule(person=Rows.ALL),
        # Who secures the system does not see who watches it: auditors read the log, change nothing, and stand in it.
        "audit_events:read": Rule(auditor=Rows.ALL, watched=True),
        "audit_events:about_me": Rule(employee=Rows.OWN),
        "audit_events:refused_to_me": Rule(person=Rows.ALL),
        "audit_log:read": Rule(admin=Rows.ALL, auditor=Rows.ALL),
        "audit_log:write": Rule(admin=Rows.ALL),
        "dashboard:read": Rule(employee=Rows.ALL, hr=Rows.ALL, admin=Rows.ALL),
        "tenant:read": Rule(employee=Rows.ALL, hr=Rows.ALL, admin=Rows.ALL, auditor=Rows.ALL, scope="tenant:read"),
        "tenant:write": Rule(admin=Rows.ALL),
        "tenant:limits": Rule(admin=Rows.ALL),
    },
)
