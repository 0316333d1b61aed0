"""Holds everything from employments, leave and targets to totals to the oracle, life after random life."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random
from uuid import UUID

from services.performance.domain.goals.target import Held, MeantFor
from services.performance.domain.leave import Leave, LeavePolicy
from services.performance.domain.organisation import Department, DepartmentTree, Employment, PositionsPolicy
from services.performance.domain.schemes.assignment import Assignment, FormerVersion, Version
from services.performance.domain.schemes.metric import Metric
from services.performance.domain.schemes.rulebook import Rulebook
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.actuals import Actual
from services.performance.domain.scoring.people import score_people
from services.performance.domain.scoring.proration import Asked, Prorating
from services.performance.domain.scoring.scorecard import Result, ScoredItem
from services.performance.domain.scoring.scoree import Question, Scoree
from services.performance.domain.scoring.states import ItemState
from services.performance.domain.scoring.timeline import Timeline
from services.performance.usecases.scoring.blend_targets import blends_of
from shared.core.periods import Period, WorkCalendar
from tests.oracle.cards import Line, Oracle, Stretch, Verdict
from tests.oracle.cases import METRICS, Cases
from tests.oracle.comparison import fraction
from tests.oracle.items import Data
from tests.oracle.lives import Away, Company, Life, Lived, Run, Spell, Wanted
from tests.oracle.rules import Document

LIVES_A_BATCH = 25
_COMPANY, _PERSON, _POSITION = (UUID(int=number) for number in (1, 2, 3))
_DEPARTMENTS: Mapping[str | None, UUID] = {"a": UUID(int=11), "b": UUID(int=12), None: UUID(int=13)}
_SCHEMES: Mapping[str, Version] = {"a": (UUID(int=21), 1), "b": (UUID(int=22), 1), "newer a": (UUID(int=21), 2)}
_CYCLES = (
    (date(2026, 1, 1), date(2026, 7, 1)),
    (date(2028, 2, 1), date(2028, 3, 1)),
    (date(2027, 10, 1), date(2028, 4, 1)),
)
_FTE = tuple(map(Fraction, ("1", "1", "1", "0.5", "0.6", "0.8", "0.25")))


def beside_of(scheme: Document) -> tuple[Document, ...]:
    """List what acts on the whole card."""
    return (*scheme.get("bonuses", ()), *scheme.get("penalties", ()), *scheme.get("vetoes", ()))


class Lives:
    """Draws companies and lives; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self._random = Random(f"life {seed}")  # noqa: S311 -- reproducible, not secret
        self._cases = Cases(seed)
        self.above = frozenset(key for key in METRICS if self._random.random() < 0.1)
        self.schemes = {name: self._cases.scheme() for name in _SCHEMES}
        if self._random.random() < 0.3:  # so that positions count the same
            self.schemes["b"] = self.schemes["a"]

    def company(self) -> Company:
        first, until = self._random.choice(_CYCLES)
        days = [first + timedelta(days=at) for at in range((until - first).days)]
        return Company(
            first=first,
            until=until,
            holidays=frozenset(self._random.sample(days, 4)),
            extra=frozenset(self._random.sample(days, 2)),
            kinds=frozenset({"sick", "parental"}),
            least=self._random.choice([1, 3, 10]),
            prorates_fte=self._random.random() < 0.5,
            allocates=self._random.random() < 0.7,
            counted={
                name: frozenset(item["metric"] for item in scheme["items"]) for name, scheme in self.schemes.items()
            },
            replaced={"a": (self._random.choice(days[1:]), "newer a")} if self._random.random() < 0.4 else {},
        )

    def life(self, company: Company) -> Life:
        spells = self._spells(company)
        away = [self._away(company) for _ in range(self._random.choice([0, 0, 1, 2, 4]))]
        items = [item for scheme in self.schemes.values() for item in (*scheme["items"], *beside_of(scheme))]
        named = sorted({item["metric"] for item in items})
        targets = {metric: self._dated(company) for metric in named if self._random.random() < 0.9}
        keys = [f"item_{at}" for at in range(self._random.choice([0, 0, 1, 2, 3]))]
        return Life(spells, away, targets, frozenset(keys))

    def _spells(self, company: Company) -> list[Spell]:
        length = (company.until - company.first).days
        cuts = sorted(self._random.sample(range(-20, length + 20), self._random.choice([2, 2, 3, 4, 6])))
        days = [company.first + timedelta(days=cut) for cut in cuts]
        chain = [self._spell(first, until) for first, until in pairwise(days)]
        kept = [spell for spell in chain if self._random.random() < 0.85] or chain[:1]
        beside = [self._spell(days[0], days[-1])] if self._random.random() < 0.5 else []
        more = [self._spell(*days[:2])] if self._random.random() < 0.2 else []
        return [*kept, *beside, *more]

    def _spell(self, first: date, until: date) -> Spell:
        return Spell(self._random.choice(["a", "a", "b", None]), self._random.choice(_FTE), first, until)

    def _away(self, company: Company) -> Away:
        first = company.first + timedelta(days=self._random.randint(-30, (company.until - company.first).days))
        kind = self._random.choice(["sick", "parental", "annual"])
        return Away(kind, first, first + timedelta(days=self._random.choice([1, 3, 4, 14, 15, 60])))

    def _dated(self, company: Company) -> Wanted:
        """Draw a target that changed up to twice within the cycle, and often did not."""
        changes = self._random.choice([0, 0, 1, 2, 3])
        length = (company.until - company.first).days
        days = sorted(company.first + timedelta(days=at) for at in self._random.sample(range(1, length), changes))
        return replace(self._wanted(), earlier=tuple((day, self._wanted()) for day in days))

    def _wanted(self) -> Wanted:
        value = Fraction(self._random.randint(1, 10**9), 100)
        days = Fraction(self._random.randint(1, 1300), 10)
        return self._random.choice([Wanted(value), Wanted(value, own=True), Wanted(value, days=days)])


