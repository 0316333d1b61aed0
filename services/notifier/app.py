"""The notifier's HTTP process."""

from fastapi import FastAPI

from services.notifier.api import changes, deliveries, notifications, reminder_rules, webhooks
from services.notifier.api.policy import POLICY
from services.notifier.api.webhook_events import describe_webhooks
from services.notifier.domain.problem_types import PROBLEM_TYPES
from services.notifier.wiring import SERVICE, Wiring
from shared.kit.http.app import create_app
from shared.kit.http.exporting import export_router

_NOUNS = (webhooks, deliveries, notifications, reminder_rules, changes)


def build_app(wiring: Wiring) -> FastAPI:
    app = create_app(
        SERVICE,
        wiring,
        [*(noun.router for noun in _NOUNS), export_router(wiring.holdings, POLICY)],
        problems=PROBLEM_TYPES,
        queries=wiring.queries,
        targets=wiring.targets,
    )
    describe_webhooks(app.webhooks)
    return app
