"""HTTP/1.1 as uvicorn speaks it, with bounds on what comes before a body, which a parser alone takes in for ever."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 32 * 1024
"""Request line and all header fields together."""
HEAD_FIELDS = 100
HEAD_SECONDS = 20.0
"""From a request's first byte to the end of its head."""
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: application/problem+json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b"
)
_PROBLEM = (
    b'{"type":"urn:steelyard:problem:head_too_large","title":"Header fields too large","status":431,'
    b'"code":"head_too_large","detail":"Send fewer and shorter header fields.","retryable":false,"errors":[]}'
)


class HeadTooLarge(Exception):
    """Raised inside the parser, which ends there."""


class BoundedProtocol(HttpToolsProtocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the base
        super().connection_made(transport)
        self._in_head, self._too_large = True, False
        self._unread = self._bytes = self._fields = self._read = 0
        self._hurry: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._relax()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; what it keeps of an unfinished head is counted here."""
        if self._in_head and self._hurry is None:
            self._hurry = self.loop.call_later(HEAD_SECONDS, self.transport.close)
        read_before = self._read
        super().data_received(data)
        if self._in_head and self._read == read_before and not self.transport.is_closing():
            self._unread += len(data)
            if self._unread > HEAD_BYTES:
                self._refuse()

    def on_message_begin(self) -> None:
        self._bytes = self._fields = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._fields += 1
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._relax()
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_head, self._unread = True, 0
        self._read += 1

    def send_400_response(self, msg: str) -> None:
        """Answer what the parser refused."""
        if self._too_large:
            self._refuse()
        else:
            super().send_400_response(msg)

    def _count(self, size: int) -> None:
        self._bytes += size
        if self._bytes > HEAD_BYTES or self._fields > HEAD_FIELDS:
            self._too_large = True
            raise HeadTooLarge

    def _refuse(self) -> None:
        self.transport.write(_TOO_LARGE % (len(_PROBLEM), _PROBLEM))
        self.transport.close()

    def _relax(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None
