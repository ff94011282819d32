"""What a questionnaire is, as data classes; nothing here computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, TypedDict

from depthwork.measures.rules import Condition

Answer = int | float | str | None
"""A number, text for a free-text item, `NA`, `REFUSED`, or None for no answer."""

Answers = Mapping[str, Answer]
NA: Final = "NA"
REFUSED: Final = "REFUSED"

Basis = Literal["source", "computed", "unverified", "project_rule", "default"]
Direction = Literal["higher_worse", "higher_better"]
Level = Literal["immediate", "same_day", "next_session", "ask_in_session"]
Pack = Literal["core", "noncommercial", "scoring_only"]
LEVELS: Final[tuple[Level, ...]] = ("immediate", "same_day", "next_session", "ask_in_session")
"""Most urgent first."""


class MeasureError(ValueError):
    """A definition or a set of answers that cannot be used: what, where, the mend."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be chosen."""

    value: int
    label: str
    loinc: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One question. `text` is None where the practice supplies it."""

    id: str
    text: str | None = None
    options: tuple[Option, ...] = ()
    values: tuple[int, ...] = ()
    range: tuple[float, float] | None = None
    is_text: bool = False
    is_continuous: bool = False
    required: bool = True
    scored: bool = True
    allow_na: bool = False
    allow_refused: bool = False
    risk: str | None = None
    ask_if: Condition | None = None
    follow_up: tuple[str, ...] = ()
    stem: str | None = None
    loinc: str | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A named stretch of a score, both ends included."""

    min: float
    max: float
    label: str


@dataclass(frozen=True, slots=True)
class Cutoff:
    """A published or declared threshold, with where it comes from."""

    id: str
    op: str
    value: float
    source: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Change:
    """What counts as change on a score, each figure with its own source."""

    reliable_points: float | None = None
    reliable_level: float | None = None
    reliable_ref: str | None = None
    reliable_basis: Basis | None = None
    mcid: float | None = None
    alpha: tuple[float, ...] = ()
    retest: float | None = None
    sd: float | None = None
    alternative: Mapping[str, Any] = field(default_factory=dict)


class ChangeRule(TypedDict):
    """What `outcome.reliable_change.Yardstick` takes: the published rule of one score."""

    points: float
    higher_is_better: bool
    inclusive: bool
    cutoff: float | None
    case_at_cutoff: bool
    source: str | None


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """How one score is made from answers or from other scores."""

    id: str
    method: str
    label: str | None = None
    items: tuple[str, ...] = ()
    reflect: Mapping[str, float] = field(default_factory=dict)
    recode: Mapping[str, Mapping[float, float]] = field(default_factory=dict)
    max_missing: int = 0
    missing_basis: Basis = "default"
    round_prorated: bool = True
    multiply: float = 1
    round: int | None = None
    conversion: Mapping[int, float] = field(default_factory=dict)
    item_max: float | None = None
    threshold: float | None = None
    threshold_overrides: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    of: str | None = None
    mean: float | None = None
    sd: float | None = None
    x: str | None = None
    y: str | None = None
    range: tuple[float, float] | None = None
    direction: Direction | None = None
    bands: tuple[Band, ...] = ()
    bands_ref: str | None = None
    bands_basis: Basis | None = None
    cutoffs: tuple[Cutoff, ...] = ()
    change: Change | None = None
    internal: bool = False
    loinc: str | None = None

    def change_rule(self) -> ChangeRule | None:
        """The published rule for change on this score, with its first cut-off; None if none is published.

        A rule in whole points ("a fall of 6 or more") includes its points.
        """
        if self.change is None or self.change.reliable_points is None or self.direction is None:
            return None
        cut = self.cutoffs[0] if self.cutoffs else None
        return ChangeRule(
            points=self.change.reliable_points,
            higher_is_better=self.direction == "higher_better",
            inclusive=True,
            cutoff=cut.value if cut else None,
            case_at_cutoff=cut is None or cut.op in (">=", "<="),
            source=self.change.reliable_ref,
        )


@dataclass(frozen=True, slots=True)
class Classification:
    """A label by the first rule that holds; a rule without condition is the default.

    `shown` is False where the label is a level of risk: it is computed for the record of the
    instrument and never put on a screen.
    """

    id: str
    rules: tuple[tuple[Condition | None, str], ...]
    note: str | None = None
    shown: bool = True


