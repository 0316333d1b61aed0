"""Pure ASGI middleware: request and trace ids, the access log, and a limit on bodies."""

import re
import time
from uuid import uuid4

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.kit.http.problems import unexpected_response
from shared.kit.http.shown_path import watch_path
from shared.kit.log import get_logger
from shared.kit.telemetry import continue_trace, trace_id_of

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
MAX_BODY_BYTES = 4 * 1024 * 1024


class Observed:
    """Gives each request an id and a trace, binds both to its logs, and writes one access line at its end."""

    def __init__(self, app: ASGIApp, *, service: str) -> None:
        self._app = app
        self._service = service
        self._log = get_logger("access")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid4().hex
        traceparent = continue_trace(headers.get(b"traceparent", b"").decode("latin-1") or None)
        scope["steelyard.request_id"], shown = request_id, watch_path(scope)
        started, status, answered = time.perf_counter(), 500, False

        async def observed_send(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], True
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        bound = {"service": self._service, "request_id": request_id, "trace_id": trace_id_of(traceparent)}
        with structlog.contextvars.bound_contextvars(**bound):
            try:
                await self._app(scope, receive, observed_send)
            except Exception as error:  # the last one who can still answer
                if answered:
                    raise
                await unexpected_response(Request(scope), error)(scope, receive, observed_send)
            finally:
                milliseconds = round((time.perf_counter() - started) * 1000, 2)
                line = {"method": scope["method"], "route": shown.route, "path": shown.path}
                self._log.info("request", **line, status=status, milliseconds=milliseconds)


class LimitedBody:
    """Refuses bodies over `max_bytes`, announced or not, before anything reads them whole."""

    def __init__(self, app: ASGIApp, *, max_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        announced_bytes = int(announced) if announced.isdigit() else 0
        received_bytes = 0

        async def limited_receive() -> Message:
            nonlocal received_bytes
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if max(announced_bytes, received_bytes) > self._max_bytes:
                raise HTTPException(413, f"A body may have at most {self._max_bytes} bytes.")
            return message

        await self._app(scope, limited_receive, send)
