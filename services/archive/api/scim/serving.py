"""SCIM's protocol as scim2-server speaks it, between our routes and the archive."""

import re
from typing import Any
from uuid import UUID

import orjson
from fastapi import Request, Response
from scim2_models import BulkOperation, Error, Resource, ResourceType, SCIMException
from scim2_server.bulk import BulkPlan, BulkStep
from scim2_server.handler import AsyncScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.routing import Operation, Target
from scim2_server.service import ScimService

from services.archive.api.policy import POLICY
from services.archive.api.scim.entra import normalised
from services.archive.api.scim.resources import PROVIDER
from services.archive.api.scim.storage import ArchiveStorage
from shared.core.access import Grant, Principal
from shared.core.errors import DomainError
from shared.kit.audit import part_of_call
from shared.kit.http.audited import record_refusal
from shared.kit.http.origin import origin_of
from shared.kit.http.problems import status_of
from shared.kit.http.scim import MEDIA_TYPE, PREFIX, scim_detail, scim_error, scim_status, scim_type

_TYPES = {"User": "employees", "Group": "departments"}
_NOUNS = {"Users": ("employees", "employee_id"), "Groups": ("departments", "department_id")}
_UNKNOWN = ("", "")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_READING = frozenset({Operation.query, Operation.search, Operation.search_with_body})


class Service(ScimService):
    """Asks the policy about each resource type, and tells refusals as the platform does."""

    def __init__(self, request: Request, principal: Principal) -> None:
        super().__init__(PROVIDER)
        self._request = request
        self._principal = principal
        self.refused: DomainError | None = None
        """What the last operation of a bulk request was refused for."""

    def authorize(self, request: ScimRequest, target: Target, resource_type: ResourceType) -> None:  # noqa: ARG002 -- theirs
        """Ask the policy. Raises Forbidden."""
        verb = "read" if target.operation in _READING else "write"
        POLICY.decide(self._principal, POLICY.rules[f"{_TYPES[resource_type.name or '']}:{verb}"])

    def bulk_failure(self, outcome: dict[str, Any], exception: Exception) -> dict[str, Any]:
        """Tell a refusal; what nobody foresaw ends the whole request, so that it is logged and answered as ever."""
        if isinstance(exception, DomainError):
            self.refused = exception
        elif not isinstance(exception, SCIMException):
            raise exception
        error = self._error(exception)
        return {**outcome, "status": error.status, "response": error}

    def _error(self, exception: DomainError | SCIMException) -> Error:
        if isinstance(exception, SCIMException):
            return exception.to_error()
        status, code = status_of(exception), exception.code
        detail = scim_detail(self._request, code, exception.detail)
        return Error(status=scim_status(status, code), scim_type=scim_type(status, code), detail=detail)


class Handler(AsyncScimHandler):
    """Writes each operation of a bulk request down on its own."""

    def __init__(self, service: Service, storage: ArchiveStorage, request: Request) -> None:
        super().__init__(service, storage)
        self._ours = service
        self._request = request

    async def run_bulk_step(
        self, request: ScimRequest, plan: BulkPlan, step: BulkStep
    ) -> tuple[dict[str, Any], Resource[Any] | None]:
        self._ours.refused = None
        with part_of_call(**_part(plan.operation(step))):
            done = await super().run_bulk_step(request, plan, step)
            if self._ours.refused is not None:
                await record_refusal(self._request, self._ours.refused, status=int(done[0]["status"]))
        return done


async def answer(request: Request, grant: Grant, *, writes: bool) -> Response:
    """Let scim2-server answer; its own refusals are told with our request's id."""
    state, caller = request.app.state, grant.principal
    storage = ArchiveStorage(caller, state.works.of(caller.tenant_id), state.queries(caller.tenant_id), writes=writes)
    handler = Handler(Service(request, caller), storage, request)
    try:
        return _response(await handler.handle(await _asked(request)))
    except SCIMException as refusal:
        error = refusal.to_error()
        code = error.scim_type or "refused"
        return scim_error(request, error.status or 400, code=code, detail=error.detail or "", keyword=error.scim_type)


async def _asked(request: Request) -> ScimRequest:
    return ScimRequest(
        method=request.method,
        base_url=origin_of(request) + PREFIX,
        path=request.url.path.removeprefix(PREFIX),
        query=dict(request.query_params),
        headers=list(request.headers.items()),
        body=normalised(await request.body()),
    )


def _response(given: ScimResponse) -> Response:
    body = b"" if given.body is None else orjson.dumps(given.body)
    headers = {name: value for name, value in given.headers.items() if name != "Content-Type"}
    return Response(body, int(given.status), headers=headers, media_type=MEDIA_TYPE if body else None)


def _part(operation: "BulkOperation[Any]") -> dict[str, Any]:
    """Describe an operation as the request would be that it stands for."""
    endpoint, _, resource_id = (operation.path or "").strip("/").partition("/")
    noun, parameter = _NOUNS.get(endpoint, _UNKNOWN)
    method = str(operation.method.value if operation.method else "")
    subjects = [UUID(resource_id)] if noun == "employees" and _UUID.fullmatch(resource_id) else []
    route = f"{PREFIX}/{endpoint if noun else '-'}" + (f"/{{{parameter}}}" if resource_id else "")
    resource = route.replace(f"{{{parameter}}}", resource_id if _UUID.fullmatch(resource_id) else "-")
    return {"action": f"{noun}:write", "method": method, "route": route, "resource": resource, "subjects": subjects}