class Observed:
    """What came in of one life, the same for whoever asks."""

    def __init__(self, seed: str, company: Company, life: Life) -> None:
        self._seed = seed
        self._days = (company.until - company.first).days
        self._targets = life.targets

    def of(self, metric: str, first: date, until: date) -> Fraction | None:
        """Give a number near what may be asked in these days, or none."""
        drawn = Random(f"{self._seed} {metric} {first} {until}")  # noqa: S311 -- reproducible, not secret
        if drawn.random() < 0.06:
            return None
        if METRICS[metric]["aggregation"] == "rating":
            return Fraction(drawn.randint(0, 1000), 100)
        target = self._targets.get(metric)
        if drawn.random() < 0.3:  # as many as there are events
            return Fraction(drawn.randint(0, 12))
        near = Fraction(100) if target is None else target.value
        return Fraction(round(near * drawn.randint(0, 200) * (until - first).days / self._days), 100)


def compare_lives(seed: int) -> int:
    """Score a batch of lives by both, and give how many; raises AssertionError where they differ."""
    lives = Lives(seed)
    for at in range(LIVES_A_BATCH):
        company = lives.company()
        life = lives.life(company)
        observed = Observed(f"{seed} {at}", company, life)
        found, expected = _by_engine(lives, company, life, observed), _by_oracle(lives, company, life, observed)
        assert found == expected, f"seed {seed}, life {at}"
    return LIVES_A_BATCH


def _by_oracle(lives: Lives, company: Company, life: Life, observed: Observed) -> Verdict:
    lived = Lived(company, life)
    if not lived.runs:
        return Verdict("ungraded", None, None, None)
    items = {run.scheme: lives.schemes[run.scheme]["items"] for run in lived.runs}
    among = [run for run in lived.runs if any(item["key"] not in life.inapplicable for item in items[run.scheme])]
    card = []
    for run in lived.runs:
        data = {}
        for item in items[run.scheme]:
            bearing = [each for each in lived.runs if each is run or _both_deduct(item, run, each, items, life)]
            data[item["key"]] = _data(lives, lived, [run], item["metric"], observed, among=among, bearing=bearing)
        data |= {key: Data("not_applicable") for key in data if key in life.inapplicable}
        card.append(Stretch(lives.schemes[run.scheme], data, lived.eligible([run]), run.part))
    closing = card[-1].scheme
    whole = {item["key"]: _data(lives, lived, lived.runs, item["metric"], observed) for item in beside_of(closing)}
    return Oracle(METRICS, final=True).verdict(card, whole, closing=closing)


def _both_deduct(item: Document, run: Run, other: Run, items: Mapping[str, Sequence[Document]], life: Life) -> bool:
    """Tell whether an event that costs points in a run costs some in another position at the same time."""
    counting = [each for each in items[other.scheme] if each["key"] not in life.inapplicable]
    alike = any((each["metric"], each["rule"]["kind"]) == (item["metric"], "deduction") for each in counting)
    return item["rule"]["kind"] == "deduction" and run.days == other.days and alike


def _data(
    lives: Lives, lived: Lived, runs: Sequence[Run], metric: str, observed: Observed, **beside: Sequence[Run]
) -> Data:
    cumulative, above = METRICS[metric]["aggregation"] == "sum", metric in lives.above
    parts = {"among": runs, "bearing": runs, **beside}
    asked = lived.asked(runs, metric, **parts, above=above, cumulative=cumulative)
    actual = observed.of(metric, runs[0].days[0], runs[-1].until)
    if actual is None:
        return Data("missing", Fraction(0), asked.target, None, asked.proration, asked.share)
    return Data("value", actual, asked.target, None, asked.proration, asked.share)


