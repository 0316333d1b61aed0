"""A Redis that lives as long as a test."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.standalone.postgres import HOST, free_port
from tests.factories.waiting import eventually


@asynccontextmanager
async def running_redis(folder: Path) -> AsyncIterator[str]:
    """Start the machine's `redis-server` on a free port, without any memory on disk, and give its URL."""
    program, port = shutil.which("redis-server"), free_port()
    assert program
    options = ("--bind", HOST, "--port", str(port), "--dir", str(folder), "--save", "", "--appendonly", "no")
    process = await asyncio.create_subprocess_exec(program, *options, stdout=asyncio.subprocess.DEVNULL)

    async def answers() -> bool:
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True

    try:
        await eventually(answers)
        yield f"redis://{HOST}:{port}/0"
    finally:
        process.terminate()
        await process.wait()
