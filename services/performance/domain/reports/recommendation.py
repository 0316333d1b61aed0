"""Recommendations as data: a pattern over metrics leads to a competency and to a training of the catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

from services.performance.domain.document import Fields, refuse_all
from services.performance.domain.texts import Texts
from shared.core.errors import Violation

Condition = Literal["reached", "missed", "strength", "weakness", "low"]
_CONDITIONS: tuple[Condition, ...] = ("reached", "missed", "strength", "weakness", "low")


@dataclass(frozen=True, slots=True)
class When:
    """A metric's key, or a pattern such as `conversion*`, and what must hold for one such item.

    `low` is a weakness or a single signal that leans down.
    """

    metric: str
    condition: Condition

    @classmethod
    def from_document(cls, document: object, pointer: str) -> "When":
        fields = Fields(document, pointer=pointer)
        when = cls(fields.text("metric"), fields.choice("is", _CONDITIONS))
        fields.done()
        return when

    def holds(self, standing: Mapping[str, frozenset[Condition]]) -> bool:
        return any(fnmatchcase(metric, self.metric) and self.condition in what for metric, what in standing.items())


@dataclass(frozen=True, slots=True)
class Training:
    key: str
    name: Texts

    @classmethod
    def from_document(cls, document: object, pointer: str) -> "Training":
        fields = Fields(document, pointer=pointer)
        training = cls(fields.text("key"), fields.nested("name", read_texts))
        fields.done()
        return training

    def to_document(self) -> dict[str, Any]:
        return {"key": self.key, "name": self.name.to_document()}


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Where everything in `when` holds for a person, the training is recommended for the reason given."""

    key: str
    when: tuple[When, ...]
    competency: str
    training: Training
    reason: Texts

    @classmethod
    def from_document(cls, document: object, pointer: str) -> "Recommendation":
        fields = Fields(document, pointer=pointer)
        rule = cls(
            key=fields.text("key"),
            when=fields.each("when", When.from_document),
            competency=fields.text("competency"),
            training=fields.nested("training", Training.from_document),
            reason=fields.nested("reason", read_texts),
        )
        fields.done()
        return rule

    def to_document(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "when": [{"metric": when.metric, "is": when.condition} for when in self.when],
            "competency": self.competency,
            "training": self.training.to_document(),
            "reason": self.reason.to_document(),
        }


def recommendations_from_document(document: object, *, pointer: str = "") -> tuple[Recommendation, ...]:
    """Read `{"rules": […]}`; an empty list is allowed, a key twice is not."""
    fields = Fields(document, pointer=pointer)
    empty = isinstance(document, Mapping) and fields.has("rules") and document["rules"] in ([], ())
    rules = () if empty else fields.each("rules", Recommendation.from_document)
    fields.done()
    keys = [rule.key for rule in rules]
    refuse_all(
        [
            Violation(f"{pointer}/rules/{at}/key", "rule_duplicate", "Each rule has a key of its own.")
            for at, key in enumerate(keys)
            if key in keys[:at]
        ]
    )
    return rules


def recommended(
    rules: Sequence[Recommendation], standing: Mapping[str, frozenset[Condition]]
) -> tuple[Recommendation, ...]:
    """Give the rules that hold for what is known of each metric, in order, each training once."""
    by_training: dict[str, Recommendation] = {}
    for rule in rules:
        if all(when.holds(standing) for when in rule.when):
            by_training.setdefault(rule.training.key, rule)
    return tuple(by_training.values())


def read_texts(document: object, pointer: str) -> Texts:
    return Texts.from_document(document, pointer=pointer)
