"""Asks as a caller of the matrix, and compares what comes with what the oracle says."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx

from tests.factories.installation import bearer
from tests.integration.access.callers import principal_of
from tests.integration.access.oracle import Caller, Subject, Verdict
from tests.integration.access.recipe import Recipe
from tests.integration.access.world.realm import World, goes_on

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|request \w+")


def headers_of(world: World, caller: Caller) -> dict[str, str]:
    return bearer(principal_of(caller, world.ours.tenant_id, world.ours.ids))


async def surprises(
    world: World, service: str, recipe: Recipe, *, caller: Caller, subject: Subject
) -> AsyncIterator[str]:
    """Yield a line for everything in the answer that the oracle did not expect."""
    headers = headers_of(world, caller)
    response = await recipe.ask(world, service, subject, headers)
    expected, found = recipe.expect(caller, subject), recipe.read(response)
    if found is not expected:
        got = f"{response.status_code} {response.text[:150]}"
        yield f"{caller.name} → {subject}: expected {expected.value}, got {got}"
    elif found is Verdict.HIDDEN and subject.place != "absent":
        absent = await recipe.ask(world, service, recipe.subject(subject.name, place="absent"), headers)
        if _said(response) != _said(absent):
            yield f"{caller.name} → {subject}: told apart from what is not there: {response.text[:150]}"
    elif found is Verdict.ADMITTED and recipe.listing is not None:
        pages = [response.json()]
        while goes_on(pages[-1]):
            cursor = pages[-1]["next_cursor"]
            pages.append((await recipe.ask(world, service, subject, headers, cursor=cursor)).json())
        shown, wanted = recipe.listing.names(pages, world), recipe.expected_names(caller, world)
        for name in sorted(shown ^ wanted):
            yield f"{caller.name} → {subject}: {'leaks' if name in shown else 'lacks'} {name}"


def _said(response: httpx.Response) -> Any:
    """Give what an answer says apart from the id of its request, and from the id that was asked for."""
    said = {name: part for name, part in response.json().items() if name != "request_id"}
    return response.status_code, _ID.sub("", str(said))
