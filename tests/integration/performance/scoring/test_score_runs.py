"""What concerns more people than one transaction should hold is settled portion by portion, whoever dies meanwhile."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.performance.store.unit_of_work import UnitOfWork
from services.performance.usecases.scoring.continue_score_runs import continue_score_runs
from services.performance.usecases.scoring.rescore import rescore
from services.performance.wiring import Wiring
from shared.contracts.scores import Cause
from tests.factories.access import make_hr
from tests.factories.installation import bearer
from tests.factories.performance import make_observation
from tests.factories.sellers import (
    Sellers,
    draft_version,
    freeze,
    open_sellers,
    put_in_force,
    sales_scheme,
    three_facts,
)
from tests.integration.performance.scoring.conftest import Cards, Observe

pytestmark = pytest.mark.anyio
PEOPLE = 7
PORTION = 2


class Died(Exception):
    """A worker is no more."""


class Dying:
    """Begins units of work, but no more than `lives`."""

    def __init__(self, wiring: Wiring, sellers: Sellers, *, lives: int) -> None:
        self._work = wiring.works.of(sellers.tenant_id)
        self._lives = lives

    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]:
        self._lives -= 1
        if self._lives < 0:
            raise Died
        return self._work()


@pytest.fixture
async def sellers(wiring: Wiring, tenant_id: UUID) -> Sellers:
    return await open_sellers(wiring, tenant_id, count=PEOPLE)


@pytest.fixture
async def sevens(wiring: Wiring, sellers: Sellers, observe: Observe) -> Sellers:
    """Give sellers of whom three have sold, and who are to be scored by other weights, portion by portion."""
    await observe(*three_facts(replace(sellers, people=sellers.people[:3])))
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000))
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await put_in_force(uow, sellers, version=2)
        await rescore(uow, sellers.cycle_id, cause=Cause(kind="scheme", reference="2"), portion=PORTION)
        await uow.commit()
    return sellers


async def last_run(client: httpx.AsyncClient, sellers: Sellers) -> dict[str, Any]:
    answer = await client.get("/v1/score-runs", headers=bearer(make_hr(sellers.tenant_id)))
    run: dict[str, Any] = answer.json()["data"][-1]
    return {name: run[name] for name in ("cause_kind", "state", "concerned", "scored", "changed")}


async def weights(cards: Cards) -> list[int]:
    return [card.result.items[0].weight for card in (await cards()).values()]


async def test_a_large_run_waits_for_the_worker_and_ends_as_one_that_does_not(
    client: httpx.AsyncClient, wiring: Wiring, sevens: Sellers, cards: Cards
) -> None:
    assert await weights(cards) == [6000] * PEOPLE
    begun = {"cause_kind": "scheme", "state": "running", "concerned": PEOPLE, "scored": 0, "changed": 0}
    assert await last_run(client, sevens) == begun
    await continue_score_runs(wiring.works.of(sevens.tenant_id), portion=PORTION)
    assert await weights(cards) == [5000] * PEOPLE
    ended = {**begun, "state": "finished", "scored": PEOPLE, "changed": PEOPLE}
    assert await last_run(client, sevens) == ended
    before = await cards()
    async with wiring.works.begin(sevens.tenant_id) as uow:
        await rescore(uow, sevens.cycle_id, cause=Cause(kind="recompute"))
        await uow.commit()
    assert await cards() == before


async def test_another_worker_goes_on_where_one_died(
    client: httpx.AsyncClient, wiring: Wiring, sevens: Sellers, cards: Cards
) -> None:
    with pytest.raises(Died):
        await continue_score_runs(Dying(wiring, sevens, lives=2), portion=PORTION)
    assert await weights(cards) == [5000] * 4 + [6000] * 3
    run = await last_run(client, sevens)
    assert (run["state"], run["scored"]) == ("running", 4)
    before = await cards()
    await continue_score_runs(wiring.works.of(sevens.tenant_id), portion=PORTION)
    after = await cards()
    assert [card.sequence for card in after.values()] == [
        was.sequence + (was.result.items[0].weight == 6000) for was in before.values()
    ]
    assert (await last_run(client, sevens))["changed"] == PEOPLE


async def test_two_workers_settle_everybody_once(
    client: httpx.AsyncClient, wiring: Wiring, sevens: Sellers, cards: Cards
) -> None:
    work = wiring.works.of(sevens.tenant_id)
    await asyncio.gather(*(continue_score_runs(work, portion=1) for _ in range(2)))
    await continue_score_runs(work, portion=1)
    assert await weights(cards) == [5000] * PEOPLE
    run = await last_run(client, sevens)
    assert (run["state"], run["scored"], run["changed"]) == ("finished", PEOPLE, PEOPLE)


async def test_what_arrives_meanwhile_counts_at_once_by_the_rule_that_holds(
    wiring: Wiring, sevens: Sellers, observe: Observe, cards: Cards
) -> None:
    with pytest.raises(Died):
        await continue_score_runs(Dying(wiring, sevens, lives=1), portion=PORTION)
    late = sevens.people[-1]
    await observe(make_observation(subject_id=late))
    assert (await cards())[late].result.items[0].weight == 5000


async def test_freezing_settles_everybody_and_ends_the_run(
    client: httpx.AsyncClient, wiring: Wiring, sevens: Sellers, cards: Cards
) -> None:
    await freeze(wiring, sevens)
    assert await weights(cards) == [5000] * PEOPLE
    await continue_score_runs(wiring.works.of(sevens.tenant_id), portion=PORTION)
    answer = await client.get("/v1/score-runs", headers=bearer(make_hr(sevens.tenant_id)))
    assert {run["state"] for run in answer.json()["data"]} == {"finished"}
    assert {card.status for card in (await cards()).values()} == {"frozen"}
