"""The demo's webhook subscriber: a real HTTP server that verifies every signature and remembers the last word."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError


class Receiver:
    """Takes deliveries at `/thin` and `/full`; an event counts only once its signature is verified."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.verified: Counter[str] = Counter()
        self.refused = 0
        self.repeated = 0
        self.last: dict[tuple[str, str, str], dict[str, Any]] = {}
        """Per (endpoint, type, scorecard) the event of the highest sequence; a lower one that comes late is dropped."""
        self._seen: set[tuple[str, str]] = set()

    async def take(self, request: web.Request) -> web.Response:
        """Verify and remember one delivery."""
        endpoint = request.match_info["endpoint"]
        body = await request.text()
        try:
            event = Webhook(self.secrets[endpoint]).verify(body, dict(request.headers))
        except WebhookVerificationError:
            self.refused += 1
            return web.Response(status=400)
        self._remember(endpoint, request.headers["webhook-id"], event)
        return web.Response(status=204)

    def _remember(self, endpoint: str, message_id: str, event: dict[str, Any]) -> None:
        if (endpoint, message_id) in self._seen:
            self.repeated += 1
            return
        self._seen.add((endpoint, message_id))
        self.verified[f"{endpoint} {event['type']}"] += 1
        key = (endpoint, event["type"], event["data"].get("scorecard_id", event["subject"]))
        known = self.last.get(key)
        if known is None or int(known["sequence"]) < int(event["sequence"]):
            self.last[key] = event


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[str]:
    """Serve on a free loopback port; gives the base URL."""
    app = web.Application()
    app.router.add_post("/{endpoint}", receiver.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
