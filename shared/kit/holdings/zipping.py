"""Files written into a ZIP as they come, onto something that only ever goes forwards."""

import io
import zipfile
from collections.abc import AsyncIterator
from types import TracebackType
from typing import IO, Any, Self

from shared.kit.holdings.exporting import Piece


class _Outlet(io.RawIOBase):
    """Keeps what was written until it is taken."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 -- whatever holds bytes
        self._written += data
        return len(data)

    def take(self) -> bytes:
        taken, self._written = bytes(self._written), bytearray()
        return taken


class Zip:
    """Pieces of one file must follow each other."""

    def __init__(self, target: IO[bytes] | io.RawIOBase) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)
        self._name = ""
        self._file: IO[bytes] | None = None

    def add(self, piece: Piece) -> None:
        name, content = piece
        if self._file is None or name != self._name:
            self._end_file()
            self._name, self._file = name, self._zip.open(name, "w", force_zip64=True)
        self._file.write(content)

    def _end_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._end_file()
        if kind is None:
            self._zip.close()
        else:
            self._zip.fp = None  # else it would write its end all the same, once it is collected


async def zipped(pieces: AsyncIterator[Piece]) -> AsyncIterator[bytes]:
    """Turn pieces into the bytes of a ZIP; without its end, where something goes wrong, it is none."""
    outlet = _Outlet()
    with Zip(outlet) as archive:
        async for piece in pieces:
            archive.add(piece)
            if taken := outlet.take():
                yield taken
    yield outlet.take()
