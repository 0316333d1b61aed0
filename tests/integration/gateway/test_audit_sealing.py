"""The audit log: sealed without a gap, signed outside of the database, and what may be removed."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from services.gateway.clients.checkpoints import file_of, read_checkpoints
from services.gateway.clients.signed_lines import LineInvalid
from services.gateway.domain.audit.chain import Checkpoint
from services.gateway.domain.audit.verification import first_break
from services.gateway.usecases.audit.forget_audit import forget_audit
from services.gateway.usecases.audit.seal_audit import seal_audit
from services.gateway.wiring import Wiring
from services.gateway.worker import build_loops
from shared.core.clock import FixedClock
from tests.factories.access import KEY, make_admin
from tests.factories.audit import BEGAN, JWKS, checkpoints_of, keep, lines_of, seal
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(BEGAN)


async def test_a_sealed_log_verifies_and_any_change_in_the_database_shows(
    wiring: Wiring, tenant_id: UUID, clock: FixedClock
) -> None:
    await keep(wiring, tenant_id, *range(1, 6))
    await seal(wiring, tenant_id, clock)
    await keep(wiring, tenant_id, *range(6, 9))
    await seal(wiring, tenant_id, clock)
    lines, checkpoints = await lines_of(wiring, tenant_id), checkpoints_of(wiring, tenant_id)
    assert [json.loads(line)["sequence"] for line in lines] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [checkpoint.sequence for checkpoint in checkpoints] == [5, 8]
    assert first_break(lines, checkpoints, tenant_id=tenant_id) is None
    async with wiring.database.transaction(tenant_id) as tx:
        await tx.execute(text("UPDATE audit_events SET actor = 'nobody' WHERE sequence = 4"))
        await tx.commit()
    broken = first_break(await lines_of(wiring, tenant_id), checkpoints, tenant_id=tenant_id)
    assert broken is not None
    assert (broken.sequence, broken.reason) == (4, "edited")


async def test_sealers_take_turns_and_leave_no_gap(wiring: Wiring, tenant_id: UUID, clock: FixedClock) -> None:
    async def arrive_and_seal(number: int) -> None:
        await keep(wiring, tenant_id, *range(number, number + 5))
        await seal(wiring, tenant_id, clock)

    await asyncio.gather(*(arrive_and_seal(number) for number in range(1, 41, 5)))
    await seal(wiring, tenant_id, clock)
    lines = await lines_of(wiring, tenant_id)
    assert [json.loads(line)["sequence"] for line in lines] == list(range(1, 41))
    assert len({json.loads(line)["id"] for line in lines}) == 40
    assert first_break(lines, checkpoints_of(wiring, tenant_id), tenant_id=tenant_id) is None


async def test_a_checkpoint_is_signed_when_it_is_due_and_not_before(
    wiring: Wiring, tenant_id: UUID, clock: FixedClock
) -> None:
    await keep(wiring, tenant_id, 1)
    await seal(wiring, tenant_id, clock, closing=False)
    assert checkpoints_of(wiring, tenant_id) == []
    clock.advance(timedelta(minutes=6))
    assert tenant_id in await wiring.audit_chains.needing_work(at=clock.now())
    await seal(wiring, tenant_id, clock, closing=False)
    assert [each.sequence for each in checkpoints_of(wiring, tenant_id)] == [1]
    assert tenant_id not in await wiring.audit_chains.needing_work(at=clock.now())


async def test_whoever_seals_is_told_of_what_arrives_meanwhile(
    wiring: Wiring, tenant_id: UUID, clock: FixedClock
) -> None:
    assert tenant_id not in await wiring.audit_chains.needing_work(at=clock.now())
    await keep(wiring, tenant_id, 1)
    assert tenant_id in await wiring.audit_chains.needing_work(at=clock.now())
    await seal(wiring, tenant_id, clock)
    await keep(wiring, tenant_id, 2)
    assert tenant_id in await wiring.audit_chains.needing_work(at=clock.now())


async def test_a_checkpoint_that_was_not_noted_is_signed_once_more(
    wiring: Wiring, tenant_id: UUID, clock: FixedClock
) -> None:
    await keep(wiring, tenant_id, 1)

    async def dies(checkpoint: Checkpoint) -> None:
        await wiring.checkpoints.deposit(checkpoint)
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 -- as bare as a full disk
        await seal_audit(wiring.works.of(tenant_id), dies, at=clock.now(), closing=True)
    await seal(wiring, tenant_id, clock)
    checkpoints = checkpoints_of(wiring, tenant_id)
    assert [each.sequence for each in checkpoints] == [1, 1]
    assert first_break(await lines_of(wiring, tenant_id), checkpoints, tenant_id=tenant_id) is None


async def test_a_log_that_cannot_be_signed_keeps_no_other_waiting(
    wiring: Wiring, installation: Installation, clock: FixedClock
) -> None:
    companies = sorted([make_tenant(), make_tenant()], key=lambda company: company.tenant_id)
    broken, sound = [company.tenant_id for company in companies]
    for company in companies:
        await announce_tenant(installation, company)
        await keep(wiring, company.tenant_id, 1)
        await seal(wiring, company.tenant_id, clock, closing=False)
        await keep(wiring, company.tenant_id, 2)
    file_of(wiring.checkpoints.path, broken).mkdir(parents=True)
    sealing = next(loop for loop in build_loops(wiring) if loop.name == "gateway.seal-audit")
    with pytest.raises(ExceptionGroup, match=r"gateway\.seal-audit failed in"):
        await sealing.run(asyncio.Event())
    lines = {tenant_id: await lines_of(wiring, tenant_id) for tenant_id in (broken, sound)}
    assert [len(each) for each in lines.values()] == [2, 2], "sealed is what waits, signed or not"
    assert [each.sequence for each in checkpoints_of(wiring, sound)] == [2]
    file_of(wiring.checkpoints.path, broken).rmdir()
    await seal(wiring, broken, clock)
    assert [each.sequence for each in checkpoints_of(wiring, broken)] == [2]


async def test_only_whole_signed_beginnings_are_removed_and_the_rest_verifies(
    wiring: Wiring, tenant_id: UUID, clock: FixedClock
) -> None:
    for numbers in ((1, 2), (3, 4), (5,)):
        await keep(wiring, tenant_id, *numbers)
        await seal(wiring, tenant_id, clock)
        clock.advance(timedelta(days=100))
    whole = await lines_of(wiring, tenant_id)
    await forget_audit(wiring.works.of(tenant_id), at=clock.now())
    await seal(wiring, tenant_id, clock, closing=False)
    rest, checkpoints = await lines_of(wiring, tenant_id), checkpoints_of(wiring, tenant_id)
    assert rest == whole[4:], "those signed for 300 and 200 days ago are gone, those of 100 days ago are not"
    assert (checkpoints[-1].sequence, checkpoints[-1].first) == (5, 5)
    assert first_break(rest, checkpoints, tenant_id=tenant_id) is None
    assert first_break(whole, checkpoints, tenant_id=tenant_id) is None
    await keep(wiring, tenant_id, 6)
    await seal(wiring, tenant_id, clock)
    later = await lines_of(wiring, tenant_id)
    assert first_break(later, checkpoints_of(wiring, tenant_id), tenant_id=tenant_id) is None
    await forget_audit(wiring.works.of(tenant_id), at=clock.now())
    assert await lines_of(wiring, tenant_id) == later


async def test_a_checkpoint_nobody_has_signed_is_refused(
    wiring: Wiring, tenant_id: UUID, clock: FixedClock, tmp_path: Path
) -> None:
    await keep(wiring, tenant_id, 1)
    await seal(wiring, tenant_id, clock)
    line = file_of(wiring.checkpoints.path, tenant_id).read_text("utf-8").strip()
    token = bearer(make_admin(tenant_id))["Authorization"].split()[1]
    head, body, signature = line.split(".")
    for wrong in (line[:-8] + "AAAAAAAA", f"{head}.{body[:-4]}AAAA.{signature}", token, "nothing"):
        file = tmp_path / "wrong.jws"
        file.write_text(f"{wrong}\n", "utf-8")
        with pytest.raises(LineInvalid, match="line 1"):
            read_checkpoints(file, JWKS)
    with pytest.raises(LineInvalid):
        read_checkpoints(file_of(wiring.checkpoints.path, tenant_id), {"keys": [replace(KEY, key_id="x").public_jwk()]})
