"""Separation of duties: HR, and administrators who work here, decide about everybody but themselves."""

from typing import Any
from uuid import UUID

import pytest

from tests.factories.access import make_admin, make_hr
from tests.factories.archive import Archive, record_body
from tests.factories.installation import bearer

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("appointed", [make_hr, make_admin])
async def test_nobody_changes_their_own_file(archive: Archive, appointed: Any) -> None:
    place = {"department_id": await archive.department(), "position_id": await archive.position()}
    own = await archive.employee("me", employment=place)
    caller = bearer(appointed(archive.tenant_id, employee_id=UUID(own)))
    me = await archive.read(f"employees/{own}")
    spell = f"employees/{own}/employments/{me['employments'][0]['id']}"
    attempts = [
        ("PATCH", f"employees/{own}", {"custom_fields": {"pay": "more"}}),
        ("POST", f"employees/{own}/departure", {"left_on": "2030-01-01"}),
        ("POST", f"employees/{own}/employments", {**place, "starts_on": "2025-01-01"}),
        ("PATCH", spell, {"fte": "0.5"}),
        ("DELETE", spell, None),
        ("POST", f"employees/{own}/leaves", {"kind": "annual", "starts_on": "2025-01-01", "ends_on": "2025-02-01"}),
        ("POST", f"employees/{own}/records", record_body()),
    ]
    for method, path, body in attempts:
        refused = await archive.send(method, path, body, caller=caller)
        assert (refused.status_code, refused.json()["code"]) == (403, "separation_of_duties"), path
    assert await archive.read(f"employees/{own}") == me


async def test_nobody_makes_themselves_a_head_or_ends_it(archive: Archive) -> None:
    department, own, other = await archive.department(), await archive.employee("me"), await archive.employee("other")
    caller = bearer(make_hr(archive.tenant_id, employee_id=UUID(own)))
    mine = {"employee_id": own, "kind": "acting", "starts_on": "2024-01-01"}
    theirs = {"employee_id": other, "starts_on": "2024-01-01"}

    async def appoint(*heads: Any) -> int:
        path = f"departments/{department}/heads"
        return (await archive.send("PUT", path, {"heads": heads}, caller=caller)).status_code

    assert await appoint(mine) == 403
    assert await appoint(theirs) == 200
    await archive.head(department, own, kind="acting")
    assert await appoint(mine, theirs) == 200
    assert await appoint({**mine, "ends_on": "2030-01-01"}, theirs) == 403
    assert await appoint(theirs) == 403
