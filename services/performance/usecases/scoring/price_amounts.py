"""Which sides of metrics need a look at currencies; most do not, and are added up as they are."""

from collections.abc import Callable, Sequence
from datetime import date

from services.performance.domain.observations.exchange_rate import Pricing
from services.performance.domain.schemes.currency import VALUED
from services.performance.domain.schemes.metric import Side
from services.performance.usecases.ports import UnitOfWork


async def pricings(uow: UnitOfWork, sides: Sequence[Side], *, fixed_on: date) -> Callable[[Side], Pricing | None]:
    """Tell of each of `sides` how its amounts are priced; None where all that ever came is in its own currency."""
    valued = {side.measure for side in sides if side.aggregation in VALUED}
    seen = await uow.exchange_rates.currencies(valued) if valued else {}

    def pricing(side: Side) -> Pricing | None:
        known = seen.get(side.measure, ())
        if side.currency is None:
            return Pricing(None, fixed_on) if side.aggregation in VALUED and len(known) > 1 else None
        return None if {*known} <= {side.currency.code} else Pricing(side.currency, fixed_on)

    return pricing
