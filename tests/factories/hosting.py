"""Operators of the installation for tests."""

from datetime import UTC, datetime, timedelta
from secrets import token_bytes

from services.gateway.domain.hosting.operator import DUTIES, Duty, Operator, OperatorKey
from services.gateway.domain.identity.opaque import SECRET_BYTES, digest_of
from services.gateway.wiring import Wiring
from shared.core.ids import Uuid7

_ids = Uuid7()


async def make_operator(wiring: Wiring, *duties: Duty) -> tuple[Operator, dict[str, str]]:
    """Give an operator with some duties, else with all, and the headers that show its key."""
    key, now = OperatorKey(_ids.new(), token_bytes(SECRET_BYTES)), datetime.now(UTC)
    until = now + timedelta(days=1)
    operator = Operator(key.id, str(key.id), duties or DUTIES, digest_of(key.secret), now, until)
    await wiring.operators.add(operator)
    return operator, {"Authorization": f"Bearer {key.written()}"}
