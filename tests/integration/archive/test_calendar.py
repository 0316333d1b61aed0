"""The work calendar over HTTP."""

import pytest

from services.archive.wiring import Wiring
from tests.factories.access import make_hr
from tests.factories.archive import Archive, published
from tests.factories.installation import bearer

pytestmark = pytest.mark.anyio


async def test_a_company_that_said_nothing_has_an_empty_calendar(archive: Archive) -> None:
    assert await archive.read("calendar") == {"holidays": [], "workdays": [], "updated_at": None, "sequence": 0}


async def test_the_calendar_is_replaced_whole_and_announced(archive: Archive, wiring: Wiring) -> None:
    body = {"holidays": ["2026-10-02", "2026-10-01", "2026-10-01"], "workdays": ["2026-10-10"]}
    first = await archive.send("PUT", "calendar", body)
    second = await archive.send("PUT", "calendar", {"holidays": ["2026-01-01"]})
    assert (first.status_code, first.json()["holidays"]) == (200, ["2026-10-01", "2026-10-02"])
    assert (await archive.read("calendar"))["holidays"] == ["2026-01-01"]
    assert second.headers["etag"] == '"2"'
    told = await published(wiring, archive.tenant_id, "calendar.changed.v1")
    assert [(event["sequence"], event["data"]["workdays"]) for event in told] == [("1", ["2026-10-10"]), ("2", [])]


async def test_a_day_is_not_both(archive: Archive) -> None:
    refused = await archive.send("PUT", "calendar", {"holidays": ["2026-10-01"], "workdays": ["2026-10-01"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "day_twice")


async def test_a_stale_calendar_is_refused(archive: Archive) -> None:
    stale = bearer(make_hr(archive.tenant_id)) | {"If-Match": '"3"'}
    assert (await archive.send("PUT", "calendar", {}, caller=stale)).status_code == 412
