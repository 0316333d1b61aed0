"""A published scheme version as the event that carries it."""

from collections.abc import Sequence

from services.performance.domain.catalogue import DefinedScheme, SchemeVersion
from services.performance.domain.schemes.scheme import Scheme
from services.performance.usecases.catalogue.put_scheme_in_force import Effects
from shared.contracts.procedure import SchemePublished, WeightChange


def scheme_published(
    defined: DefinedScheme,
    version: SchemeVersion,
    *,
    before: Scheme | None,
    scheme: Scheme,
    effects: Sequence[Effects],
) -> SchemePublished:
    """Describe the version: its weights beside the former one's, and whom it scores in running cycles."""
    scored = [member for each in effects for member in each.scored]
    return SchemePublished(
        scheme_id=defined.id,
        sequence=version.number,
        name=defined.name,
        effect=version.effect or "next_cycle",
        effective_on=version.effective_on,
        weights=_weight_changes(before, scheme),
        department_ids=tuple(sorted({member.department_id for member in scored})),
        employee_count=len({member.employee_id for member in scored}),
        dropped_plan_ids=tuple(plan_id for each in effects for plan_id in each.dropped_plan_ids),
    )


def _weight_changes(before: Scheme | None, scheme: Scheme) -> tuple[WeightChange, ...]:
    previous = {item.key: item for item in before.items} if before else {}
    current = {item.key: item for item in scheme.items}
    return tuple(
        WeightChange(
            key=key,
            name=(current.get(key) or previous[key]).name,
            previous=previous[key].weight if key in previous else None,
            weight=current[key].weight if key in current else None,
        )
        for key in previous | current
    )
