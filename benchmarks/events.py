"""Events as services make them, for benchmarks that only carry them."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from shared.contracts.scores import ScorePublished
from shared.contracts.tenancy import TenantChanged
from shared.contracts.topics import SCORES
from shared.core.ids import Uuid7
from shared.kit.bus.port import Message
from shared.kit.outbox import EVENT_HEADERS, enclose, message_of

TENANT = UUID(int=0x57EE1)
TENANT_CHANGED = TenantChanged(tenant_id=TENANT, sequence=1, name="Bench", zone="Asia/Shanghai", currency="CNY")
_CYCLES = 200
_AT = datetime(2026, 7, 1, 8, 15, tzinfo=UTC)
_SEED = 20260701


def published_scores(count: int, *, topic: str = SCORES.name) -> Iterator[tuple[UUID, Message]]:
    """Make `score.published.v1` events of some 600 bytes, with their ids, in many cycles and so of many keys."""
    ids, chance = Uuid7(), random.Random(_SEED)  # noqa: S311 -- invents numbers, keeps no secret
    cycles = [ids.new() for _ in range(_CYCLES)]
    for _ in range(count):
        event = _event(ids, chance, chance.choice(cycles))
        envelope = enclose(event, source="performance", tenant_id=TENANT, at=_AT, ids=ids)
        message = message_of(envelope)
        yield envelope.id, Message(topic, message.key, message.value, EVENT_HEADERS)


def _event(ids: Uuid7, chance: random.Random, cycle_id: UUID) -> ScorePublished:
    return ScorePublished(
        cycle_id=cycle_id,
        scorecard_id=ids.new(),
        employee_id=ids.new(),
        department_id=ids.new(),
        sequence=chance.randint(1, 90),
        total=Decimal(chance.randint(4000, 11000)).scaleb(-2),
        grade="good",
        cycle_starts_on="2026-01-01",
        cycle_ends_on="2026-07-01",
    )
