"""The gateway's worker process: its relay, consumer and timers."""

from collections.abc import Sequence
from datetime import timedelta

from services.gateway.events.subscriptions import SUBSCRIPTIONS
from services.gateway.usecases.audit.forget_audit import forget_audit
from services.gateway.usecases.identity.assertions import LONGEST as ASSERTION_LONGEST
from services.gateway.usecases.identity.forget_identity import forget_identity
from services.gateway.usecases.ports import Work
from services.gateway.wiring import SERVICE, Wiring
from shared.kit.http.answers import forget_answers
from shared.kit.service import every_tenant, service_loops
from shared.kit.worker import Loop, every


def build_loops(wiring: Wiring) -> Sequence[Loop]:
    async def forget(work: Work) -> None:
        await forget_audit(work, at=wiring.works.clock.now())

    async def forget_old_identity(work: Work) -> None:
        await forget_identity(work, at=wiring.works.clock.now())

    async def forget_log_ins() -> None:
        await wiring.attempts.forget(before=wiring.works.clock.now())
        await wiring.credentials.forget_assertions(before=wiring.works.clock.now() - ASSERTION_LONGEST)

    async def forget_foundings() -> None:
        await forget_answers(wiring.database, [operator.id for operator in await wiring.operators.all()])

    return (
        *service_loops(SERVICE, wiring.bus, wiring.works, SUBSCRIPTIONS, wiring.holdings),
        every_tenant(
            f"{SERVICE}.seal-audit",
            timedelta(seconds=1),
            wiring.works,
            wiring.seal_audit,
            among=wiring.unsealed_tenants,
        ),
        every_tenant(f"{SERVICE}.forget-audit", timedelta(hours=6), wiring.works, forget),
        every_tenant(f"{SERVICE}.forget-identity", timedelta(hours=6), wiring.works, forget_old_identity),
        every_tenant(
            f"{SERVICE}.begin-erasure",
            timedelta(seconds=2),
            wiring.works,
            wiring.begin_erasure,
            among=wiring.companies.to_be_erased,
        ),
        every(f"{SERVICE}.tidy-ledger", timedelta(seconds=10), wiring.tidy_ledger),
        every(f"{SERVICE}.forget-log-ins", timedelta(hours=1), forget_log_ins),
        every(f"{SERVICE}.forget-foundings", timedelta(hours=1), forget_foundings),
        every(f"{SERVICE}.forget-quotas", timedelta(minutes=10), wiring.quota_windows.forget),
    )
