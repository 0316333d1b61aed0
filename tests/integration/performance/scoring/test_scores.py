"""Scores follow what they depend on: observations in any order, targets, scheme versions; nothing else moves them."""

import random
from decimal import Decimal
from uuid import UUID

import pytest

from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.usecases.observations.declare_complete import declare_complete
from services.performance.usecases.scoring.compute_results import compute_results
from services.performance.usecases.scoring.rescore import rescore
from services.performance.wiring import Wiring
from shared.contracts.observations import CompletenessDeclared, ObservationItem
from shared.contracts.scores import Cause
from tests.factories.performance import make_observation
from tests.factories.sellers import (
    Sellers,
    draft_version,
    facts_of,
    freeze,
    publish,
    publish_version,
    sales_scheme,
    set_plan,
    set_targets,
    three_facts,
)
from tests.integration.performance.conftest import Cards, Observe

pytestmark = pytest.mark.anyio


def totals(found: dict[UUID, Scorecard], sellers: Sellers) -> list[str]:
    return [f"{found[person].result.total:f}" for person in sellers.people]


async def test_three_sellers_follow_targets_and_weights_line_by_line(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    await observe(*three_facts(sellers))
    assert totals(await cards(), sellers) == ["63.40", "81.90", "75.20"]
    await set_targets(wiring, sellers, "1200000")
    assert totals(await cards(), sellers) == ["61.00", "79.50", "72.50"]
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000))
    await publish_version(wiring, sellers, 2)
    found = await cards()
    assert totals(found, sellers) == ["60.50", "82.00", "76.75"]
    assert [found[person].result.grade for person in sellers.people] == ["fair", "good", "fair"]


