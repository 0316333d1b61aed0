"""The consumer: each event's effect once, poison set aside, tenants apart, nothing lost while a dependency is away."""

import asyncio
import json
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from shared.contracts.topics import TENANCY
from shared.kit.bus.port import Message
from shared.kit.consumer import KEEP_DAYS, Consumer
from shared.kit.dead_letters import Letter
from shared.kit.inbox import NotYet
from shared.kit.unit_of_work import UnitOfWork, Works
from tests.factories.tenancy import make_tenant
from tests.factories.waiting import eventually
from tests.integration.kit.conftest import Ledger, Letters
from tests.integration.kit.consuming import Make, Notes, ScriptedBus, batch, holds, message, noted, running

pytestmark = pytest.mark.anyio


async def test_an_event_delivered_again_has_no_second_effect(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger
) -> None:
    messages = noted(known_tenant, "a", "b")
    await consumer.process(batch(messages))
    await consumer.process(batch([*messages, *messages]))
    assert await ledger.notes() == ["a", "b"]


async def test_an_event_that_stands_twice_in_one_batch_has_one_effect(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger
) -> None:
    messages = noted(known_tenant, "a", "b")
    await consumer.process(batch([*messages, *messages]))
    assert await ledger.notes() == ["a", "b"]


async def test_two_members_given_the_same_batch_apply_it_once(
    make_consumer: Make, known_tenant: UUID, ledger: Ledger
) -> None:
    twins, same = [make_consumer() for _ in range(4)], batch(noted(known_tenant, "a", "b", "c"))
    await asyncio.gather(*(twin.process(same) for twin in twins))
    assert await ledger.notes() == ["a", "b", "c"]


async def test_poison_is_set_aside_and_its_neighbours_go_on(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, letters: Letters
) -> None:
    await consumer.process(batch(noted(known_tenant, "a", "poison", "b", "c", "d", "poison"), first=7))
    assert await ledger.notes() == ["a", "b", "c", "d"]
    first, second = [Letter.read(letter) for letter in await letters.read()]
    assert (first.message.topic, first.group, first.partition, first.offset) == ("test.notes", "notes", 0, 8)
    assert (first.reason, second.offset) == ("ValueError", 12)
    assert json.loads(first.message.value)["data"]["note"] == "poison"


async def test_what_is_no_event_is_set_aside(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, letters: Letters
) -> None:
    deep, no_utf8 = b'{"data": ' + b"[" * 100_000, b'{"id": "\xff"}'
    values = (b"\xff not json", b"", b"[]", b'{"id": 7}', deep, no_utf8)
    unreadable = [Message("test.notes", "k", value) for value in values]
    await consumer.process(batch([*unreadable, *noted(known_tenant, "a")]))
    assert await ledger.notes() == ["a"]
    assert [letter.value for letter in await letters.read()] == [each.value for each in unreadable]


async def test_what_postgresql_cannot_write_is_set_aside_all_the_same(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, letters: Letters
) -> None:
    """Keys are a stranger's as much as values are, and a reason names members, which may be called anything."""
    wrong = noted(known_tenant, "a")[0]
    document = json.loads(wrong.value)
    document["data"]["counts"] = {"nul \0": "none"}
    named = Message(wrong.topic, wrong.key, json.dumps(document).encode())
    await consumer.process(batch([Message("test.notes", "nul \0", b"not json"), named, *noted(known_tenant, "b")]))
    assert await ledger.notes() == ["b"]
    assert [letter.value for letter in await letters.read()] == [b"not json", named.value]


async def test_an_event_with_wrong_data_is_set_aside_without_its_words(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, letters: Letters, notes: Notes
) -> None:
    wrong = noted(known_tenant, "a")[0]
    document = json.loads(wrong.value)
    document["data"] = {"about": {"secret": "王芳"}}
    await consumer.process(batch([Message(wrong.topic, wrong.key, json.dumps(document).encode())]))
    letter = Letter.read((await letters.read())[0])
    assert (await ledger.notes(), letter.reason) == ([], "invalid data: about, note")
    assert notes.tries == 0


async def test_an_event_that_fails_for_a_while_is_tried_again(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, letters: Letters, notes: Notes
) -> None:
    notes.failing = [RuntimeError("once"), RuntimeError("twice")]
    before = REGISTRY.get_sample_value("steelyard_events_retried_total", {"group": "notes"}) or 0
    await consumer.process(batch(noted(known_tenant, "a")))
    after = REGISTRY.get_sample_value("steelyard_events_retried_total", {"group": "notes"})
    assert (await ledger.notes(), await letters.read(), after) == (["a"], [], before + 2)


async def test_an_unknown_tenant_is_waited_for(consumer: Consumer[UnitOfWork], letters: Letters) -> None:
    with pytest.raises(NotYet):
        await consumer.process(batch(noted(uuid4(), "a")))
    assert await letters.read() == []


async def test_a_tenant_announced_in_the_same_batch_is_known(consumer: Consumer[UnitOfWork], ledger: Ledger) -> None:
    tenant = make_tenant()
    await consumer.process(batch([*noted(tenant.tenant_id, "a"), message(tenant.tenant_id, tenant)]))
    assert await ledger.notes() == ["a"]


