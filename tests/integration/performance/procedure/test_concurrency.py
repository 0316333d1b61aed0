"""Things that happen at the same moment: nobody is missed, nothing is claimed twice, nothing waits for ever."""

import asyncio

import pytest
from sqlalchemy import text

from services.performance.domain.schemes.scheme_effect import SchemeEffect
from services.performance.usecases.catalogue.publish_scheme import publish_version
from tests.factories.procedure import CONVERSION, SALES, make_scheme_document
from tests.factories.procedure_company import PERIOD, Company
from tests.factories.waiting import eventually

pytestmark = pytest.mark.anyio
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND wait_event_type = 'Lock'")


async def test_people_and_targets_that_arrive_while_a_cycle_opens_are_in_it(company: Company) -> None:
    await company.publish_scheme()
    company.people |= {"s4": company.people["hr_staff"]}
    cycle, *_ = await asyncio.gather(
        company.open_cycle(),
        company.tell(company.employee("s4", "SALES", sequence=2)),
        company.tell(company.business_target("4000000")),
    )
    assert await company.values(cycle) == dict.fromkeys(("s1", "s2", "s3", "s4"), "1000000.00")


async def test_a_version_published_while_a_cycle_opens_holds_in_it(company: Company) -> None:
    scheme = await company.publish_scheme()
    path = f"/v1/schemes/{scheme['id']}/versions"
    document = make_scheme_document(points_basis="weight")
    await company.send("POST", path, {"document": document}, by=company.hr)
    cycle, _ = await asyncio.gather(
        company.open_cycle(),
        company.send("POST", f"{path}/2/publication", {"effect": "whole_cycle"}, by=company.hr),
    )
    cards = (await company.send("GET", f"/v1/scorecards?cycle_id={cycle['id']}", by=company.hr))["data"]
    assert {card["scheme_version"] for card in cards if card["scheme_id"]} == {2}


async def test_of_two_schemes_for_everybody_one_is_made(company: Company) -> None:
    for metric in (SALES, CONVERSION):
        await company.send("POST", "/v1/metrics", metric, by=company.hr)
    bodies = [{"name": name, "document": make_scheme_document()} for name in ("A", "B")]
    answers = await asyncio.gather(*(company.ask("POST", "/v1/schemes", body, by=company.hr) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_of_two_cycles_for_the_same_days_one_is_made(company: Company) -> None:
    bodies = [{"name": name, **PERIOD, "plan_due_on": "2026-01-20"} for name in ("A", "B")]
    answers = await asyncio.gather(*(company.ask("POST", "/v1/cycles", body, by=company.hr) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_no_metric_is_redefined_under_a_version_that_is_being_published(company: Company) -> None:
    """Which was held against what the metric was; whoever redefines it waits, and then finds it in use."""
    sales, _ = [await company.send("POST", "/v1/metrics", each, by=company.hr) for each in (SALES, CONVERSION)]
    body = {"name": "Sellers", "document": make_scheme_document()}
    scheme = await company.send("POST", "/v1/schemes", body, by=company.hr)

    async def waits() -> bool:
        async with company.wiring.database.transaction() as tx:
            return bool((await tx.execute(WAITING)).scalar_one())

    async with company.wiring.works.begin(company.tenant.tenant_id) as uow:
        await publish_version(uow, scheme["id"], 1, effect=SchemeEffect("next_cycle"), by="hr")
        patch = {"direction": "lower"}
        redefined = asyncio.create_task(company.ask("PATCH", f"/v1/metrics/{sales['id']}", patch, by=company.hr))
        await eventually(waits)
        await uow.commit()
    answer = await redefined
    assert (answer.status_code, answer.json()["code"]) == (409, "metric_in_use")
