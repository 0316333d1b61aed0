"""What concerns more people than one transaction should hold is settled portion by portion, whoever dies meanwhile."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.performance.domain.scoring.score_run import ScoreRun
from services.performance.store.unit_of_work import UnitOfWork
from services.performance.usecases.scoring.continue_score_runs import continue_score_runs
from services.performance.usecases.scoring.rescore import rescore
from services.performance.usecases.scoring.settle_results import settle_results
from services.performance.wiring import Wiring
from shared.contracts.scores import Cause
from tests.factories.access import make_client, make_hr, make_person
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
from tests.integration.performance.conftest import Cards, Observe

pytestmark = pytest.mark.anyio
PEOPLE = 7
PORTION = 2
AT_ONCE = (timedelta(0), timedelta(0))


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


async def test_how_a_portion_finds_its_people_ends_with_it(wiring: Wiring, sellers: Sellers) -> None:
    """PostgreSQL plans small work as it would without it."""
    shown = text("SELECT current_setting('random_page_cost'), current_setting('plan_cache_mode')")
    async with wiring.works.begin(sellers.tenant_id) as uow:
        assert await uow.score_runs.due() is None
        before = (await uow.tx.execute(shown)).one()
        await rescore(uow, sellers.cycle_id, cause=Cause(kind="cycle"), portion=PORTION)
        assert await uow.score_runs.due() is not None
        assert tuple((await uow.tx.execute(shown)).one()) == ("1.1", "force_custom_plan")
        await uow.commit()
    async with wiring.works.begin(sellers.tenant_id) as uow:
        assert (await uow.tx.execute(shown)).one() == before


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


@contextmanager
def unable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let runs fail that are caused by the scheme."""

    async def settle(*args: Any, run: ScoreRun, **more: Any) -> Any:
        if run.cause_kind == "scheme":
            raise ValueError("something here cannot be scored")
        return await settle_results(*args, run=run, **more)

    with monkeypatch.context() as patch:
        patch.setattr("services.performance.usecases.scoring.continue_score_runs.settle_results", settle)
        yield


async def listed(client: httpx.AsyncClient, sellers: Sellers) -> list[dict[str, Any]]:
    answer = await client.get("/v1/score-runs", headers=bearer(make_hr(sellers.tenant_id)))
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def test_a_run_that_fails_keeps_no_other_waiting_and_is_given_up(
    client: httpx.AsyncClient, wiring: Wiring, sevens: Sellers, cards: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with wiring.works.begin(sevens.tenant_id) as uow:
        await rescore(uow, sevens.cycle_id, cause=Cause(kind="recompute"), portion=PORTION)
        await uow.commit()
    work = wiring.works.of(sevens.tenant_id)
    with unable(monkeypatch):
        await continue_score_runs(work, portion=PORTION)
    failing, other = (await listed(client, sevens))[-2:]
    assert (other["cause_kind"], other["state"]) == ("recompute", "finished")
    assert (failing["state"], failing["attempts"], failing["problem"]["code"]) == ("running", 1, "internal_error")
    assert "ValueError" in failing["problem"]["detail"]
    await continue_score_runs(work, portion=PORTION)
    assert (await listed(client, sevens))[-2]["attempts"] == 1  # it is not due yet
    assert await weights(cards) == [5000] * PEOPLE


async def test_what_was_given_up_goes_on_where_it_stopped_once_somebody_wants_it(
    client: httpx.AsyncClient, wiring: Wiring, sevens: Sellers, cards: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = wiring.works.of(sevens.tenant_id)
    with pytest.raises(Died):
        await continue_score_runs(Dying(wiring, sevens, lives=1), portion=PORTION)
    with unable(monkeypatch):
        await continue_score_runs(work, portion=PORTION, waits=AT_ONCE)
    run = (await listed(client, sevens))[-1]
    assert (run["state"], run["attempts"], run["scored"]) == ("failed", len(AT_ONCE) + 1, PORTION)
    assert run["failed_at"] is not None
    await continue_score_runs(work, portion=PORTION)
    assert (await listed(client, sevens))[-1] == run
    path = f"/v1/score-runs/{run['id']}/retry"
    for nobody in (make_person(sevens.tenant_id, sevens.people[0]), make_client(sevens.tenant_id, "scores:read")):
        assert (await client.post(path, headers=bearer(nobody))).status_code == 403
    retried = await client.post(path, headers=bearer(make_hr(sevens.tenant_id)))
    shown = retried.json()
    assert (retried.status_code, shown["state"], shown["attempts"], shown["problem"]) == (200, "running", 0, None)
    again = await client.post(path, headers=bearer(make_hr(sevens.tenant_id)))
    assert (again.status_code, again.json()["code"]) == (409, "score_run_not_failed")
    await continue_score_runs(work, portion=PORTION)
    assert await weights(cards) == [5000] * PEOPLE
    run = (await listed(client, sevens))[-1]
    assert (run["state"], run["scored"], run["changed"]) == ("finished", PEOPLE, PEOPLE)
