"""What a run came to: everything collected, held against the ledger, and judged for having hit anything at all."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deploy.standalone.database import runtime_urls
from tests.faults.checker import (
    Violation,
    check_clocks,
    check_commands,
    check_dead_letters,
    check_history,
    check_observations,
    check_targets,
)
from tests.faults.collect import collect
from tests.faults.company import EVENT_TYPES
from tests.faults.deliveries import check_deliveries, check_receipts
from tests.faults.found import Found
from tests.faults.logs import Told, read_logs
from tests.faults.mischief import dead_letters
from tests.faults.plan import Lane
from tests.faults.rescoring import rescored
from tests.faults.scene import Scene
from tests.faults.scores import check_closed, check_scores
from tests.faults.striking import Done, Striker

DRAIN_SECONDS = 30.0
"""What everything under way gets to arrive after the last fault."""


@dataclass(frozen=True, slots=True)
class Outcome:
    seed: str
    minutes: float
    done: Sequence[Done]
    totals: dict[str, object]
    violations: Sequence[Violation]
    vacuous: Sequence[str]
    """What did not happen and without which the run proves nothing."""
    told: Told

    @property
    def passed(self) -> bool:
        return not self.violations and not self.vacuous


async def judge(scene: Scene, striker: Striker, lanes: Sequence[Lane], *, drained: float | None) -> Outcome:
    """Collect and check everything; `drained` is how many seconds that took after the last fault, None for never."""
    found = await _found(scene)
    told = read_logs(scene.stack.settings.log)
    violations = [*_drain(drained), *_check(scene, found)]
    return Outcome(
        seed=scene.seed,
        minutes=striker.minutes,
        done=striker.done,
        totals=_totals(scene, found, told, violations, drained),
        violations=violations,
        vacuous=list(vacuity(striker.done, lanes, told, found)),
        told=told,
    )


def refuted(scene: Scene, striker: Striker, reasons: Sequence[str]) -> Outcome:
    """Give the outcome of a run in which something was answered that cannot be."""
    violations = [Violation("refuted", reason) for reason in reasons]
    told = read_logs(scene.stack.settings.log)
    return Outcome(scene.seed, striker.minutes, striker.done, {}, violations, (), told)


async def _found(scene: Scene) -> Found:
    company, stack = scene.company, scene.stack
    connection = await stack.direct.connection()
    try:
        found = await collect(connection, company)
    finally:
        await connection.close()
    found.dead_letters = await dead_letters(stack.bus)
    url = runtime_urls(stack.settings)["performance"]
    found.rescored = await rescored(url, tenant=company.tenant, running=company.cycle, published=company.closed_cycle)
    return found


def _drain(drained: float | None) -> Iterator[Violation]:
    if drained is None or drained > DRAIN_SECONDS:
        took = "never" if drained is None else f"after {drained:.1f} s"
        yield Violation("not drained", f"everything under way had arrived {took}, not within {DRAIN_SECONDS:g} s")


def _check(scene: Scene, found: Found) -> Iterator[Violation]:
    ledger, company = scene.ledger, scene.company
    violations, standing = check_observations(ledger, found)
    yield from violations
    yield from check_history(found)
    yield from check_targets(ledger, found, cycle_id=company.cycle)
    yield from check_commands(ledger, found)
    yield from check_clocks(ledger, found)
    yield from check_scores(ledger, found, standing, cycle_id=company.cycle)
    closed_under = scene.commands.closed_under or ledger.schemes
    yield from check_closed(ledger, found, standing, cycle_id=company.closed_cycle, schemes=closed_under)
    yield from (Violation("wrong", f"{each} comes out differently from nothing") for each in found.rescored)
    for name, endpoint_id in scene.receiver.webhook_ids.items():
        yield from check_deliveries(found, endpoint=name, endpoint_id=endpoint_id, wanted=frozenset(EVENT_TYPES))
    yield from check_receipts(ledger, found, scene.receiver)
    yield from check_dead_letters(scene.poison, found.dead_letters)


def vacuity(done: Sequence[Done], lanes: Sequence[Lane], told: Told, found: Found) -> Iterator[str]:
    """Say what did not happen: faults of the plan that never hit, paths that never fired."""
    hit = {each.fault.name for each in done if each.hit}
    for lane in lanes:
        for fault in lane.faults:
            if fault.name not in hit:
                reasons = {each.missed for each in done if each.fault.name == fault.name and each.missed}
                yield f"{fault.name} hit nothing ({'; '.join(sorted(reasons)) or 'it had no turn'})"
    for path, times in (
        ("dedupe", told.repeated),
        ("retry of events", told.retried),
        ("retry of deliveries", sum(each.attempts > 1 for each in found.deliveries)),
        ("dead letters", len(found.dead_letters)),
    ):
        if not times:
            yield f"the path of {path} never fired"


def _totals(
    scene: Scene, found: Found, told: Told, violations: Sequence[Violation], drained: float | None
) -> dict[str, object]:
    ledger, kinds = scene.ledger, Counter(violation.kind for violation in violations)
    delivered = [each for each in found.deliveries if each.state == "delivered"]
    return {
        "observations attempted": len(ledger.records),
        "observations acknowledged": sum(record.is_acknowledged for record in ledger.records.values()),
        "observations counted": len({row.record_id for row in found.counted}),
        "messages acknowledged": ledger.messages,
        "commands acknowledged": ledger.commands,
        "calls unanswered": sum(count for status, count in scene.traffic.statuses.items() if not status.isdigit()),
        "calls refused for a while (5xx)": sum(
            count for status, count in scene.traffic.statuses.items() if status.startswith("5")
        ),
        "processes started again": scene.stack.herd.restarts,
        "duplicates dropped": told.repeated,
        "retries of events": told.retried,
        "retries of deliveries": sum(each.attempts - 1 for each in found.deliveries if each.attempts > 1),
        "dead letters": len({(letter.group, letter.value) for letter in found.dead_letters}),
        "score changes": len(found.shown),
        "deliveries": len(delivered),
        "received more than once": scene.receiver.repeated,
        "seconds to drain": None if drained is None else round(drained, 1),
        "lost": kinds["lost"] + kinds["undelivered"],
        "doubled": kinds["doubled"],
    }
