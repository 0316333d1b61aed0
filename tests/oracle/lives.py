"""What is asked of somebody over a cycle, walked day by day from the definitions: stretches, leave, part-time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

from tests.oracle.rules import half_up

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Spell:
    """An employment; `scheme` names what scores there, None: nothing."""

    scheme: str | None
    fte: Fraction
    first: date
    until: date


@dataclass(frozen=True)
class Away:
    kind: str
    first: date
    until: date


@dataclass(frozen=True)
class Wanted:
    """A target for the whole cycle, of anybody at full time or of this very person, or one for some full-time days."""

    value: Fraction
    own: bool = False
    days: Fraction | None = None
    earlier: tuple[tuple[date, "Wanted"], ...] = ()
    """What was wanted before each of these days."""

    def on(self, day: date) -> "Wanted":
        return next((wanted for until, wanted in self.earlier if day < until), self)


@dataclass(frozen=True)
class Life:
    spells: Sequence[Spell]
    away: Sequence[Away]
    targets: Mapping[str, Wanted]
    inapplicable: frozenset[str] = frozenset()
    """Keys of items that do not apply to the person."""


@dataclass(frozen=True)
class Company:
    """The cycle, the days that are worked, what it says about leave and part-time, and schemes that change in it."""

    first: date
    until: date
    holidays: frozenset[date]
    extra: frozenset[date]
    kinds: frozenset[str]
    least: int
    prorates_fte: bool
    allocates: bool
    """Whether a day belongs to all of several positions, by FTE, or to the principal one."""
    counted: Mapping[str, frozenset[str]]
    """The metrics of a scheme's items, by its name."""
    replaced: Mapping[str, tuple[date, str]]
    """By the name of a scheme, the day from which another one scores instead."""

    def scheme_on(self, day: date, name: str | None) -> str | None:
        since, other = self.replaced.get(name or "", (self.until, name))
        return other if day >= since else name

    def works(self, day: date) -> bool:
        return day in self.extra or (day.weekday() < 5 and day not in self.holidays)

    @property
    def workdays(self) -> int:
        return sum(map(self.works, _days(self.first, self.until)))


@dataclass
class Run:
    """Days in a row under the same schemes, each with its part of them, or of one of those."""

    parts: tuple[tuple[str | None, Fraction], ...]
    days: list[date]

    @property
    def scheme(self) -> str:
        ((name, _),) = self.parts
        return name or ""

    @property
    def part(self) -> Fraction:
        return self.parts[0][1]

    @property
    def until(self) -> date:
        return self.days[-1] + _DAY


@dataclass(frozen=True)
class Share:
    """What is asked in some days: `proration` of a whole cycle, of which `target` is the one at full time."""

    proration: Fraction
    share: Fraction
    target: Fraction | None


