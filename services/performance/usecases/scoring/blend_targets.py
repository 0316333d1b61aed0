"""Targets that changed within the cycle, blended for each person by the days on which each value held."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.performance.domain.schemes.assignment import Version
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.blending import Blend, blended
from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.domain.scoring.scoree import Line, Scoree
from services.performance.domain.scoring.timeline import WHOLE, Timeline
from shared.core.periods import Period


def blend_targets(
    person: Scoree, card: Scorecard, timeline: Timeline, schemes: Mapping[Version, Scheme], absences: Sequence[Period]
) -> Scoree:
    """Give the person with such targets blended; what a frozen card was asked for stands."""
    frozen = card.status != "provisional"
    return replace(person, blends=_as_frozen(card) if frozen else blends_of(person, timeline, schemes, absences))


def blends_of(
    person: Scoree, timeline: Timeline, schemes: Mapping[Version, Scheme], absences: Sequence[Period]
) -> Mapping[Line, Blend]:
    """Blend each target that changed; what counts above people knows no leave."""
    blends: dict[Line, Blend] = {}
    for line, metric, stretch, asked in person.dated(schemes):
        within = list(dict.fromkeys(each.period for each in person.stretches if each.period.overlap(stretch.period)))
        count = timeline.eligible(absences) if metric.level == "employee" else timeline.workdays_in
        blends[line] = blended(metric, asked, stretch, days=within, count=count, prorating=person.prorating)
    return blends


def _as_frozen(card: Scorecard) -> dict[Line, Blend]:
    lines = [(line.segment, line) for line in card.result.items] + [(None, line) for line in card.result.overall]
    return {
        (segment, line.metric): Blend(line.target, line.scale or WHOLE)
        for segment, line in lines
        if line.target is not None
    }
