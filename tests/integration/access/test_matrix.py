"""The matrix: every route × every role × every relation, against the oracle; not one answer more or less."""

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from tests.contract.test_policy import actions
from tests.integration.access.asking import headers_of, surprises
from tests.integration.access.callers import callers_of
from tests.integration.access.recipe import Fill, Recipe
from tests.integration.access.recipes import RECIPES
from tests.integration.access.world.realm import World

pytestmark = pytest.mark.anyio

CASES = [(service, recipe) for service, recipes in RECIPES.items() for recipe in recipes]


def guarded(app: FastAPI) -> list[str]:
    """Name every route that asks the policy, by method and path."""
    asking = [
        (route.methods or (), route.path)
        for route in iter_route_contexts(app.routes)
        if any(actions(getattr(route, "dependant", None) or Dependant()))
    ]
    return sorted(f"{method} {path}" for methods, path in asking for method in methods)


@pytest.mark.parametrize("service", RECIPES)
async def test_the_matrix_covers_every_route(world: World, service: str) -> None:
    """Whatever asks no policy is public, which a test of the contract says route by route."""
    assert guarded(world.apps[service]) == sorted(recipe.route for recipe in RECIPES[service])


NESTED = [(service, recipe) for service, recipe in CASES if len(recipe.rows) > 1 and recipe.about != "company"]


@pytest.mark.parametrize(("service", "recipe"), NESTED, ids=lambda part: part if isinstance(part, str) else part.route)
async def test_a_row_is_found_below_its_own_parent_alone(world: World, service: str, recipe: Recipe) -> None:
    """Name a parent within reach, and below it a row of somebody out of reach."""
    parent, *children = recipe.rows
    path = recipe.route.partition(" ")[2]
    for caller in callers_of(recipe.audience):
        named = {name: world.ours.ids[recipe.rows[name]]["outsider"] for name in children}
        named[parent] = world.ours.ids[recipe.rows[parent]]["report"]
        body = recipe.body(Fill(world, recipe.subject("report"))) if recipe.body else None
        response = await world.clients[service].request(
            recipe.method, path.format(**named), json=body, headers=headers_of(world, caller)
        )
        assert response.status_code in {403, 404}, (caller, response.text)


@pytest.mark.parametrize(("service", "recipe"), CASES, ids=lambda part: part if isinstance(part, str) else part.route)
async def test_every_role_gets_what_the_design_says(world: World, service: str, recipe: Recipe) -> None:
    wrong = [
        line
        for caller in callers_of(recipe.audience)
        for subject in recipe.subjects(caller)
        async for line in surprises(world, service, recipe, caller=caller, subject=subject)
    ]
    assert not wrong, "\n".join(("", *wrong))
