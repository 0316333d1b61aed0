"""`/v1/openapi.json` and `/docs`: what the API can do, for programs and for people."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse

from services.gateway.api.docs_page import render
from shared.kit.http.route import LenientRoute

router = APIRouter(route_class=LenientRoute, include_in_schema=False)
_CSP = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


@router.get("/v1/openapi.json")
async def get_openapi(request: Request) -> JSONResponse:
    return JSONResponse(await _document(request))


@router.get("/docs")
async def get_docs(request: Request) -> HTMLResponse:
    return HTMLResponse(render(await _document(request)), headers={"Content-Security-Policy": _CSP})


async def _document(request: Request) -> dict[str, Any]:
    document: dict[str, Any] = await request.app.state.description.document()
    return document