class Lived:
    """One life in one company's cycle."""

    def __init__(self, company: Company, life: Life) -> None:
        self._company = company
        self._life = life
        self._off = self._workdays_of_leave()
        self.runs = [Run((part,), run.days) for run in self._joined() for part in run.parts if part[0] is not None]

    def eligible(self, runs: Iterable[Run]) -> int:
        """Count days on which the person works; those in several positions count once."""
        return len({day for run in runs for day in run.days if self._counts(day)})

    def asked(
        self,
        runs: Sequence[Run],
        metric: str,
        *,
        among: Sequence[Run],
        bearing: Sequence[Run],
        above: bool,
        cumulative: bool,
    ) -> Share:
        """Say what is asked of a metric in some of the runs `among` which shares are taken; `above`: of the company.

        An event costs points in those `bearing` it, which are some of the same days.
        """
        wanted, whole = self._life.targets.get(metric), self._company.workdays
        if above:
            worked = len({day for run in runs for day in run.days if self._company.works(day)})
            own, all_own = (self._own(each, self._company.works) for each in (bearing, among))
            days = sorted({day for run in runs for day in run.days if self._company.works(day)})
            target = None if wanted is None else _blended(wanted, days, lambda _: Fraction(1))
            return Share(_part(worked, whole), _part(own, all_own), target)
        mine = self.eligible(runs)
        proration, share = _part(mine, whole), _part(self._own(bearing, self._counts), self._own(among, self._counts))
        given = self._given(runs, metric)
        reduced = _part(given, whole) if self._company.prorates_fte and cumulative and mine else proration

        def times(one: Wanted) -> Fraction:
            """Say what makes a target one of a whole cycle at full time."""
            if not cumulative or not mine:
                return Fraction(1)
            if one.days is not None:
                return given / one.days / reduced
            return proration / reduced if one.own else Fraction(1)

        days = sorted({day for run in runs for day in run.days if self._counts(day)})
        return Share(reduced, share, None if wanted is None else _blended(wanted, days, times))

    def _own(self, runs: Iterable[Run], counts: Callable[[date], bool]) -> Fraction:
        """Add up the days that are the runs' own."""
        return sum((run.part * sum(map(counts, run.days)) for run in runs), Fraction(0))

    def _given(self, runs: Sequence[Run], metric: str) -> Fraction:
        """Add up the full-time days that are worked under the runs' schemes, at most one a day in all positions.

        Of a run alone, where a day belongs to several positions, all that count the metric give their part.
        """
        company = self._company
        schemes: dict[date, set[str | None]] = {}
        for run in runs:
            for day in filter(self._counts, run.days):
                schemes.setdefault(day, set()).add(run.scheme)
                if company.allocates and len(runs) == 1:
                    schemes[day] |= {name for name, counted in company.counted.items() if metric in counted}
        return sum((self._given_on(day, frozenset(names)) for day, names in schemes.items()), Fraction(0))

    @cache  # noqa: B019 -- a life is looked at and forgotten
    def _given_on(self, day: date, schemes: frozenset[str | None]) -> Fraction:
        held = self._held(day)
        parts = [each.fte for each in held if self._company.scheme_on(day, each.scheme) in schemes]
        together = sum((each.fte for each in held), Fraction(0))
        return sum(parts, Fraction(0)) / max(together, Fraction(1))

    def _counts(self, day: date) -> bool:
        return self._company.works(day) and day not in self._off

    def _held(self, day: date) -> list[Spell]:
        return [spell for spell in self._life.spells if spell.first <= day < spell.until]

    def _workdays_of_leave(self) -> set[date]:
        """Find the workdays of leave that counts, where enough of them follow each other."""
        company = self._company
        leaves = [leave for leave in self._life.away if leave.kind in company.kinds]
        away = {day for leave in leaves for day in _days(leave.first, leave.until)}
        off: set[date] = set()
        row: list[date] = []
        days = _days(min(away), max(away) + _DAY) if away else []
        for day in filter(company.works, days):
            row = [*row, day] if day in away else []
            off |= set(row) if len(row) >= company.least else set()
        return off

    def _joined(self) -> list[Run]:
        """Let days without an eligible workday go to the run before them, or to the one after."""
        joined: list[Run] = []
        for run in self._runs():
            before = joined[-1] if joined and joined[-1].until == run.days[0] else None
            if before is None:
                joined.append(run)
            elif run.parts == before.parts or not self.eligible([run]):
                before.days += run.days
            elif not self.eligible([before]):
                joined[-1] = Run(run.parts, before.days + run.days)
            else:
                joined.append(run)
        return joined

    def _runs(self) -> list[Run]:
        """Follow the schemes day by day; days between employments on which nobody works end nothing."""
        runs: list[Run] = []
        for day in filter(self._held, _days(self._company.first, self._company.until)):
            parts = self._parts_on(day)
            before = runs[-1] if runs else None
            if before is not None and not any(map(self._counts, between := _days(before.until, day))):
                before.days += between
                if before.parts == parts:
                    before.days.append(day)
                    continue
            runs.append(Run(parts, [day]))
        return runs

    def _parts_on(self, day: date) -> tuple[tuple[str | None, Fraction], ...]:
        """Name what scores on a day, the principal employment's last: that is the largest, then the oldest."""
        order = sorted(self._held(day), key=lambda spell: (-spell.fte, spell.first, self._life.spells.index(spell)))
        given: dict[str | None, Fraction] = {}
        for spell in order if self._company.allocates else order[:1]:
            scheme = self._company.scheme_on(day, spell.scheme)
            given[scheme] = given.get(scheme, Fraction(0)) + spell.fte
        scored = {name: fte for name, fte in given.items() if name is not None or set(given) == {None}}
        whole = sum(scored.values(), Fraction(0))
        return tuple((name, fte / whole) for name, fte in reversed(scored.items()))


def _blended(wanted: Wanted, days: Sequence[date], times: Callable[[Wanted], Fraction]) -> Fraction:
    """Average over the days what was wanted on each; a mean has ten places."""
    held = [wanted.on(day) for day in days] or [wanted]
    factors = [times(one) for one in held]
    if len(set(factors)) == 1:
        return half_up(sum((one.value for one in held), Fraction(0)) / len(held), 10) * factors[0]
    values = (one.value * factor for one, factor in zip(held, factors, strict=True))
    return half_up(sum(values, Fraction(0)) / len(held), 10)


def _part(part: Fraction | int, whole: Fraction | int) -> Fraction:
    return Fraction(part) / whole if part and whole else Fraction(1)


def _days(first: date, until: date) -> list[date]:
    return [first + at * _DAY for at in range((until - first).days)]
