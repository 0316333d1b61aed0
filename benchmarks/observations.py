"""Observations as a CRM sends them: some 190 bytes each, in bodies of a thousand, made before anything is measured."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import orjson

BATCH = 1000
SOURCE = "crm"
PERIOD = {"starts_on": "2026-01-01", "ends_on": "2026-07-01"}
_FIRST = datetime(2026, 1, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
_MINUTES = 180 * 24 * 60
_CHANNELS = ("direct", "partner", "web")


class Crm:
    """Says nothing twice: every order has a number of its own."""

    def __init__(self, references: Sequence[str], *, seed: int = 20260101) -> None:
        self._references = references
        self._chance = random.Random(seed)  # noqa: S311 -- invents numbers, keeps no secret
        self._numbers = count(1)

    def order(self, reference: str | None = None) -> dict[str, Any]:
        chance = self._chance
        at = _FIRST + timedelta(minutes=chance.randrange(_MINUTES))
        return {
            "id": f"SO-{next(self._numbers):08d}",
            "measure": "order.amount",
            "employee": {"ref": reference or chance.choice(self._references)},
            "value": str(Decimal(chance.randrange(1_000, 400_000)).scaleb(-2)),
            "currency": "CNY",
            "occurred_at": at.isoformat(),
            "dimensions": {"channel": chance.choice(_CHANNELS)},
        }

    def body(self, items: int = BATCH) -> bytes:
        """Write the JSON of one request."""
        return orjson.dumps({"source": SOURCE, "items": [self.order() for _ in range(items)]})
