"""Random principals do random things to random rows, against the same oracle."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.gateway.domain.identity.scopes import SCOPES
from tests.integration.access import chart
from tests.integration.access.asking import surprises
from tests.integration.access.oracle import Caller
from tests.integration.access.recipes import RECIPES
from tests.integration.access.world.realm import World

pytestmark = pytest.mark.anyio

_DEPARTMENTS = st.sets(st.sampled_from(sorted(chart.PARENTS)), min_size=1, max_size=3).map(sorted).map(tuple)
_PEOPLE = st.builds(
    Caller,
    name=st.just("somebody"),
    person=st.none() | st.sampled_from(sorted(chart.HOMES)),
    roles=st.frozensets(st.sampled_from(["hr", "admin", "auditor"])),
    confined_to=st.none() | _DEPARTMENTS,
)
_SCOPES = st.frozensets(st.sampled_from(sorted(SCOPES)))
_SYSTEMS = _SCOPES.map(lambda scopes: Caller("system", is_system=True, scopes=scopes))
ROUTES = [(service, recipe) for service, recipes in RECIPES.items() for recipe in recipes]


@given(caller=_PEOPLE | _SYSTEMS, route=st.integers(0, len(ROUTES) - 1), row=st.integers(0, 6))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_principal_any_action_any_row(world: World, caller: Caller, route: int, row: int) -> None:
    service, recipe = ROUTES[route]
    subjects = list(recipe.subjects(caller))
    subject = subjects[row % len(subjects)]
    wrong = [line async for line in surprises(world, service, recipe, caller=caller, subject=subject)]
    assert not wrong, (recipe.route, caller, *wrong)
