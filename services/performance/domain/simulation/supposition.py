"""What is supposed: another scheme version, other targets, another organisation, and what grades cost."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.performance.domain.effect import EffectKind
from services.performance.domain.goals.target_effect import Overrides, TargetEffect
from services.performance.domain.schemes.assignment import Version
from services.performance.domain.schemes.scheme_effect import SchemeEffect
from services.performance.domain.simulation.reorganisation import Reorganisation
from services.performance.domain.simulation.repeated import refuse_repeated
from shared.core.decimals import plain
from shared.core.errors import Invalid, Violation
from shared.core.periods import Period


@dataclass(frozen=True, slots=True)
class OtherTarget:
    """A target set by hand."""

    target_id: UUID
    value: Decimal
    sequence: int | None = None
    """Of the target when it was simulated; None before that."""
    overrides: Overrides = "keep"

    @property
    def effect(self) -> TargetEffect:
        """What is declared about it; who simulates sees what it does to days gone by."""
        return TargetEffect(tightening_confirmed=True, overrides=self.overrides)


@dataclass(frozen=True, slots=True)
class Supposition:
    """Everything that is supposed at once; of nothing, today's results are counted and priced."""

    scheme: Version | None = None
    effective_on: date | None = None
    """The first day on which the version scores; None: it does on all days."""
    targets: tuple[OtherTarget, ...] = ()
    reorganisation: Reorganisation = field(default_factory=Reorganisation)
    bonus_bands: tuple[tuple[str, Decimal], ...] = ()
    """What a person of each grade is paid."""
    released: Mapping[UUID, int] = field(default_factory=dict)
    """The targets of which that gave up what was set by hand, with their sequences when it was simulated."""

    @property
    def releases(self) -> bool:
        return any(each.overrides == "release" for each in self.targets)

    @property
    def is_applicable(self) -> bool:
        """Whether it can be made true here: the archive alone reorganises."""
        return not self.reorganisation and bool(self.scheme or self.targets)

    @property
    def concerns_anybody(self) -> bool:
        """Whether everybody is looked at: to price all grades, or since a department's place may concern anyone."""
        return bool(self.bonus_bands or self.reorganisation.departments)

    @property
    def scheme_effect(self) -> SchemeEffect:
        """What is declared about the version; who simulates sees what it does to days gone by."""
        kind: EffectKind = "whole_cycle" if self.effective_on is None else "from_date"
        return SchemeEffect(kind, self.effective_on, tightening_confirmed=True)

    def refuse_outside(self, cycle: Period) -> None:
        """Raise Invalid (`day_outside_cycle`) where the version would score from another day on."""
        if self.effective_on is not None and self.effective_on not in cycle:
            raise Invalid.at("/effective_on", "day_outside_cycle", "This day does not lie in the cycle.")

    def refuse_repeated(self) -> None:
        """Raise Invalid where two say different things of one.

        Codes: `target_repeated`, `band_repeated`, and those of a reorganisation.
        """
        targets = [each.target_id for each in self.targets]
        refuse_repeated(targets, "/targets/{}/target_id", "target_repeated", "Suppose one value of a target.")
        self.reorganisation.refuse_repeated()
        grades = [grade for grade, _ in self.bonus_bands]
        refuse_repeated(grades, "/bonus_bands/{}/grade", "band_repeated", "Give one amount for a grade.")

    def refuse_unknown_grades(self, grades: Collection[str]) -> None:
        """Raise Invalid (`grade_unknown`) where an amount is for a grade that nobody could have."""
        detail = "No scheme of the cycle has this grade."
        unknown = [
            Violation(f"/bonus_bands/{index}/grade", "grade_unknown", detail)
            for index, (grade, _) in enumerate(self.bonus_bands)
            if grade not in grades
        ]
        if unknown:
            raise Invalid("grade_unknown", detail, violations=unknown)

    def known_as(self, sequences: Mapping[UUID, int], *, released: Mapping[UUID, int]) -> "Supposition":
        """Remember which version of its targets it was simulated upon, and of those that it releases."""
        targets = (replace(each, sequence=sequences[each.target_id]) for each in self.targets)
        return replace(self, targets=tuple(targets), released=released)

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> "Supposition":
        """Read back what `to_document` wrote."""
        scheme = document["scheme"]
        return cls(
            scheme=scheme and (UUID(scheme["scheme_id"]), scheme["version"]),
            effective_on=(day := scheme and scheme.get("effective_on")) and date.fromisoformat(day),
            targets=tuple(
                OtherTarget(
                    UUID(each["target_id"]),
                    Decimal(each["value"]),
                    each.get("sequence"),
                    each.get("overrides", "keep"),
                )
                for each in document["targets"]
            ),
            reorganisation=Reorganisation.of_document(document),
            bonus_bands=tuple((each["grade"], Decimal(each["amount"])) for each in document["bonus_bands"]),
            released={UUID(each): sequence for each, sequence in document.get("released", {}).items()},
        )

    def to_document(self) -> dict[str, Any]:
        """Write it as JSON: decimals as text, days as `YYYY-MM-DD`."""
        return {
            "scheme": self.scheme
            and {
                "scheme_id": str(self.scheme[0]),
                "version": self.scheme[1],
                "effective_on": self.effective_on and self.effective_on.isoformat(),
            },
            "targets": [
                {
                    "target_id": str(each.target_id),
                    "value": plain(each.value),
                    "sequence": each.sequence,
                    "overrides": each.overrides,
                }
                for each in self.targets
            ],
            **self.reorganisation.to_document(),
            "bonus_bands": [{"grade": grade, "amount": plain(amount)} for grade, amount in self.bonus_bands],
            "released": {str(target_id): sequence for target_id, sequence in self.released.items()},
        }
