"""The kinds of rule: a new one is a class in a file of its own and a line in `KINDS`."""

from services.performance.domain.document import Fields
from services.performance.domain.rules.bands import Bands
from services.performance.domain.rules.base import Basis, Bound, Direction, Rule, TargetNeed
from services.performance.domain.rules.binary import Binary
from services.performance.domain.rules.deduction import Deduction
from services.performance.domain.rules.efficacy import Efficacy
from services.performance.domain.rules.interpolation import Interpolation
from services.performance.domain.rules.rating import Rating
from services.performance.domain.rules.ratio import Ratio
from services.performance.domain.rules.steps import Steps

__all__ = ["KINDS", "Basis", "Bound", "Direction", "Rule", "TargetNeed", "rule_from_document"]

_ALL = (Ratio, Interpolation, Efficacy, Steps, Bands, Binary, Deduction, Rating)
KINDS: dict[str, type[Rule]] = {kind.kind: kind for kind in _ALL}


def rule_from_document(document: object, pointer: str) -> Rule:
    """Read a rule of any kind; its other fields depend on `kind`."""
    fields = Fields(document, pointer=pointer)
    kind = fields.choice("kind", tuple(KINDS))
    fields.done(closed=False)
    rule = KINDS[kind].read(fields)
    fields.done()
    return rule
