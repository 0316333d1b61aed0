"""Who may do what in the archive."""

from shared.kit.auth.policy import Policy, Rows, Rule
from shared.kit.http.exporting import ACTION, TO_EXPORT

POLICY = Policy(
    {
        ACTION: TO_EXPORT,
        "departments:read": Rule(employee=Rows.ALL, hr=Rows.ALL, admin=Rows.ALL, scope="employees:read"),
        "departments:write": Rule(hr=Rows.HR_SCOPE, admin=Rows.ALL, scope="employees:write"),
        "positions:read": Rule(employee=Rows.ALL, hr=Rows.ALL, admin=Rows.ALL, scope="employees:read"),
        "positions:write": Rule(hr=Rows.HR_COMPANY, admin=Rows.ALL, scope="employees:write"),
        "calendar:read": Rule(employee=Rows.ALL, hr=Rows.ALL, admin=Rows.ALL, scope="employees:read"),
        "calendar:write": Rule(hr=Rows.HR_COMPANY, admin=Rows.ALL, scope="employees:write"),
        "employees:read": Rule(
            employee=Rows.OWN, head=Rows.HEADED, hr=Rows.HR_SCOPE, admin=Rows.ALL, scope="employees:read"
        ),
        "employees:write": Rule(hr=Rows.HR_SCOPE, admin=Rows.ALL, scope="employees:write"),
        "records:read": Rule(
            employee=Rows.OWN, head=Rows.HEADED, hr=Rows.HR_SCOPE, admin=Rows.ALL, scope="records:read"
        ),
        "records:write": Rule(hr=Rows.HR_SCOPE, admin=Rows.ALL, scope="records:write"),
    },
    labels={
        # What was written about discipline and in feedback is for the person, the heads and HR alone.
        "discipline": Rule(employee=Rows.OWN, head=Rows.HEADED, hr=Rows.HR_SCOPE),
        # Why somebody is away may tell of an illness: heads see the days, the person and HR the reason.
        "health": Rule(employee=Rows.OWN, hr=Rows.HR_SCOPE),
        # Telephone numbers are for the person and for whoever maintains the file: who writes them must see them.
        "contact": Rule(employee=Rows.OWN, hr=Rows.HR_SCOPE, admin=Rows.ALL, scope="employees:write"),
    },
)