@pytest.mark.parametrize("seed", range(3))
async def test_any_order_of_arrival_ends_in_the_digits_of_a_recompute(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 -- shuffles, keeps no secret
    facts = three_facts(sellers)
    corrections = [
        item.model_copy(update={"revision": 2, "value": item.value + dice.randrange(9)}) for item in facts[::3]
    ]
    moved = facts[1].model_copy(update={"revision": 5, "credit_date": facts[1].credit_date.replace(year=2027)})
    gone = facts[5].model_copy(update={"revision": 3, "retracted": True})
    everything = [*facts, *facts[:4], *corrections, moved, gone]
    dice.shuffle(everything)
    while everything:
        size = dice.randrange(1, 6)
        await observe(*everything[:size])
        del everything[:size]
    found = await cards()
    async with wiring.works.begin(sellers.tenant_id) as uow:
        cycle, rulebook = await uow.inputs.cycle(sellers.cycle_id), await uow.inputs.rulebook(sellers.cycle_id)
        again = await compute_results(uow, cycle, list(found.values()), rulebook=rulebook)
    assert [result for _, result in again] == [card.result for card in found.values()]
    assert found[sellers.people[0]].result.items[0].actual is not None


async def test_what_is_credited_to_a_day_outside_of_the_cycle_by_now_counts_there_no_more(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    first, second, *others = three_facts(sellers)
    await observe(first, second, *others)
    await observe(second.model_copy(update={"revision": 2, "credit_date": second.credit_date.replace(year=2027)}))
    assert (await cards())[sellers.people[0]].result.items[0].actual == Decimal(630000)
    await freeze(wiring, sellers)
    await publish(wiring, sellers)
    await observe(first.model_copy(update={"revision": 2, "credit_date": first.credit_date.replace(year=2027)}))
    async with wiring.works.begin(sellers.tenant_id) as uow:
        proposed = await uow.revisions.proposed([sellers.card_of(sellers.people[0])])
    assert [revision.result.items[0].actual for revision in proposed.values()] == [None]


async def test_the_same_again_writes_nothing(wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards) -> None:
    facts = three_facts(sellers)
    await observe(*facts)
    before = await cards()
    await observe(*facts)
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await rescore(uow, sellers.cycle_id, cause=Cause(kind="recompute"))
        await uow.commit()
    assert await cards() == before


async def test_nothing_yet_is_pending_and_nothing_at_all_is_zero(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    busy, idle, _ = sellers.people
    await observe(*facts_of(busy, sales="100000", conversion=10, teamwork="50"))
    waiting = (await cards())[idle].result.items[0]
    assert (waiting.state, waiting.code, waiting.points) == ("pending", "incomplete", None)
    declared = CompletenessDeclared(source="crm", measure="order.amount", complete_through="2026-06-30")
    await declare_complete(wiring.works.of(sellers.tenant_id), [declared])
    known = (await cards())[idle].result.items[0]
    assert (known.state, known.actual, known.points) == ("zero", Decimal(0), Decimal(0))


async def test_a_second_source_that_has_not_declared_keeps_nothing_pending(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    busy, idle, _ = sellers.people
    orders = [make_observation(subject_id=busy, source=source) for source in ("crm", "shop")]
    await observe(*orders)
    declared = CompletenessDeclared(source="crm", measure="order.amount", complete_through="2026-06-30")
    await declare_complete(wiring.works.of(sellers.tenant_id), [declared])
    assert (await cards())[idle].result.items[0].state == "pending"


async def test_for_a_source_that_has_ended_nothing_is_pending(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    busy, idle, _ = sellers.people
    await observe(*(make_observation(subject_id=busy, source=source) for source in ("crm", "shop")))
    for source, ended in (("crm", False), ("shop", True)):
        through = "2026-06-30" if source == "crm" else "2026-02-28"
        said = CompletenessDeclared(source=source, measure="order.amount", complete_through=through, ended=ended)
        await declare_complete(wiring.works.of(sellers.tenant_id), [said])
    known = await cards()
    assert known[idle].result.items[0].state == "zero"
    assert known[busy].result.items[0].actual == 2 * Decimal(make_observation(subject_id=busy).value or 0)


async def test_what_is_all_taken_back_is_not_known_until_its_source_says_so(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    seller = sellers.people[0]
    facts = facts_of(seller, sales="100000", conversion=10, teamwork="50")
    await observe(*facts)
    await observe(*(fact.model_copy(update={"revision": 2, "retracted": True}) for fact in facts))
    assert [line.state for line in (await cards())[seller].result.items] == ["pending", "pending", "pending"]
    for measure in sorted({str(fact.measure) for fact in facts}):
        said = CompletenessDeclared(source="crm", measure=measure, complete_through="2026-06-30", ended=True)
        await declare_complete(wiring.works.of(sellers.tenant_id), [said])
    items = (await cards())[seller].result.items
    assert [(line.state, line.actual) for line in items] == [("zero", 0), ("missing", None), ("missing", None)]


async def test_late_data_is_kept_flagged_and_moves_nothing(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    await observe(*three_facts(sellers))
    await freeze(wiring, sellers)
    frozen = await cards()
    late = make_observation(subject_id=sellers.people[0], value="500000")
    await observe(late)
    assert await cards() == frozen
    await publish(wiring, sellers)
    published = await cards()
    assert totals(published, sellers) == totals(frozen, sellers)
    assert {card.status for card in published.values()} == {"published"}
    async with wiring.works.begin(sellers.tenant_id) as uow:
        driver = await uow.tx.driver()
        flagged = await driver.fetchval("SELECT late FROM observations WHERE observation_id = $1", late.observation_id)
    assert flagged


async def test_a_department_s_observations_count_for_everybody_in_it(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    document = sales_scheme(sales=5000)
    rule = {"kind": "ratio"}
    document["items"].append(
        {"key": "margin", "name": "Margin", "metric": "margin", "weight": 1000, "rule": rule, "default_target": "400"}
    )
    await draft_version(wiring, sellers, 2, document)
    await publish_version(wiring, sellers, 2)
    await observe(
        make_observation(
            measure="margin.amount", subject_kind="department", subject_id=sellers.department_id, value="200"
        )
    )
    found = await cards()
    assert {found[person].result.items[3].points for person in sellers.people} == {Decimal(50)}


async def test_weights_of_an_approved_plan_hold_and_of_no_other(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    await observe(*three_facts(sellers))
    weights = {"sales": 5000, "conversion": 4000, "teamwork": 1000}
    await set_plan(wiring, sellers, weights, state="submitted")
    assert totals(await cards(), sellers) == ["63.40", "81.90", "75.20"]
    await set_plan(wiring, sellers, weights, state="approved")
    found = await cards()
    assert totals(found, sellers) == ["62.50", "84.00", "79.00"]
    assert [item.weight for item in found[sellers.people[0]].result.items] == [5000, 4000, 1000]
    await set_plan(wiring, sellers, {"something": 10000}, state="approved")
    assert totals(await cards(), sellers) == ["63.40", "81.90", "75.20"]


async def test_every_result_is_kept_with_its_cause(wiring: Wiring, sellers: Sellers, observe: Observe) -> None:
    items: list[ObservationItem] = three_facts(sellers)
    await observe(*items)
    await set_targets(wiring, sellers, "1200000")
    async with wiring.works.begin(sellers.tenant_id) as uow:
        driver = await uow.tx.driver()
        rows = await driver.fetch(
            "SELECT run.cause_kind, result.total FROM results AS result"
            " JOIN score_runs AS run ON run.id = result.run_id"
            " WHERE result.scorecard_id = $1 ORDER BY result.sequence",
            sellers.card_of(sellers.people[0]),
        )
    assert [(row["cause_kind"], row["total"]) for row in rows] == [
        ("cycle", None),
        ("observations", Decimal("63.40")),
        ("target", Decimal("61.00")),
    ]
