"""Published figures as data: each with its status, caution, direction and source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any, Final, Literal

from depthwork.evidence.errors import EvidenceError
from depthwork.wording import figure as written
from depthwork.wording import gettext as _
from depthwork.wording import gettext_noop

Status = Literal["verified", "unverified", "recomputed"]
Favours = Literal["therapy", "comparator", "equivalent", "neither", "none"]
Positive = Literal["therapy", "comparator", "improvement", "other", "unstated"]

PROBLEMS: Final[Mapping[str, str]] = {
    "common": gettext_noop("Several problems together"),
    "depression": gettext_noop("Depression"),
    "anxiety": gettext_noop("Anxiety disorders"),
    "panic": gettext_noop("Panic"),
    "gad": gettext_noop("Generalized anxiety"),
    "personality": gettext_noop("Personality disorders"),
    "borderline": gettext_noop("Borderline personality disorder"),
    "somatic": gettext_noop("Somatic symptoms"),
    "young_adults": gettext_noop("Young adults"),
    "process": gettext_noop("What happens in therapy"),
    "course": gettext_noop("How therapies run"),
    "services": gettext_noop("One public service"),
}
AGAINST: Final[Mapping[str, str]] = {
    "control": gettext_noop("control conditions"),
    "usual_care": gettext_noop("usual care"),
    "other_treatment": gettext_noop("another treatment"),
    "medication": gettext_noop("medication"),
    "no_feedback": gettext_noop("no feedback"),
    "own_baseline": gettext_noop("own earlier score"),
    "none": gettext_noop("nothing"),
}
METRICS: Final[Mapping[str, str]] = {
    "hedges_g": gettext_noop("Hedges’ g"),
    "cohens_d": gettext_noop("Cohen’s d"),
    "cohens_d_pre_post": gettext_noop("d, change in one group"),
    "standardised_mean_difference": gettext_noop("standardized difference"),
    "between_group_effect_size": gettext_noop("standardized difference"),
    "median_effect_size_pre_post": gettext_noop("median effect, change in one group"),
    "regression_coefficient": gettext_noop("B, regression"),
    "odds_ratio": gettext_noop("odds ratio"),
    "percent": "%",
    "sessions": gettext_noop("sessions"),
    "service_rates": gettext_noop("d, change in one group"),
    "grade_rating": "GRADE",
    "direction_only": gettext_noop("direction only"),
    "description": "",
}
_STANDARDIZED: Final = frozenset({"hedges_g", "cohens_d", "standardised_mean_difference"})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure was published. `identifiers` says whether its DOI and reference were checked."""

    id: str
    authors: str | None
    year: int | None
    title: str | None
    journal: str | None
    doi: str | None
    pmid: str | None
    identifiers: str

    @property
    def short(self) -> str:
        """First author and year."""
        if not self.authors:
            return self.journal or self.title or self.id
        first = self.authors.split(",")[0]
        surname = first if first in ("NHS England", "Metapsy project") else first.rsplit(" ", 1)[0]
        return f"{surname} {self.year}" if self.year else f"{surname}, year not checked"

    @property
    def plainly(self) -> str:
        """As clients read it: what was not checked is no matter of theirs."""
        return self.short if self.year else self.short.rpartition(",")[0] or self.short

    @property
    def url(self) -> str | None:
        """Address of the DOI, shown as a reference; nothing here fetches it."""
        return f"https://doi.org/{self.doi}" if self.doi else None


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure. `estimate` has one number, or two: lowest and highest over outcomes or years."""

    id: str
    problem: str
    against: str
    claim: str
    caution: str
    status: Status
    favours: Favours
    positive: Positive
    comparator: str
    metric: str
    estimate: tuple[float, ...]
    rating: str | None
    interval: tuple[float, float] | None
    level: float | None
    studies: int | None
    people: int | None
    at: str | None
    source: Source
    more: Mapping[str, Any]

    @property
    def is_counter_evidence(self) -> bool:
        """Whether it stands against what a psychodynamic practice might hope."""
        return self.favours == "comparator" or "counter-evidence" in self.caution.casefold()

    @property
    def in_favour(self) -> tuple[float, float, float] | None:
        """Estimate and interval turned so that positive favours the therapy; None where that cannot be said.

        Only for standardized differences between groups with an interval that holds its estimate and is not
        thought to be misprinted.
        """
        if self.metric not in _STANDARDIZED or len(self.estimate) != 1 or self.interval is None:
            return None
        if "interval_probable" in self.more or self.problem in ("course", "process", "services"):
            return None
        value, (low, high) = self.estimate[0], self.interval
        if not low <= value <= high:
            return None
        if self.positive == "therapy":
            return value, low, high
        return (-value, -high, -low) if self.positive == "comparator" else None

    def number(self) -> str | None:
        """The figure in words, as printed by its source; None where there is no number."""
        if self.rating:
            return self.rating
        if not self.estimate:
            return None
        unit = METRICS.get(self.metric, self.metric)
        numbers = [written(value) for value in self.estimate]
        told = (
            numbers[0]
            if len(numbers) == 1
            else _("%(low)s to %(high)s") % {"low": numbers[0], "high": numbers[-1]}
        )
        told = (
            f"{told}%"
            if unit == "%"
            else f"{_(unit)} {told}"
            if unit != "sessions"
            else _("%(told)s sessions") % {"told": told}
        )
        if self.interval:
            ends = {"low": written(self.interval[0]), "high": written(self.interval[1])}
            if self.level:
                told += " " + _("(%(level)s interval %(low)s to %(high)s)") % {
                    "level": format(self.level, ".0%"),
                    **ends,
                }
            else:
                told += " " + _("(%(low)s to %(high)s)") % ends
        return told.replace("-", "−")


@lru_cache(maxsize=1)
def published() -> tuple[Figure, ...]:
    """Every figure that travels with the program, in the order of its file.

    Raises
    ------
    EvidenceError
        If the file names an unknown source, problem or direction, or an id stands twice.
    """
    return figures_of(_read("published.yaml"))


def figures_of(data: Mapping[str, Any]) -> tuple[Figure, ...]:
    """Figures from the data of a file; refuses what it does not know."""
    sources = {id: _source(id, raw) for id, raw in data["sources"].items()}
    made = tuple(_figure(raw, sources) for raw in data["figures"])
    seen: set[str] = set()
    for figure in made:
        if figure.id in seen:
            raise EvidenceError(f"published figures: {figure.id} stands twice")
        seen.add(figure.id)
    return made


def figure(id: str) -> Figure:
    """One figure by its id.

    Raises
    ------
    EvidenceError
        If there is none.
    """
    for one in published():
        if one.id == id:
            return one
    raise EvidenceError(f"there is no published figure {id!r}")


def anchor(id: str) -> str:
    """The stable address of a figure's line on the evidence page.

    Raises
    ------
    EvidenceError
        If there is no such figure.
    """
    return f"/evidence/#{figure(id).id}"


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence for clients, with the figures it rests on."""

    text: str
    figures: tuple[Figure, ...]

    @property
    def sources(self) -> tuple[Source, ...]:
        """Their sources, each once."""
        return tuple(dict.fromkeys(one.source for one in self.figures))


