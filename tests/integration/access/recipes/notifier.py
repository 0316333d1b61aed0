"""The notifier: subscribers, inboxes and reminders."""

from dataclasses import replace

import httpx

from tests.integration.access.oracle import (
    ADMINISTRATORS,
    Audience,
    OfParts,
    Verdict,
    company_hr,
    everybody_reads,
    of_people,
)
from tests.integration.access.recipe import Listing, Recipe, verdict_of

_SUBSCRIBERS = Audience(admin=True, scope="webhooks:write")
_ONESELF = Audience(oneself=True)
_WEBHOOK = {"webhook_id": "webhook"}
_DELIVERY = {**_WEBHOOK, "delivery_id": "delivery"}
_NEW = {"url": "https://hr.example.com/other", "event_types": ["score.changed.v1"]}
_RULE = {"task": "plan.approve", "days_before_or_after": [1]}

_PEOPLES_SCORES = of_people("scores:read")
_FEED = OfParts(
    scope="scores:read",
    parts={
        **dict.fromkeys(("calendar", "departments", "positions"), everybody_reads("employees:read")),
        **dict.fromkeys(("feedback", "improvement-plans", "reports", "scorecards"), _PEOPLES_SCORES),
        "business-targets": Audience(hr="scope", admin=True, scope="business_targets:write", shares_company=True),
        "connections": Audience(hr="any", admin=True, scope="observations:read"),
        "cycles": everybody_reads("cycles:read"),
        "employees": of_people("employees:read"),
        "metrics": everybody_reads("metrics:read"),
        "observations": of_people("observations:read"),
        "plans": Audience(heads=True, hr="scope", admin=True, scope="cycles:read"),
        "records": of_people("records:read"),
        "revisions": Audience(hr="scope", admin=True),
        "schemes": everybody_reads("schemes:read"),
        "score-runs": Audience(hr="any", admin=True, scope="scores:read"),
        "targets": replace(of_people("cycles:read"), shares_company=True),
        "tenant": Audience(everybody=True, hr="any", admin=True, auditor=True, scope="tenant:read"),
    },
)

RECIPES = (
    Recipe("GET /v1/tenant/export/notifier", ADMINISTRATORS),
    Recipe("GET /v1/changes", _FEED, listing=Listing("change"), query="?limit=1000"),
    Recipe("GET /v1/webhooks", _SUBSCRIBERS, listing=Listing("webhook")),
    Recipe("GET /v1/webhooks/{webhook_id}", _SUBSCRIBERS, rows=_WEBHOOK),
    Recipe("POST /v1/webhooks", _SUBSCRIBERS, body=lambda _: _NEW),
    Recipe("PATCH /v1/webhooks/{webhook_id}", _SUBSCRIBERS, rows=_WEBHOOK, body=lambda _: {"enabled": True}),
    Recipe("DELETE /v1/webhooks/{webhook_id}", _SUBSCRIBERS, rows=_WEBHOOK),
    Recipe("POST /v1/webhooks/{webhook_id}/test", _SUBSCRIBERS, rows=_WEBHOOK),
    Recipe("GET /v1/webhooks/{webhook_id}/deliveries", _SUBSCRIBERS, rows=_WEBHOOK, listing=Listing("delivery")),
    Recipe("GET /v1/webhooks/{webhook_id}/deliveries/{delivery_id}", _SUBSCRIBERS, rows=_DELIVERY),
    Recipe(
        "POST /v1/webhooks/{webhook_id}/deliveries/fetch",
        _SUBSCRIBERS,
        rows=_WEBHOOK,
        body=lambda _: {"limit": 1},
        read=lambda answer: Verdict.ADMITTED if answer.status_code == httpx.codes.CONFLICT else verdict_of(answer),
    ),
    Recipe("POST /v1/webhooks/{webhook_id}/deliveries/{delivery_id}/resend", _SUBSCRIBERS, rows=_DELIVERY),
    Recipe("GET /v1/notifications", _ONESELF, listing=Listing("any_notification")),
    Recipe("POST /v1/notifications/{notification_id}/read", _ONESELF, "person", {"notification_id": "notification"}),
    Recipe("GET /v1/reminder-rules", Audience(hr="any", admin=True), listing=Listing("reminder_rule")),
    Recipe("POST /v1/reminder-rules", company_hr(), body=lambda _: _RULE),
    Recipe(
        "PATCH /v1/reminder-rules/{rule_id}",
        company_hr(),
        rows={"rule_id": "reminder_rule"},
        body=lambda _: {"enabled": False},
    ),
)
