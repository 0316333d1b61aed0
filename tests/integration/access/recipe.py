"""What the matrix has to know of a route: who may, whom its rows are about, and how to ask for one of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from tests.integration.access import chart
from tests.integration.access.oracle import Audience, Caller, OfParts, Subject, Verdict
from tests.integration.access.world.realm import World, with_query

OWN_CODE = "separation_of_duties"
_PERSONS = ("report", "deep", "fielder", "outsider")
"""For a head: a direct report, somebody deep in the subtree, somebody of a department headed formerly, an outsider."""
_DEPARTMENTS = ("sales", "cell", "field", "finance")


@dataclass(frozen=True, slots=True)
class Fill:
    """Gives a recipe's body the ids it needs."""

    world: World
    subject: Subject

    def row(self, kind: str) -> str:
        """Give the row that is about the subject."""
        return self.world.id_of(kind, self.subject)

    def ours(self, kind: str, name: str = "company") -> str:
        return self.world.ours.ids[kind][name]


@dataclass(frozen=True, slots=True)
class Listing:
    """Which rows an answer lists: ids of a kind, under `key` of each row, at `path` in the answer."""

    kind: str
    key: str = "id"
    path: str = "data"

    def names(self, pages: Sequence[Mapping[str, Any]], world: World) -> set[str]:
        """Name the listed rows as the world does; what is none of its rows keeps its id."""
        by_id = {identifier: name for name, identifier in world.ours.ids[self.kind].items()}
        rows = [row[self.key] for page in pages for row in page[self.path]]
        assert all(page.get("totalResults", len(rows)) == len(rows) for page in pages), "there is more to read"
        return {by_id.get(row, row) for row in rows}


def verdict_of(response: httpx.Response) -> Verdict | None:
    """Read a verdict off an answer; None where it is about something else."""
    if response.is_success:
        return Verdict.ADMITTED
    if response.status_code == httpx.codes.FORBIDDEN:
        return Verdict.OWN if response.json()["code"] == OWN_CODE else Verdict.FORBIDDEN
    return Verdict.HIDDEN if response.status_code == httpx.codes.NOT_FOUND else None


@dataclass(frozen=True, slots=True)
class Recipe:
    route: str
    """Method and path as the application knows them."""
    audience: Audience
    about: Literal["person", "department", "company"] = "company"
    rows: Mapping[str, str] = field(default_factory=dict)
    """The kind of row that each parameter of the path names."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Parameters of the path that name no row, such as the number of a version."""
    body: Callable[[Fill], Any] | None = None
    query: str = ""
    listing: Listing | None = None
    read: Callable[[httpx.Response], Verdict | None] = verdict_of
    names: tuple[str, ...] = ()
    """The subjects there are rows for, where not all have one."""

    @property
    def method(self) -> str:
        return self.route.partition(" ")[0]

    def subjects(self, caller: Caller) -> Iterator[Subject]:
        """Give whom to ask about: the caller's own, those around, another tenant's, and what is not there."""
        names = self._names(caller)
        for name in names:
            yield self.subject(name)
        if self.rows or self.about != "company":
            yield self.subject(names[0], place="theirs")
            yield self.subject(names[0], place="absent")

    def subject(self, name: str, *, place: Literal["ours", "theirs", "absent"] = "ours") -> Subject:
        person = name if self.about == "person" else None
        return Subject(place, person=person, department=name if self.about == "department" else None)

    def expect(self, caller: Caller, subject: Subject) -> Verdict:
        """Ask the oracle; a list is given to whoever lists at all, with the rows that are theirs to see."""
        if self.listing is None:
            return self.audience.judge(caller, subject)
        if not self.audience.ever(caller):
            return Verdict.FORBIDDEN
        return Verdict.ADMITTED if subject.place == "ours" else Verdict.HIDDEN

    def expected_names(self, caller: Caller, world: World) -> set[str]:
        """Name the rows that a list must show to a caller, no more and no fewer."""
        assert self.listing is not None
        return {name for name in world.ours.ids[self.listing.kind] if self._sees(name).reaches(caller, _named(name))}

    def _sees(self, name: str) -> Audience:
        """Give who sees a row, which may depend on its kind: what stands between the slashes of its name."""
        return self.audience.parts[name.split("/")[1]] if isinstance(self.audience, OfParts) else self.audience

    async def ask(
        self, world: World, service: str, subject: Subject, headers: Mapping[str, str], **parameters: str
    ) -> httpx.Response:
        fill = Fill(world, subject)
        named = {name: fill.row(kind) for name, kind in self.rows.items()}
        path = self.route.partition(" ")[2].format(**named, **self.fixed) + self.query
        path = with_query(path, **parameters) if parameters else path
        body = self.body(fill) if self.body is not None else None
        return await world.clients[service].request(self.method, path, json=body, headers=dict(headers))

    def _names(self, caller: Caller) -> tuple[str, ...]:
        if self.names:
            return self.names
        if self.about == "company":
            return ("company",)
        if self.about == "person":
            return _with_own(_PERSONS, caller.person)
        return _with_own(_DEPARTMENTS, chart.HOMES[caller.person] if caller.person else None)


def _with_own(names: tuple[str, ...], own: str | None) -> tuple[str, ...]:
    return names if own is None or own in names else (*names, own)


def _named(name: str) -> Subject:
    """Tell whom a row is about: what stands before the slash, where there are several about the same."""
    name = name.partition("/")[0]
    if name in chart.HOMES:
        return Subject("ours", person=name)
    return Subject("ours", department=name if name in chart.PARENTS else None)
