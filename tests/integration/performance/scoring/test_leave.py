"""Leave and part-time ask for less, through events, results, explanations and the API."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update

from services.performance.domain.leave import STANDARD
from services.performance.store.tables.procedure import cycles, targets
from services.performance.usecases.cycles.follow_organisation import follow_organisation
from services.performance.wiring import Wiring
from shared.contracts.organisation import Leave
from tests.factories.access import make_hr
from tests.factories.installation import bearer
from tests.factories.performance import make_observation
from tests.factories.sellers import Sellers, freeze, make_employee, publish
from tests.integration.performance.conftest import Cards, Observe

pytestmark = pytest.mark.anyio
AWAY = Leave(kind="parental", starts_on=date(2026, 3, 2), ends_on=date(2026, 5, 1))
"""44 of 129 workdays."""


async def set_policy(wiring: Wiring, sellers: Sellers, **policy: Any) -> None:
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await uow.tx.execute(update(cycles).values(policy))
        await uow.commit()


async def tell(
    wiring: Wiring, sellers: Sellers, person: UUID, *leaves: Leave, fte: str = "1", sequence: int = 2
) -> None:
    event = make_employee(sellers, person, work_number="S000", sequence=sequence)
    (spell,) = event.employments
    fields = {"leaves": leaves, "employments": (spell.model_copy(update={"fte": Decimal(fte)}),)}
    await follow_organisation(wiring.works.of(sellers.tenant_id), [event.model_copy(update=fields)])


@pytest.fixture
def hr(sellers: Sellers) -> dict[str, str]:
    return bearer(make_hr(sellers.tenant_id))


async def test_leave_is_asked_nothing_for_and_what_comes_in_during_it_counts(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe, hr: dict[str, str]
) -> None:
    """1,000,000 · 85/129 is asked for; 700,000, half of it in April, is six tenths of a unit beyond."""
    person = sellers.people[0]
    await set_policy(wiring, sellers, leave=STANDARD.to_document())
    days = ("2026-02-02", "2026-04-07")
    await observe(*(make_observation(subject_id=person, value="350000", credit_date=day) for day in days))
    await tell(wiring, sellers, person, AWAY)
    path = f"/v1/scorecards/{sellers.card_of(person)}"
    card = (await client.get(path, headers=hr)).json()
    (segment,) = card["segments"]
    assert (segment["workdays"], segment["absent"], segment["fte"]) == (85, 44, "1")
    assert (card["items"][0]["target"], card["items"][0]["points"]) == ("1000000", "60")
    explained = (await client.get(f"{path}/explanation", headers=hr)).json()["score"]
    line = explained["segments"][0]["items"][0]
    assert (line["proration"], line["target_proration"], explained["segments"][0]["workdays"]) == (
        "85/129",
        "85/129",
        85,
    )
    await tell(wiring, sellers, person, sequence=3)
    taken_back = (await client.get(path, headers=hr)).json()
    assert taken_back["segments"][0]["workdays"] == 129
    assert Decimal(taken_back["items"][0]["points"]) < 60


async def test_too_short_leave_and_leave_in_a_cycle_without_a_policy_change_nothing(
    wiring: Wiring, sellers: Sellers, cards: Cards
) -> None:
    person = sellers.people[0]
    await tell(wiring, sellers, person, AWAY)
    assert (await cards())[person].result.segments[0].absent == 0
    await set_policy(wiring, sellers, leave=STANDARD.to_document())
    await tell(wiring, sellers, person, AWAY.model_copy(update={"ends_on": date(2026, 3, 6)}), sequence=3)
    assert (await cards())[person].result.segments[0].absent == 0


@pytest.mark.parametrize(("meant_for", "share"), [("full_time", "1/2"), ("person", "1")])
async def test_part_time_is_asked_for_its_part_unless_the_target_is_the_person_s_own(
    client: httpx.AsyncClient,
    wiring: Wiring,
    sellers: Sellers,
    observe: Observe,
    hr: dict[str, str],
    *,
    meant_for: str,
    share: str,
) -> None:
    """The unit of 100,000 is that of full-time people, so half of it counts as one of them."""
    person = sellers.people[0]
    await set_policy(wiring, sellers, fte="prorate")
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await uow.tx.execute(update(targets).values(meant_for=meant_for, override_reason=None))
        await uow.commit()
    asked = 1_000_000 * Fraction(share)
    await observe(make_observation(subject_id=person, value=str(asked + 100_000), credit_date="2026-02-02"))
    await tell(wiring, sellers, person, fte="0.5")
    path = f"/v1/scorecards/{sellers.card_of(person)}"
    card = (await client.get(path, headers=hr)).json()
    assert (card["items"][0]["points"], card["segments"][0]["fte"]) == ("64", "0.5")
    explained = (await client.get(f"{path}/explanation", headers=hr)).json()["score"]["segments"][0]["items"][0]
    assert (explained["proration"], Fraction(explained["target_proration"])) == ("0.5", Fraction(share))
    curve = (await client.get(f"{path}/items/sales/curve", headers=hr)).json()
    assert (Fraction(curve["target"]), curve["point"]["points"]) == (asked, "64")


async def test_a_frozen_card_keeps_the_leave_it_was_frozen_with(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    person = sellers.people[0]
    await set_policy(wiring, sellers, leave=STANDARD.to_document(), fte="prorate")
    await observe(make_observation(subject_id=person, value="350000", credit_date="2026-02-02"))
    await tell(wiring, sellers, person, AWAY, fte="0.5")
    await freeze(wiring, sellers)
    frozen = (await cards())[person].result
    await tell(wiring, sellers, person, sequence=3)
    await publish(wiring, sellers)
    published = (await cards())[person].result
    assert published.segments == frozen.segments
    assert [line.points for line in published.items] == [line.points for line in frozen.items]
    assert published.items[0].proration == Fraction(85, 258)


async def test_a_whole_cycle_of_leave_is_ungraded(wiring: Wiring, sellers: Sellers, cards: Cards) -> None:
    person = sellers.people[0]
    await set_policy(wiring, sellers, leave=STANDARD.to_document())
    await tell(
        wiring, sellers, person, AWAY.model_copy(update={"starts_on": date(2025, 1, 1), "ends_on": date(2027, 1, 1)})
    )
    assert (await cards())[person].result.state == "ungraded"


async def test_a_cycle_says_what_leave_and_part_time_change(client: httpx.AsyncClient, hr: dict[str, str]) -> None:
    body: dict[str, Any] = {"starts_on": "2027-01-01", "ends_on": "2027-07-01", "plan_due_on": "2027-01-15"}
    standard = (await client.post("/v1/cycles", json={**body, "name": "Standard"}, headers=hr)).json()
    assert (standard["leave"]["minimum_workdays"], standard["fte"]) == (10, "ignore")
    assert set(standard["leave"]["kinds"]) == {"maternity", "paternity", "parental", "sick", "unpaid"}
    body = {**body, "starts_on": "2027-07-01", "ends_on": "2028-01-01", "plan_due_on": "2027-07-15"}
    own = {"name": "Own", "leave": {"kinds": ["产假", "产假"], "minimum_workdays": 1}, "fte": "prorate"}
    created = (await client.post("/v1/cycles", json={**body, **own}, headers=hr)).json()
    read = (await client.get(f"/v1/cycles/{created['id']}", headers=hr)).json()
    assert (read["leave"], read["fte"]) == ({"kinds": ["产假"], "minimum_workdays": 1}, "prorate")
    wrong = {"leave": {"kinds": [""], "minimum_workdays": 0, "colour": "red"}, "fte": "half"}
    refused = await client.post("/v1/cycles", json={**body, "name": "Wrong", **wrong}, headers=hr)
    pointers = {error["pointer"] for error in refused.json()["errors"]}
    assert pointers == {"/leave/kinds/0", "/leave/minimum_workdays", "/leave/colour", "/fte"}
