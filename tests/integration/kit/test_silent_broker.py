"""A broker that takes connections and never says a word: every question can be given up, and asked again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared.kit.bus.kafka.bus import KafkaBus
from shared.kit.bus.port import Message
from tests.factories.waiting import eventually


@asynccontextmanager
async def silence() -> AsyncIterator[int]:
    """Give the port of a server that reads and does not answer."""
    writers: list[asyncio.StreamWriter] = []

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        while await reader.read(4096):
            pass
        writer.close()

    async with await asyncio.start_server(swallow, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        for writer in writers:
            writer.close()


async def give_up(bus: KafkaBus, question: str) -> None:
    async with asyncio.timeout(0.2):
        if question == "extent":
            await bus.extent(["t"])
        elif question == "publish":
            await bus.publish([Message("t", "k", b"v")])
        else:
            async with bus.subscribe(group="g", topics=["t"]) as subscription:
                await subscription.fetch(max_messages=1, max_wait=0.1)


async def give_up_thrice(question: str) -> None:
    async with silence() as port:
        bus = KafkaBus(f"kafka://127.0.0.1:{port}")
        before = asyncio.all_tasks()
        for _ in range(3):
            with pytest.raises(TimeoutError):
                await give_up(bus, question)
        await bus.close()

        async def nothing_is_left() -> bool:
            return not {task for task in asyncio.all_tasks() - before if "swallow" not in repr(task)}

        await eventually(nothing_is_left)


@pytest.mark.parametrize("question", ["extent", "publish", "subscribe"])
def test_a_question_nobody_answers_can_be_given_up_and_asked_again(question: str) -> None:
    asyncio.run(give_up_thrice(question))  # a loop of its own, where every task that is left is the bus's
