"""A recipe for every route, by service."""

from collections.abc import Mapping, Sequence

from tests.integration.access.recipe import Recipe
from tests.integration.access.recipes import archive, connector, gateway, goals, notifier, scim, scores

RECIPES: Mapping[str, Sequence[Recipe]] = {
    "archive": (*archive.RECIPES, *scim.RECIPES),
    "connector": connector.RECIPES,
    "performance": (*goals.RECIPES, *scores.RECIPES),
    "notifier": notifier.RECIPES,
    "gateway": gateway.RECIPES,
}
