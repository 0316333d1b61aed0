"""The route class of every service: JSON without NUL, no parameters that there are not, one answer to a repeated POST.

What will go says so.
"""

import re
from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute, get_request_handler
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from shared.contracts.work import Work
from shared.core.errors import Invalid
from shared.kit.http.answers import KEY, Attempt, Replay, honouring_key, shown_once
from shared.kit.http.audited import Described
from shared.kit.http.caller import caller_of
from shared.kit.http.deprecation import announcing, deprecation_of
from shared.kit.http.query_parameters import Handler, query_names, refusing_unknown, without_effect
from shared.kit.http.shown_path import tell_route

_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_JSON = re.compile(r"application/([\w.-]+\+)?json\s*(;|$)", re.IGNORECASE)
_ATTEMPT = "steelyard.attempt"


class Route(APIRoute):
    ignores_unknown_parameters = False

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401 -- FastAPI's
        super().__init__(path, endpoint, **options)
        self.deprecation = deprecation_of(endpoint)
        if self.deprecation is not None:
            self.deprecated = True

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; on all answers of a deprecated operation, refusals too, stands that it is."""
        tell_route(scope, self.path_format)
        await super().handle(scope, receive, announcing(self.deprecation, send) if self.deprecation else send)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler."""
        handle = self._handler()
        described = Described.of(self)
        withhold = shown_once(self.response_model)
        reads_json = self.body_field is not None

        async def handler(request: Request) -> Response:
            body = await request.body()
            _refuse_nul(request, body)
            if body and reads_json:
                _refuse_other_media(request)
            with described.watch(request) as call:
                response = await _once(request, body, handle, withhold)
                await described.record_answer(request, call, response)
            return response

        return handler

    def _handler(self) -> Handler:
        handle = super().get_route_handler()
        if self.ignores_unknown_parameters:
            return handle
        judge = get_request_handler(
            without_effect(self.dependant), self.body_field, embed_body_fields=self._embed_body_fields
        )
        return refusing_unknown(query_names(self.dependant), handle, judge)


class LenientRoute(Route):
    """Of protocols whose senders may add parameters that a receiver does not know (RFC 6749 §3.1, §3.2, §4.1.2)."""

    ignores_unknown_parameters = True


async def _once(request: Request, body: bytes, handle: Handler, withhold: Mapping[str, object]) -> Response:
    """Answer; a POST that repeats the key of an earlier one gets that one's answer."""
    key = request.headers.get(KEY)
    if key is None or request.method != "POST":
        return await handle(request)
    async with Attempt(request, body, key) as attempt:
        request.scope[_ATTEMPT] = attempt
        try:
            response = await handle(request)
        except Replay as replay:
            return replay.response
        await attempt.settle(response, withhold=withhold)
        return response


@honouring_key
async def work_of(request: Request) -> Work[Any]:
    """Give the `Work` of the caller's tenant, joined to the request's idempotent attempt where there is one."""
    caller, attempt = caller_of(request), attempt_of(request)
    works = request.app.state.works
    if attempt is not None:
        joined: Work[Any] = attempt.join(works, caller.tenant_id, caller.subject)
        return joined
    work: Work[Any] = works.of(caller.tenant_id)
    return work


def attempt_of(request: Request) -> Attempt | None:
    """Give what a request with an `Idempotency-Key` joins its one unit of work to."""
    attempt: Attempt | None = request.scope.get(_ATTEMPT)
    return attempt


async def queries_of(request: Request) -> Any:  # noqa: ANN401 -- each service names its own in `api/deps.py`
    """Give the queries of the caller's tenant."""
    return request.app.state.queries(caller_of(request).tenant_id)


def _refuse_other_media(request: Request) -> None:
    """Refuse what says of itself that it is no JSON, which browsers send to strangers' sites unasked."""
    if not _JSON.match(request.headers.get("content-type", "")):
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send JSON, and say so: `Content-Type: application/json`."
        )


def _refuse_nul(request: Request, body: bytes) -> None:
    if b"%00" in request.scope.get("raw_path", b"") or b"%00" in request.scope["query_string"]:
        raise Invalid.at("#/path", "nul_refused", "A NUL character is not text.")
    if b"\x00" in body or (b"\\u0000" in body and _ESCAPED_NUL.search(body)):  # the plain search is much faster
        raise Invalid("nul_refused", "The body contains a NUL character, which is not text.")
