"""Who calls what, for the audit log: changes write themselves down as they commit, reads and refusals here."""

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

import orjson
from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute

from shared.core.errors import Conflict, Denied, DomainError
from shared.kit.audit import Call, call_in_hand, watching
from shared.kit.http.answers import REPLAYED
from shared.kit.http.shown_path import only_id
from shared.kit.unit_of_work import Works

CLIENT_ADDRESS = b"x-steelyard-client-address"
"""By which the gateway tells a service who called; it lets no such header in from outside."""
ASIDE = b"x-steelyard-aside"
"""Marks what the gateway asks besides: nobody tried it, so its refusal is nobody's."""
_CALL = "steelyard.call"
_OWN_AFFAIR = "own_"
"""How the codes begin that keep people from deciding about themselves."""
_PLAIN = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_BEHIND = re.compile(r"/(v1|scim/v2)/([^/]*)")
"""The part of a path that tells which service it is for, and what of it."""
_HIDDEN = "-"
_PERSON = "employee_id"
_KEY_OF_OTHERS = "remote_id"
"""What another system calls something."""
_PEOPLE = "/v1/employees"
"""The list whose rows are employees themselves, named by `id`."""


@dataclass(frozen=True, slots=True)
class Described:
    """What is known of a route before anybody calls it."""

    action: str
    template: str
    personal: bool
    """Whether it may show people what is about somebody else."""
    watched: bool
    """Whether looking is told even where that is about nobody."""
    status: int

    @classmethod
    def of(cls, route: APIRoute) -> "Described":
        asked = [call for call in dependencies(route.dependant) if hasattr(call, "action")]
        action = asked[0].action if asked else route.name
        return cls(
            action,
            route.path_format,
            personal=any(call.rule.personal for call in asked),
            watched=any(call.rule.watched for call in asked),
            status=route.status_code or HTTPStatus.OK,
        )

    def watch(self, request: Request) -> AbstractContextManager[Call]:
        """Remember this request's call while it lasts, and on its scope for whoever must refuse it."""
        call = Call(
            scope=request.scope,
            action=self.action,
            method=request.method,
            route=self.template,
            resource=_resource(self.template, request.path_params),
            status=self.status,
            request_id=request.scope.get("steelyard.request_id"),
            client_address=address_of(request),
            subjects=tuple(_ids([request.path_params.get(_PERSON)])),
        )
        request.scope[_CALL] = call
        return watching(call)

    async def record_answer(self, request: Request, call: Call, response: Response) -> None:
        """Write down a read of what is about others, and a change that has had no transaction to be written in."""
        if call.refusal is not None:
            await record_refusal(request, call.refusal, status=response.status_code)
        elif not (call.recorded or response.status_code >= HTTPStatus.BAD_REQUEST or REPLAYED in response.headers):
            await self._record_success(request.app.state.works, call, response)

    async def _record_success(self, works: Works[Any], call: Call, response: Response) -> None:
        caller, status, now = call.caller, response.status_code, works.clock.now()
        if caller is None:
            return
        if not call.reads:
            await works.record(call.entry(caller, "done", at=now, status=status), caller.tenant_id)
        elif self.personal:
            people, rows = _told(call, response, listing_people=self.template == _PEOPLE)
            entry = call.entry(caller, "read", at=now, status=status, subjects=people, rows=rows)
            if entry.subjects or self.watched:
                await works.record(entry, caller.tenant_id)


async def record_refusal(request: Request, error: DomainError, *, status: int) -> None:
    """Write down that somebody known was not let in, may not do this, or may not do it to themselves."""
    if not _is_telling(error) or ASIDE.decode() in request.headers:
        return
    call: Call = call_in_hand() or request.scope.get(_CALL) or _passing(request, status)
    works, caller = request.app.state.works, call.caller
    now = works.clock.now()
    if caller is not None:
        entry = call.entry(caller, "refused", at=now, status=status, code=error.code)
        await works.record(entry, caller.tenant_id)
    elif isinstance(error, Denied) and error.tenant_id is not None and error.subject is not None:
        entry = call.turned_away(error.subject, at=now, status=status, code=error.code)
        await works.record(entry, error.tenant_id)


def address_of(request: Request) -> str | None:
    """Tell where a request came from: what the gateway says, or who is connected."""
    told = request.headers.get(CLIENT_ADDRESS.decode())
    return told or (request.client.host if request.client else None)


def _is_telling(error: DomainError) -> bool:
    own_affair = isinstance(error, Conflict) and error.code.startswith(_OWN_AFFAIR)
    return own_affair or isinstance(error, Denied)


def _passing(request: Request, status: int) -> Call:
    """Describe a call to another service that ends at the gateway's door."""
    found = _BEHIND.match(request.url.path)
    template = f"/{found[1]}/{_plain(found[2])}" if found else f"/v1/{_HIDDEN}"
    return Call(
        scope=request.scope,
        action="forward",
        method=request.method,
        route=template,
        resource=template,
        status=status,
        request_id=request.scope.get("steelyard.request_id"),
        client_address=address_of(request),
    )


def dependencies(dependant: Dependant) -> Iterator[Any]:
    """Give what a route depends on, however deep."""
    yield dependant.call
    for inner in dependant.dependencies:
        yield from dependencies(inner)


def _resource(template: str, params: dict[str, Any]) -> str:
    return template.format(**{name: _shown_as(name, str(value)) for name, value in params.items()})


def _shown_as(name: str, value: str) -> str:
    """Keep an id, and a key where one is asked for; people are sometimes asked for by their names."""
    asks_for_id = name.endswith("_id") and name != _KEY_OF_OTHERS
    return only_id(value) if asks_for_id else _plain(value)


def _plain(text: str) -> str:
    """Keep ids and keys; anything else might be what people are called."""
    return text if _PLAIN.fullmatch(text) else _HIDDEN


def _told(call: Call, response: Response, *, listing_people: bool) -> tuple[Sequence[UUID], int | None]:
    if call.shown is not None:
        return tuple(dict.fromkeys(call.shown)), len(call.shown)
    return _shown(response, listing_people=listing_people)


def _shown(response: Response, *, listing_people: bool) -> tuple[tuple[UUID, ...], int | None]:
    """Give the employees an answer names, and how many rows it has; of one that is yet to be written neither."""
    if isinstance(response, StreamingResponse):
        return (), None
    document = orjson.loads(response.body) if response.body else None
    rows = document.get("data") if isinstance(document, dict) else None
    listed = rows if isinstance(rows, list) else [document]
    named = [row.get("id") for row in listed if isinstance(row, dict)] if listing_people else _named(listed)
    return tuple(dict.fromkeys(_ids(named))), len(listed)


def _named(node: object) -> Iterator[object]:
    """Find every `employee_id`, and every `subject_id` that is an employee's, however deep."""
    if isinstance(node, list):
        for each in node:
            yield from _named(each)
    elif isinstance(node, dict):
        yield node.get(_PERSON)
        if node.get("subject_kind") == "employee":
            yield node.get("subject_id")
        for each in node.values():
            if isinstance(each, dict | list):
                yield from _named(each)


def _ids(values: Any) -> Iterator[UUID]:  # noqa: ANN401 -- whatever stands in documents and paths
    for value in values:
        try:
            yield UUID(str(value))
        except ValueError:
            continue
