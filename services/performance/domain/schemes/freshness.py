"""How old the newest data behind a metric may be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from services.performance.domain.document import Fields
from shared.core.errors import Invalid

StalePolicy = Literal["show", "pending"]
"""Whether scores wait for a stale source, or only show that it is stale."""
_POLICIES: tuple[StalePolicy, ...] = ("show", "pending")
_MOST = 366


@dataclass(frozen=True, slots=True)
class Freshness:
    max_age_workdays: int
    policy: StalePolicy = "show"
    sources: Mapping[str, int] = field(default_factory=dict)
    """What is expected of sources of which something else is, by their keys."""

    def max_age_of(self, source: str) -> int:
        """In workdays."""
        return self.sources.get(source, self.max_age_workdays)

    @classmethod
    def from_document(cls, document: object, pointer: str) -> "Freshness":
        fields = Fields(document, pointer=pointer)
        freshness = cls(
            fields.integer("max_age_workdays", low=0, high=_MOST),
            fields.choice("policy", _POLICIES, default="show"),
            fields.nested("sources", _read_sources) if fields.has("sources") else {},
        )
        fields.done()
        return freshness

    def to_document(self) -> dict[str, Any]:
        own = {"sources": dict(self.sources)} if self.sources else {}
        return {"max_age_workdays": self.max_age_workdays, "policy": self.policy, **own}


def _read_sources(document: object, pointer: str) -> dict[str, int]:
    if not isinstance(document, Mapping):
        raise Invalid.at(pointer, "object_expected", "An object stands here.")
    fields = Fields(document, pointer=pointer)
    ages = {str(source): fields.integer(str(source), low=0, high=_MOST) for source in document}
    fields.done()
    return ages
