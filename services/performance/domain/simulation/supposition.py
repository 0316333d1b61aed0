"""What is supposed: another scheme version, other targets, people elsewhere, and what grades cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.performance.domain.effect import EffectKind
from services.performance.domain.schemes.assignment import Version
from services.performance.domain.schemes.scheme_effect import SchemeEffect
from shared.core.decimals import plain
from shared.core.errors import Invalid
from shared.core.periods import Period


@dataclass(frozen=True, slots=True)
class OtherTarget:
    """A target set by hand."""

    target_id: UUID
    value: Decimal
    sequence: int | None = None
    """Of the target when it was simulated; None before that."""


@dataclass(frozen=True, slots=True)
class Move:
    """A person who works elsewhere from a day on, at the same hours."""

    employee_id: UUID
    department_id: UUID
    position_id: UUID
    on: date


@dataclass(frozen=True, slots=True)
class Supposition:
    """Everything that is supposed at once; of nothing, today's results are counted and priced."""

    scheme: Version | None = None
    effective_on: date | None = None
    """The first day on which the version scores; None: it does on all days."""
    targets: tuple[OtherTarget, ...] = ()
    moves: tuple[Move, ...] = ()
    bonus_bands: tuple[tuple[str, Decimal], ...] = ()
    """What a person of each grade is paid."""

    @property
    def is_applicable(self) -> bool:
        """Whether it can be made true here: people move in the archive."""
        return not self.moves and bool(self.scheme or self.targets)

    @property
    def scheme_effect(self) -> SchemeEffect:
        """What is declared about the version; who simulates sees what it does to days gone by."""
        kind: EffectKind = "whole_cycle" if self.effective_on is None else "from_date"
        return SchemeEffect(kind, self.effective_on, tightening_confirmed=True)

    def refuse_outside(self, cycle: Period) -> None:
        """Raise Invalid (`day_outside_cycle`) where the version would score from another day on."""
        if self.effective_on is not None and self.effective_on not in cycle:
            raise Invalid.at("/effective_on", "day_outside_cycle", "This day does not lie in the cycle.")

    @property
    def movers(self) -> frozenset[UUID]:
        return frozenset(move.employee_id for move in self.moves)

    def refuse_repeated(self) -> None:
        """Raise Invalid (`target_repeated`, `move_repeated`, `band_repeated`) where two say different things of one."""
        for at in _repeated([each.target_id for each in self.targets]):
            raise Invalid.at(f"/targets/{at}/target_id", "target_repeated", "Suppose one value of a target.")
        for at in _repeated([(each.employee_id, each.on) for each in self.moves]):
            raise Invalid.at(f"/moves/{at}/employee_id", "move_repeated", "Suppose one place of a person on a day.")
        for at in _repeated([grade for grade, _ in self.bonus_bands]):
            raise Invalid.at(f"/bonus_bands/{at}/grade", "band_repeated", "Give one amount for a grade.")

    def known_as(self, sequences: Mapping[UUID, int]) -> "Supposition":
        """Remember which version of its targets it was simulated upon."""
        targets = (replace(each, sequence=sequences[each.target_id]) for each in self.targets)
        return replace(self, targets=tuple(targets))

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> "Supposition":
        """Read back what `to_document` wrote."""
        scheme = document["scheme"]
        return cls(
            scheme=scheme and (UUID(scheme["scheme_id"]), scheme["version"]),
            effective_on=(day := scheme and scheme.get("effective_on")) and date.fromisoformat(day),
            targets=tuple(
                OtherTarget(UUID(each["target_id"]), Decimal(each["value"]), each.get("sequence"))
                for each in document["targets"]
            ),
            moves=tuple(
                Move(**{name: UUID(each[name]) for name in _PLACE}, on=date.fromisoformat(each["on"]))
                for each in document["moves"]
            ),
            bonus_bands=tuple((each["grade"], Decimal(each["amount"])) for each in document["bonus_bands"]),
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
                {"target_id": str(each.target_id), "value": plain(each.value), "sequence": each.sequence}
                for each in self.targets
            ],
            "moves": [
                {**{name: str(getattr(each, name)) for name in _PLACE}, "on": each.on.isoformat()}
                for each in self.moves
            ],
            "bonus_bands": [{"grade": grade, "amount": plain(amount)} for grade, amount in self.bonus_bands],
        }


_PLACE = ("employee_id", "department_id", "position_id")


def _repeated(named: Sequence[object]) -> list[int]:
    """Give the places at which something is named again."""
    first = {each: at for at, each in reversed(list(enumerate(named)))}
    return [at for at, each in enumerate(named) if first[each] != at]