@dataclass(frozen=True, slots=True)
class AlertRule:
    """When an answer needs a person, and how soon."""

    id: str
    level: Level
    when: Condition
    basis: Basis
    reason: str | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Licence:
    """Who holds the rights, and whether the item text may travel with the program."""

    status: str
    spdx: str | None
    ship_items: bool
    pack: Pack
    holder: str
    note: str | None = None
    sources: tuple[tuple[str, Basis], ...] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """Where the scoring key comes from and who checked it against the manual."""

    basis: Basis
    ref: str
    verified_by: str | None = None
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """Who wrote the definition, who reviewed it, and when it falls due."""

    authored_by: str
    reviewed_on: date | None
    review_due: date
    reviewed_by: str | None


@dataclass(frozen=True, slots=True)
class TextSource:
    """Where item text that did not travel with the program came from."""

    confirmed_by: str
    on: date | None
    licence: str | None
    language: str = "en"


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A questionnaire: items, scores, alerts, licence, review.

    `hash` covers what a client is asked and how it is scored, so a score says for ever which
    wording and which key it was made with. It does not cover licence notes or review dates.
    """

    id: str
    version: int
    name: str
    title: str
    domains: tuple[str, ...]
    rater: str
    recall: str | None
    minutes: int | None
    licence: Licence
    review: Review
    key: Key
    items: tuple[Item, ...]
    scores: tuple[ScoreRule, ...]
    classifications: tuple[Classification, ...]
    alerts: tuple[AlertRule, ...]
    instructions: str | None = None
    stem: str | None = None
    notice: str | None = None
    gate: Condition | None = None
    gate_items: tuple[str, ...] = ()
    gate_value: int = 0
    skip_rules: tuple[tuple[Condition, Mapping[str, int]], ...] = ()
    caution: str | None = None
    norms: Mapping[str, Any] = field(default_factory=dict)
    fhir: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)
    examples: tuple[Mapping[str, Any], ...] = ()
    text_source: TextSource | None = None
    hash: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def has_text(self) -> bool:
        """Whether every question can be put to a client."""
        return all(item.text for item in self.items)

    @property
    def is_verified(self) -> bool:
        """Whether the scoring key was read in its source; otherwise it is shown as unverified."""
        return self.key.basis != "unverified"

    @property
    def risk_items(self) -> tuple[Item, ...]:
        """Questions whose answer may need a person soon."""
        return tuple(item for item in self.items if item.risk)

    def item(self, id: str) -> Item:
        """The item with this id; KeyError if there is none."""
        for item in self.items:
            if item.id == id:
                return item
        raise KeyError(id)

    def score_rule(self, id: str) -> ScoreRule:
        """The score with this id; KeyError if there is none."""
        for rule in self.scores:
            if rule.id == id:
                return rule
        raise KeyError(id)

    @property
    def main_score(self) -> ScoreRule | None:
        """The score that stands for the measure on a chart: the first with a direction, else the first."""
        shown = [rule for rule in self.scores if not rule.internal]
        return next((rule for rule in shown if rule.direction), shown[0] if shown else None)


@dataclass(frozen=True, slots=True)
class Score:
    """One result. `value` is None with the reason in `withheld`, never 0 for a missing answer."""

    id: str
    value: float | None
    band: str | None
    answered: int
    missing: int
    withheld: str | None = None
    is_lower_bound: bool = False
    is_internal: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """The result of a classification; `incomplete` when answers that it needs are missing."""

    id: str
    label: str | None
    shown: bool = True
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """An answer, or a missing one, that a person should see; `level` says how soon, not how grave."""

    id: str
    level: Level
    item: str | None
    reason: str | None = None
    action: str | None = None
    basis: Basis = "project_rule"


@dataclass(frozen=True, slots=True)
class Result:
    """Everything one set of answers says, with the version and content hash of the definition."""

    measure: str
    version: int
    definition_hash: str
    scores: Mapping[str, Score]
    labels: Mapping[str, Label]
    alerts: tuple[Alert, ...]
    withheld: str | None
    key_basis: Basis
    unanswered: tuple[str, ...] = ()

    @property
    def most_urgent(self) -> Level | None:
        """The most urgent level among the alerts, or None."""
        return min((alert.level for alert in self.alerts), key=LEVELS.index, default=None)
