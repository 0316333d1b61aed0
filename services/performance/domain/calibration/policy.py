"""What a cycle's grades are held to: named populations, each with quotas by grade, and how they are read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.performance.domain.calibration.quotas import WHOLE, Quota, Remainder
from services.performance.domain.document import refuse_all
from services.performance.domain.rules.base import Fault
from services.performance.domain.schemes.rubric import DEFAULT_GRADES
from shared.core.errors import Violation

PopulationKind = Literal["company", "department", "level"]
Ties = Literal["up", "down", "flag"]
"""What becomes of people who are equal where a grade ends: all get the better one, the worse one, or a decision."""
DEFAULT_SCALE = tuple(grade.key for grade in DEFAULT_GRADES)


@dataclass(frozen=True, slots=True)
class Population:
    """Whose grades are counted together: everybody, or a department with what is below it, or each of a level."""

    kind: PopulationKind
    department_id: UUID | None = None
    level: int | None = None
    """1 is the top of the tree."""

    @classmethod
    def of(cls, department_id: UUID | None) -> "Population":
        """Give a department's, or without one the company's."""
        return cls("company") if department_id is None else cls("department", department_id)

    def faults(self) -> Iterator[Fault]:
        for name, kind in (("department_id", "department"), ("level", "level")):
            if (getattr(self, name) is not None) != (self.kind == kind):
                yield name, "population_ambiguous", f"`{name}` goes with the kind `{kind}`, and with no other."


@dataclass(frozen=True, slots=True)
class QuotaRule:
    """The quotas of one population."""

    name: str
    population: Population
    quotas: tuple[Quota, ...]
    minimum_size: int = 0
    """Groups with fewer graded people are held to nothing."""

    def faults(self, scale: Sequence[str]) -> Iterator[Fault]:
        yield from self.population.faults()
        named: set[str] = set()
        for at, quota in enumerate(self.quotas):
            if quota.grade not in scale:
                yield f"quotas/{at}/grade", "grade_unknown", "This grade is not on the policy's scale."
            if quota.grade in named:
                yield f"quotas/{at}/grade", "quota_duplicate", "A grade has one quota."
            named.add(quota.grade)
        least = sum(quota.share for quota in self.quotas if quota.kind != "max")
        most = sum(quota.share for quota in self.quotas if quota.kind != "min")
        closed = all(quota.kind != "min" for quota in self.quotas) and named.issuperset(scale)
        if least > WHOLE or (closed and most < WHOLE):
            yield "quotas", "quotas_impossible", "No group can meet these quotas together."


@dataclass(frozen=True, slots=True)
class DistributionPolicy:
    """A cycle's forced distribution; without rules nothing is forced. `sequence` 0: never written."""

    rules: tuple[QuotaRule, ...] = ()
    grades: tuple[str, ...] = DEFAULT_SCALE
    """The grades that are counted, from the best to the worst."""
    remainder: Remainder = "largest_remainder"
    ties: Ties = "flag"
    sequence: int = 0
    updated_at: datetime | None = None

    def __post_init__(self) -> None:
        refuse_all([Violation(f"/{place}", code, detail) for place, code, detail in self._faults()])

    @classmethod
    def of_document(cls, document: Mapping[str, Any], **stamps: Any) -> "DistributionPolicy":  # noqa: ANN401 -- its stamps
        """Read back what `to_document` wrote."""
        return cls(
            rules=tuple(_rule(each) for each in document["populations"]),
            grades=tuple(document["grades"]),
            remainder=document["remainder"],
            ties=document["ties"],
            **stamps,
        )

    def to_document(self) -> dict[str, Any]:
        """Write populations and their quotas with the fields of callers."""
        return {
            "grades": list(self.grades),
            "remainder": self.remainder,
            "ties": self.ties,
            "populations": [_rule_document(rule) for rule in self.rules],
        }

    def _faults(self) -> Iterator[Fault]:
        for at, key in enumerate(self.grades):
            if key in self.grades[:at]:
                yield f"grades/{at}", "grade_duplicate", "Each grade has a key of its own."
        for at, rule in enumerate(self.rules):
            yield from ((f"populations/{at}/{field}", code, detail) for field, code, detail in rule.faults(self.grades))


def _rule(document: Mapping[str, Any]) -> QuotaRule:
    department_id = document.get("department_id")
    population = Population(document["kind"], department_id and UUID(str(department_id)), document.get("level"))
    quotas = tuple(Quota(each["grade"], each["kind"], each["share"]) for each in document["quotas"])
    return QuotaRule(document["name"], population, quotas, document["minimum_size"])


def _rule_document(rule: QuotaRule) -> dict[str, Any]:
    department_id = rule.population.department_id
    population = asdict(rule.population) | {"department_id": department_id and str(department_id)}
    quotas = [asdict(quota) for quota in rule.quotas]
    return {"name": rule.name, **population, "minimum_size": rule.minimum_size, "quotas": quotas}