def _by_engine(lives: Lives, company: Company, life: Life, observed: Observed) -> Verdict:
    schemes = _read(lives)
    calendar = WorkCalendar.of(holidays=company.holidays, workdays=company.extra)
    timeline, employments = _timeline(company, schemes, calendar), _employments(life)
    leaves = [Leave(away.kind, Period(away.first, away.until)) for away in life.away]
    absences = LeavePolicy(tuple(company.kinds), company.least).absences(leaves, calendar)
    stretches = timeline.of(employments, absences)
    person = Scoree(
        employee_id=_PERSON,
        company_id=_COMPANY,
        place=timeline.place_of(employments[-1]),
        stretches=stretches,
        weights=tuple({} for _ in stretches),
        targets=_targets(lives, life),
        prorating=Prorating(timeline.workdays, "prorate" if company.prorates_fte else "ignore"),
        inapplicable=life.inapplicable,
    )
    person = replace(person, blends=blends_of(person, timeline, schemes, absences))
    answers = {question: _answer(question, observed) for _, question in person.questions(schemes)}
    (result,) = score_people([person], answers, schemes=schemes, final=True)
    return _verdict(result)


def _read(lives: Lives) -> dict[Version, Scheme]:
    metrics = {
        key: Metric.from_document({**document, "level": "company"} if key in lives.above else document)
        for key, document in METRICS.items()
    }
    return {version: Scheme.from_document(lives.schemes[name], metrics=metrics) for name, version in _SCHEMES.items()}


def _timeline(company: Company, schemes: Mapping[Version, Scheme], calendar: WorkCalendar) -> Timeline:
    assignments = tuple(_assignment(company, name) for name in ("a", "b"))
    tree = DepartmentTree([Department(each, str(name), str(name)) for name, each in _DEPARTMENTS.items()])
    cycle = Period(company.first, company.until)
    rulebook = Rulebook(assignments, schemes, {})
    positions: PositionsPolicy = "allocate" if company.allocates else "principal"
    return Timeline(cycle, rulebook=rulebook, tree=tree, calendar=calendar, positions=positions)


def _assignment(company: Company, name: str) -> Assignment:
    scheme_id, number = _SCHEMES[name]
    if name not in company.replaced:
        return Assignment(scheme_id, number, (_DEPARTMENTS[name],))
    day, newer = company.replaced[name]
    return Assignment(*_SCHEMES[newer], (_DEPARTMENTS[name],), former=(FormerVersion(number, day),))


def _employments(life: Life) -> list[Employment]:
    return [
        Employment(
            id=UUID(int=100 + at),
            employee_id=_PERSON,
            department_id=_DEPARTMENTS[spell.scheme],
            position_id=_POSITION,
            position_name="Somebody",
            fte=_decimal(spell.fte),
            starts_on=spell.first,
            ends_on=spell.until,
        )
        for at, spell in enumerate(life.spells)
    ]


def _targets(lives: Lives, life: Life) -> dict[UUID, dict[str, Asked]]:
    found: dict[UUID, dict[str, Asked]] = {_COMPANY: {}, _PERSON: {}}
    for metric, wanted in life.targets.items():
        subject = _COMPANY if metric in lives.above else _PERSON
        earlier = tuple(Held(day, *_asked(before)) for day, before in wanted.earlier)
        found[subject][metric] = Asked(*_asked(wanted), earlier)
    return found


def _asked(wanted: Wanted) -> tuple[Decimal, MeantFor, Fraction | None]:
    meant_for: MeantFor = "workdays" if wanted.days else "person" if wanted.own else "full_time"
    return _decimal(wanted.value), meant_for, wanted.days


def _answer(question: Question, observed: Observed) -> Actual:
    number = observed.of(question.metric, question.period.starts_on, question.period.ends_on)
    if number is None:
        return Actual(ItemState.MISSING)
    return Actual(ItemState.VALUE if number else ItemState.ZERO, _decimal(number))


def _decimal(value: Fraction) -> Decimal:
    """Write what ends within 2 places."""
    return Decimal(value.numerator * 100 // value.denominator).scaleb(-2)


def _verdict(result: Result) -> Verdict:
    before = result.before_veto
    return Verdict(
        result.state,  # type: ignore[arg-type]  # one of the states
        fraction(result.total),
        result.grade,
        None if before is None else (fraction(before.total), before.grade),
        result.scored_weight,
        tuple(tuple(map(_line, result.items_of(at))) for at in range(len(result.segments))),
        tuple(map(_line, result.overall)),
    )


def _line(line: ScoredItem) -> Line:
    return Line(line.key, line.state, line.code, line.weight, fraction(line.points))