async def test_news_that_the_database_refuses_is_set_aside_and_other_news_goes_on(
    consumer: Consumer[UnitOfWork], ledger: Ledger, letters: Letters
) -> None:
    before, after = make_tenant(), make_tenant()
    refused = message(after.tenant_id, make_tenant().model_copy(update={"name": "with \0 in it"}))
    news = [message(before.tenant_id, before), refused, message(after.tenant_id, after)]
    await consumer.process(batch(news, topic=TENANCY.name))
    await consumer.process(batch([*noted(before.tenant_id, "a"), *noted(after.tenant_id, "b")]))
    assert [letter.value for letter in await letters.read()] == [refused.value]
    assert await ledger.notes() == ["a", "b"]


async def test_events_wait_for_news_of_their_tenant_and_hold_up_nobody_else(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, scripted: ScriptedBus, letters: Letters
) -> None:
    tenant = make_tenant()
    scripted.waiting = [batch(noted(tenant.tenant_id, "late"))]
    async with running(consumer):
        await asyncio.sleep(0)
        scripted.waiting.append(batch(noted(known_tenant, "a"), first=100))
        await eventually(holds(lambda: len(scripted.committed) == 1))
        scripted.waiting.append(batch([message(tenant.tenant_id, tenant)], topic=TENANCY.name))
        await eventually(holds(lambda: not scripted.waiting))
    assert (await ledger.notes(), await letters.read()) == (["a", "late"], [])


async def test_what_never_becomes_possible_is_set_aside_in_the_end(
    make_consumer: Make, scripted: ScriptedBus, ledger: Ledger, known_tenant: UUID, letters: Letters
) -> None:
    scripted.waiting = [batch(noted(uuid4(), "orphan")), batch(noted(known_tenant, "a"), first=100)]
    async with running(make_consumer(patience=0.1)):
        await eventually(holds(lambda: not scripted.waiting))
    assert await ledger.notes() == ["a"]
    assert [Letter.read(letter).reason for letter in await letters.read()] == ["tenant_unknown"]


async def test_while_the_database_is_away_a_batch_waits_in_hand(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, scripted: ScriptedBus, notes: Notes
) -> None:
    notes.failing = [ConnectionResetError("gone") for _ in range(3)]
    scripted.waiting = [batch(noted(known_tenant, "a"))]
    async with running(consumer):
        await eventually(holds(lambda: not scripted.waiting))
    assert (await ledger.notes(), notes.tries) == (["a"], 4)


async def test_a_member_that_lost_its_partition_goes_on_with_the_others(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, scripted: ScriptedBus
) -> None:
    scripted.fenced = True
    scripted.waiting = [batch(noted(known_tenant, "a")), batch(noted(known_tenant, "b"), first=100)]
    async with running(consumer):
        await eventually(holds(lambda: not scripted.waiting))
    assert sorted(await ledger.notes()) == ["a", "b"]


async def test_a_slow_partition_holds_up_no_other(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, scripted: ScriptedBus, notes: Notes
) -> None:
    scripted.waiting = [batch(noted(known_tenant, "slow")), batch(noted(known_tenant, "quick"), first=100)]
    async with running(consumer):
        await eventually(holds(lambda: len(scripted.committed) == 1))
        assert (await ledger.notes(), scripted.committed[0].first_offset) == (["quick"], 100)
        notes.slow.set()
        await eventually(holds(lambda: not scripted.waiting))
    assert sorted(await ledger.notes()) == ["quick", "slow"]


async def test_what_breaks_the_connection_of_one_partition_lets_the_others_end(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, scripted: ScriptedBus, notes: Notes
) -> None:
    scripted.waiting = [batch(noted(known_tenant, "a")), batch(noted(known_tenant, "slow"), first=100)]
    scripted.broken = True
    task = asyncio.create_task(consumer.run(asyncio.Event()))
    await eventually(holds(lambda: not scripted.broken))
    notes.slow.set()
    with pytest.raises(ConnectionError, match="broker"):
        await task
    assert (sorted(await ledger.notes()), len(scripted.committed)) == (["a", "slow"], 1)


async def test_told_to_stop_it_finishes_what_it_has_in_hand(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, scripted: ScriptedBus, notes: Notes
) -> None:
    scripted.waiting = [batch(noted(known_tenant, "a"))]
    stop = asyncio.Event()
    task = asyncio.create_task(consumer.run(stop))
    await eventually(holds(lambda: notes.tries > 0))
    stop.set()
    await task
    assert (await ledger.notes(), len(scripted.committed)) == (["a"], 1)


async def test_events_it_does_not_know_are_passed_over(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, letters: Letters
) -> None:
    unknown = noted(known_tenant, "a")[0]
    newer = unknown.value.replace(b"note.taken.v1", b"note.taken.v9")
    await consumer.process(batch([Message(unknown.topic, unknown.key, newer), *noted(known_tenant, "b")]))
    assert (await ledger.notes(), await letters.read()) == (["b"], [])


async def test_what_was_handled_is_remembered_longer_than_anything_can_come_again(
    consumer: Consumer[UnitOfWork], known_tenant: UUID, ledger: Ledger, works: Works[UnitOfWork]
) -> None:
    messages = noted(known_tenant, "a", "b")
    await consumer.process(batch(messages))
    async with works.database.transaction() as tx:
        await tx.execute(
            text("UPDATE inbox SET received_at = now() - interval '1 day' * :days"), {"days": KEEP_DAYS - 1}
        )
        await tx.commit()
    await consumer.forget()
    await consumer.process(batch(messages))
    assert await ledger.notes() == ["a", "b"]
