"""Positions over HTTP: competency models, and what a new name means for those who hold one."""

from uuid import uuid4

import pytest

from services.archive.wiring import Wiring
from tests.factories.access import make_person
from tests.factories.archive import Archive, published
from tests.factories.installation import bearer

pytestmark = pytest.mark.anyio


async def test_a_position_is_created_changed_and_listed(archive: Archive) -> None:
    asked = [{"competency": "negotiation", "level": 3}]
    created = await archive.post("positions", {"code": "seller", "name": "Seller", "competencies": asked})
    await archive.position("clerk")
    changed = await archive.send("PATCH", f"positions/{created['id']}", {"competencies": []})
    person = bearer(make_person(archive.tenant_id, uuid4()))
    assert created["competencies"] == asked
    assert (changed.json()["competencies"], changed.json()["name"], changed.headers["etag"]) == ([], "Seller", '"2"')
    assert await archive.read(f"positions/{created['id']}", caller=person) == changed.json()
    assert [row["code"] for row in (await archive.read("positions"))["data"]] == ["seller", "clerk"]
    assert [row["code"] for row in (await archive.read("positions?code=clerk"))["data"]] == ["clerk"]


async def test_a_code_is_taken_once(archive: Archive) -> None:
    await archive.position("seller")
    again = await archive.post("positions", {"code": "seller", "name": "Other"}, expect=409)
    assert again["code"] == "already_exists"


@pytest.mark.parametrize(
    ("competencies", "pointer"),
    [
        ([{"competency": "talk", "level": 0}], "/competencies/0/level"),
        ([{"competency": "Talk!", "level": 1}], "/competencies/0/competency"),
        ([{"competency": "talk", "level": 1}, {"competency": "talk", "level": 2}], "/competencies"),
        (None, "/competencies"),
    ],
)
async def test_a_wrong_model_names_its_place(archive: Archive, competencies: object, pointer: str) -> None:
    position = await archive.position()
    refused = await archive.send("PATCH", f"positions/{position}", {"competencies": competencies})
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_a_new_name_is_told_with_everybody_who_holds_the_position(archive: Archive, wiring: Wiring) -> None:
    department, position = await archive.department(), await archive.position()
    employment = {"department_id": department, "position_id": position}
    holders = [await archive.employee(f"S{n}", employment=employment) for n in range(3)]
    await archive.employee("other")
    await archive.send("PATCH", f"positions/{position}", {"name": "客户经理"})
    told = (await published(wiring, archive.tenant_id, "employee.changed.v1"))[4:]
    assert [event["data"]["employee_id"] for event in told] == holders
    assert {(event["sequence"], event["data"]["employments"][0]["position_name"]) for event in told} == {
        ("2", "客户经理")
    }
    assert (await archive.read(f"employees/{holders[0]}"))["sequence"] == 2
