"""The subscribers: four endpoints that verify signatures, one of which fails and one of which dawdles."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

Json = dict[str, Any]
DAWDLE_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class Taken:
    """What one message said, the first time it came."""

    type: str
    subject: str
    sequence: int
    total: str | None
    """The new total in full bodies of scores."""


@dataclass
class Receiver:
    """Keeps each message by endpoint and message id; what comes again is only counted."""

    random: Random
    url: str = ""
    taken: dict[str, dict[str, Taken]] = field(default_factory=dict)
    """By endpoint and `webhook-id`."""
    repeated: int = 0
    unsigned: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """How often each endpoint answered 500 on purpose."""
    webhook_ids: dict[str, str] = field(default_factory=dict)
    """By endpoint."""
    calm: bool = False
    """Whether the flaky endpoint has stopped failing."""
    _secrets: dict[str, Webhook] = field(default_factory=dict)
    _failed: set[str] = field(default_factory=set)

    def admit(self, endpoint: str, webhook_id: str, secret: str) -> None:
        """Take deliveries at an endpoint from now on."""
        self.webhook_ids[endpoint] = webhook_id
        self.taken[endpoint] = {}
        self._secrets[endpoint] = Webhook(secret)

    async def take(self, request: web.Request) -> web.Response:
        """Verify and keep one delivery."""
        endpoint, body = request.match_info["endpoint"], await request.text()
        try:
            self._secrets[endpoint].verify(body, dict(request.headers))
        except (KeyError, WebhookVerificationError):
            self.unsigned += 1
            return web.Response(status=400)
        if endpoint == "slow":
            await asyncio.sleep(self.random.uniform(0, DAWDLE_SECONDS))
        if endpoint == "flaky" and self._fails(request.headers["webhook-id"]):
            self.refused[endpoint] += 1
            return web.Response(status=500)
        self._keep(endpoint, request.headers["webhook-id"], json.loads(body))
        return web.Response(status=204)

    def _fails(self, message_id: str) -> bool:
        """Fail a message once at most: its second retry would come after minutes."""
        if self.calm or message_id in self._failed or self.random.random() > 0.2:
            return False
        self._failed.add(message_id)
        return True

    def _keep(self, endpoint: str, message_id: str, event: Json) -> None:
        if message_id in self.taken[endpoint]:
            self.repeated += 1
            return
        total = event["data"].get("current", {}).get("total")
        self.taken[endpoint][message_id] = Taken(event["type"], event["subject"], int(event["sequence"]), total)


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[Receiver]:
    """Serve on a free loopback port."""
    app = web.Application()
    app.router.add_post("/{endpoint}", receiver.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    receiver.url = f"http://{host}:{port}"
    try:
        yield receiver
    finally:
        await runner.cleanup()
