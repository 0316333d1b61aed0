"""What sources declare themselves complete through: cut at the freeze like all data, and late like all data."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from services.performance.domain.scoring.scorecard import ScoredItem
from services.performance.usecases.observations.declare_complete import declare_complete
from services.performance.wiring import Wiring
from shared.contracts.observations import CompletenessDeclared
from tests.factories.access import make_hr
from tests.factories.installation import bearer
from tests.factories.performance import make_observation
from tests.factories.procedure import SALES
from tests.factories.sellers import Sellers, freeze, publish, redefine
from tests.integration.performance.conftest import Cards, Observe

pytestmark = pytest.mark.anyio
Declare = Callable[..., Awaitable[None]]
Json = dict[str, Any]
EXCLUDED = {**SALES, "missing": {"policy": "exclude_and_rescale", "limit": 9000}}


@pytest.fixture
def declare(wiring: Wiring, sellers: Sellers) -> Declare:
    """Give a function by which a source of orders says how far it is complete."""

    async def say(through: str, source: str = "crm") -> None:
        said = CompletenessDeclared(source=source, measure="order.amount", complete_through=through)
        await declare_complete(wiring.works.of(sellers.tenant_id), [said])

    return say


@pytest.fixture
async def silent(wiring: Wiring, sellers: Sellers, observe: Observe) -> Sellers:
    """Give sellers of whom the first has sold nothing, as far as anybody has said."""
    await redefine(wiring, sellers, EXCLUDED)
    first, second, _ = sellers.people
    await observe(
        make_observation(subject_id=second, value="1000000", credit_date="2026-06-15"),
        make_observation(subject_id=first, measure="feedback.teamwork", value="85", credit_date="2026-06-01"),
    )
    return sellers


async def sales_of_the_first(cards: Cards, sellers: Sellers) -> tuple[str, str | None]:
    line: ScoredItem = (await cards())[sellers.people[0]].result.items[0]
    return line.state, line.code


async def proposed(client: httpx.AsyncClient, sellers: Sellers) -> list[Json]:
    params = {"state": "proposed", "scorecard_id": str(sellers.card_of(sellers.people[0]))}
    answer = await client.get("/v1/revisions", params=params, headers=bearer(make_hr(sellers.tenant_id)))
    found: list[Json] = answer.json()["data"]
    return found


async def test_what_is_declared_after_the_freeze_does_not_count_and_is_proposed(
    client: httpx.AsyncClient, wiring: Wiring, silent: Sellers, declare: Declare, cards: Cards
) -> None:
    await freeze(wiring, silent)
    assert await sales_of_the_first(cards, silent) == ("pending", "incomplete")
    await declare("2026-12-31")
    await publish(wiring, silent)
    assert await sales_of_the_first(cards, silent) == ("missing", "excluded")
    (revision,) = await proposed(client, silent)
    assert [(line["key"], line["actual"]) for line in revision["lines"]] == [("sales", "0")]
    hr = bearer(make_hr(silent.tenant_id))
    path = f"/v1/scorecards/{silent.card_of(silent.people[0])}/explanation"
    (sales,) = [each for each in (await client.get(path, headers=hr)).json()["sources"] if each["metric"] == "sales"]
    assert [side["complete_through"] for side in sales["sides"]] == [None]


async def test_what_is_declared_after_publication_is_proposed(
    client: httpx.AsyncClient, wiring: Wiring, silent: Sellers, declare: Declare, cards: Cards
) -> None:
    await declare("2026-05-31")
    await freeze(wiring, silent)
    await publish(wiring, silent)
    await declare("2026-06-29")
    assert await proposed(client, silent) == []
    await declare("2026-06-30")
    assert len(await proposed(client, silent)) == 1
    await declare("2026-07-31")
    assert await sales_of_the_first(cards, silent) == ("missing", "excluded")
    assert [each["sequence"] for each in await proposed(client, silent)] == [1]


async def test_a_source_that_first_tells_after_the_freeze_takes_nothing_back(
    wiring: Wiring, silent: Sellers, declare: Declare, cards: Cards, observe: Observe
) -> None:
    await declare("2026-06-30")
    await freeze(wiring, silent)
    assert await sales_of_the_first(cards, silent) == ("zero", "no_rows")
    await observe(make_observation(subject_id=silent.people[1], source="erp", credit_date="2026-07-15"))
    await publish(wiring, silent)
    assert await sales_of_the_first(cards, silent) == ("zero", "no_rows")