@dataclass(frozen=True, slots=True)
class Problem:
    """What is known for one problem, what is not, and what else there is."""

    id: str
    name: str
    known: tuple[Statement, ...]
    unknown: tuple[Statement, ...]
    others: tuple[str, ...]


@lru_cache(maxsize=1)
def for_clients() -> tuple[tuple[Problem, ...], tuple[Statement, ...]]:
    """What a client may read: problem by problem, and what holds for all."""
    data = _read("plain.yaml")
    problems = tuple(
        Problem(
            raw["id"],
            raw["name"],
            _statements(raw["known"]),
            _statements(raw["unknown"]),
            tuple(raw["others"]),
        )
        for raw in data["problems"]
    )
    return problems, _statements(data["general"])


def reviewed() -> tuple[date, date]:
    """Days on which the published figures were last read, and are due again."""
    data = _read("published.yaml")
    return data["reviewed_on"], data["review_due"]


def _statements(raw: Sequence[Mapping[str, Any]]) -> tuple[Statement, ...]:
    return tuple(Statement(one["text"], tuple(figure(id) for id in one["figures"])) for one in raw)


@lru_cache(maxsize=2)
def _read(name: str) -> Mapping[str, Any]:
    import yaml

    text = (resources.files("depthwork.evidence") / name).read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data: Mapping[str, Any] = yaml.load(text, loader)  # noqa: S506 - the safe loader, compiled where it can be
    return data


def _source(id: str, raw: Mapping[str, Any]) -> Source:
    pmid = raw.get("pmid")
    return Source(
        id,
        raw.get("authors"),
        raw.get("year"),
        raw.get("title"),
        raw.get("journal"),
        raw.get("doi"),
        str(pmid) if pmid else None,
        raw["identifiers"],
    )


_KNOWN: Final = frozenset(
    [
        "id",
        "problem",
        "against",
        "claim",
        "caution",
        "status",
        "favours",
        "positive",
        "comparator",
        "metric",
        "estimate",
        "interval",
        "level",
        "studies",
        "people",
        "at",
        "source",
    ]
)


def _figure(raw: Mapping[str, Any], sources: Mapping[str, Source]) -> Figure:
    id = raw["id"]
    for name, allowed in (
        ("problem", PROBLEMS),
        ("against", AGAINST),
        ("metric", METRICS),
        ("source", sources),
        ("status", ("verified", "unverified", "recomputed")),
        ("favours", ("therapy", "comparator", "equivalent", "neither", "none")),
        ("positive", ("therapy", "comparator", "improvement", "other", "unstated")),
    ):
        if raw[name] not in allowed:
            raise EvidenceError(f"published figures: {id}: {name} is not one that is known")
    estimate, interval = raw.get("estimate"), raw.get("interval")
    numbers = estimate if isinstance(estimate, list) else [] if estimate is None else [estimate]
    is_rated = isinstance(estimate, str)
    return Figure(
        id=id,
        problem=raw["problem"],
        against=raw["against"],
        claim=raw["claim"],
        caution=raw["caution"],
        status=raw["status"],
        favours=raw["favours"],
        positive=raw["positive"],
        comparator=raw["comparator"],
        metric=raw["metric"],
        estimate=() if is_rated else tuple(float(value) for value in numbers),
        rating=estimate if is_rated else None,
        interval=(float(interval[0]), float(interval[1])) if interval else None,
        level=raw.get("level"),
        studies=raw.get("studies"),
        people=raw.get("people"),
        at=raw.get("at"),
        source=sources[raw["source"]],
        more={key: value for key, value in raw.items() if key not in _KNOWN},
    )
