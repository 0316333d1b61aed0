"""The access log: which route was asked, and of the path no more than ids."""

import io
import json
from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi import FastAPI

from shared.kit.log import configure_logging
from tests.factories.access import make_admin
from tests.factories.installation import bearer, client_of_running

pytestmark = pytest.mark.anyio
ID = str(uuid4())


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure_logging(level="INFO", stream=stream)
    yield stream
    configure_logging(level="WARNING")


@pytest.mark.parametrize(
    ("service", "path", "logged"),
    [
        ("gateway", "/healthz", (None, "/healthz")),
        ("gateway", "/v1/sessions?filter=王建国", ("/v1/sessions", "/v1/sessions")),
        ("gateway", f"/v1/accounts/{ID}", ("/v1/accounts/{account_id}", f"/v1/accounts/{ID}")),
        ("gateway", "/v1/accounts/wang.jianguo", ("/v1/accounts/{account_id}", "/v1/accounts/-")),
        ("gateway", f"/v1/employees/{ID}/records", (None, f"/v1/employees/{ID}/-")),
        ("gateway", "/v1/employees/wangjianguo", (None, "/v1/employees/-")),
        ("gateway", "/v1/王建国/wangjianguo", (None, "/v1/-/-")),
        ("gateway", f"/v1/operations/performance-{ID}", (None, f"/v1/operations/performance-{ID}")),
        (
            "archive",
            f"/v1/employees/{ID}/records",
            ("/v1/employees/{employee_id}/records", f"/v1/employees/{ID}/records"),
        ),
        ("archive", "/v1/employees/wangjianguo", ("/v1/employees/{employee_id}", "/v1/employees/-")),
        ("archive", "/scim/v2/Users/wang.jianguo", ("/scim/v2/Users/{employee_id}", "/scim/v2/Users/-")),
        (
            "performance",
            f"/v1/schemes/{ID}/versions/3",
            ("/v1/schemes/{scheme_id}/versions/{version}", f"/v1/schemes/{ID}/versions/3"),
        ),
    ],
)
async def test_a_line_names_the_route_and_ids_alone(
    apps: dict[str, FastAPI], logs: io.StringIO, *, service: str, path: str, logged: tuple[str | None, str]
) -> None:
    admin = bearer(make_admin(uuid4()))
    async with client_of_running(apps[service]) as client:
        answer = await client.get(path, headers=admin)
    lines = [json.loads(line) for line in logs.getvalue().splitlines()]
    (line,) = [line for line in lines if line["event"] == "request" and line["service"] == service]
    assert (line["route"], line["path"], line["status"]) == (*logged, answer.status_code)
