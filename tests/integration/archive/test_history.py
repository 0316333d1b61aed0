"""Published and revised scores become performance history; documents are told again on request."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from deploy.operating.republishing import tell_again
from services.archive.events.subscriptions import SUBSCRIPTIONS
from services.archive.wiring import Wiring
from shared.contracts.envelope import EventData
from shared.contracts.scores import Computed, ItemResult, ScorePublished, ScoreRevised
from shared.contracts.tenancy import TenantErased
from shared.core.ids import Uuid7
from shared.kit.bus.port import Batch
from shared.kit.consumer import Consumer
from shared.kit.outbox import enclose, message_of
from shared.kit.tenancy import keep_erasure, keep_tenant
from tests.factories.archive import Archive, published, record_body
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.anyio
_ids = Uuid7()
ITEM = ItemResult.model_validate(
    {
        "key": "sales",
        "metric": "销售额",
        "name": "Sales",
        "weight": 6000,
        "state": "scored",
        "target": "100",
        "actual": "120",
    }
)


class Scores:
    """Scores of one person as the performance engine would tell them."""

    def __init__(self, wiring: Wiring, tenant_id: UUID, employee: str) -> None:
        self.consumer = Consumer(wiring.bus, wiring.works, SUBSCRIPTIONS, group="archive", retry_delays=())
        self.tenant_id = tenant_id
        self.about = {
            "cycle_id": _ids.new(),
            "scorecard_id": _ids.new(),
            "employee_id": UUID(employee),
            "department_id": _ids.new(),
            "items": (ITEM,),
        }

    def publication(self, sequence: int, total: str) -> ScorePublished:
        period = {"cycle_starts_on": "2026-01-01", "cycle_ends_on": "2026-07-01"}
        return ScorePublished.model_validate(
            {**self.about, **period, "sequence": sequence, "total": total, "grade": "good"}
        )

    def calibrated(self, sequence: int) -> ScorePublished:
        """Tell of a total of 75.20 that people made 81.00."""
        told = self.publication(sequence, "81.00")
        return told.model_copy(update={"computed": Computed(total=Decimal("75.20"), grade="fair")})

    def revision(self, sequence: int, total: str) -> ScoreRevised:
        return ScoreRevised.model_validate({**self.about, "sequence": sequence, "total": total, "reason": "late data"})

    async def deliver(self, *events: EventData) -> None:
        now = datetime.now(UTC)
        told = [enclose(each, source="performance", tenant_id=self.tenant_id, at=now, ids=_ids) for each in events]
        messages = tuple(map(message_of, told))
        await self.consumer.process(Batch("performance.scores", 0, 0, len(messages), messages))


async def test_the_newest_score_stands_in_the_portrait(archive: Archive, wiring: Wiring) -> None:
    employee = await archive.employee()
    scores = Scores(wiring, archive.tenant_id, employee)
    await scores.deliver(scores.publication(7, "81.90"))
    await scores.deliver(scores.publication(7, "81.90"), scores.revision(9, "82.00"), scores.publication(7, "81.90"))
    [shown] = (await archive.read(f"employees/{employee}/portrait"))["performance"]
    assert shown["scorecard_id"] == str(scores.about["scorecard_id"])
    assert shown["performance"] == {
        "starts_on": "2026-01-01",
        "ends_on": "2026-07-01",
        "metrics": [{"metric": "销售额", "target": "100", "actual": "120"}],
        "total": "82",
        "grade": None,
        "computed": None,
    }
    told = await published(wiring, archive.tenant_id, "record.changed.v1")
    assert [(event["sequence"], event["data"]["performance"]["total"]) for event in told] == [
        ("7", "81.90"),
        ("9", "82.00"),
    ]
    refused = await archive.send("DELETE", f"records/{shown['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "record_of_scorecard")


async def test_what_was_computed_stands_beside_what_was_calibrated(archive: Archive, wiring: Wiring) -> None:
    employee = await archive.employee()
    scores = Scores(wiring, archive.tenant_id, employee)
    await scores.deliver(scores.calibrated(7))
    [shown] = (await archive.read(f"employees/{employee}/portrait"))["performance"]
    assert (shown["performance"]["total"], shown["performance"]["computed"]) == (
        "81",
        {"total": "75.2", "grade": "fair"},
    )
    (told,) = await published(wiring, archive.tenant_id, "record.changed.v1")
    assert told["data"]["performance"]["computed"] == {"total": "75.20", "grade": "fair"}


async def test_everything_current_is_told_again_at_its_sequence(archive: Archive, wiring: Wiring) -> None:
    department = await archive.department()
    employee = await archive.employee()
    await archive.send("PATCH", f"employees/{employee}", {"name": "李娜"})
    await archive.send("PUT", "calendar", {"holidays": ["2026-10-01"]})
    await archive.position()
    record = await archive.post(f"employees/{employee}/records", record_body())
    assert await wiring.republish(archive.tenant_id) == 5
    kinds = ("calendar", "department", "employee", "position", "record")
    last = {kind: (await published(wiring, archive.tenant_id, f"{kind}.changed.v1"))[-2:] for kind in kinds}
    for before, after in last.values():
        assert json.dumps(before["data"]) == json.dumps(after["data"])
        assert before["id"] != after["id"]
    assert last["employee"][1]["sequence"] == "2"
    assert last["department"][1]["data"]["department_id"] == department
    assert last["record"][1]["data"]["record_id"] == record["id"]


async def test_a_company_that_is_being_erased_keeps_no_other_from_being_told_again(
    archive: Archive, wiring: Wiring
) -> None:
    await archive.department()
    gone = make_tenant()
    async with wiring.database.transaction() as tx:
        await keep_tenant(tx, gone)
        await keep_erasure(tx, TenantErased(tenant_id=gone.tenant_id, ordered_at=datetime.now(UTC)))
        await tx.commit()
    assert await tell_again(wiring, [gone.tenant_id, archive.tenant_id]) == 1


async def test_republishing_goes_slice_by_slice(archive: Archive, wiring: Wiring) -> None:
    employee = await archive.employee()
    items = [record_body(employee_id=employee) for _ in range(600)]
    await archive.post("records/batch", {"items": items}, expect=200)
    assert await wiring.republish(archive.tenant_id) == 601
