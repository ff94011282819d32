"""Points for a conversation about treatment choice, from facts a clinician confirmed and dated rules. No verdict.

A pure function: facts and readings in, considerations out. It knows nothing about who the client is beyond them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from depthwork.evidence.published import anchor
from depthwork.practice.policy.confirming import Matter
from depthwork.practice.policy.dated import Review, read_yaml, review_of

DATA = Path(__file__).parent / "data"
CONFIRMED, DENIED, UNKNOWN = "confirmed", "denied", "unknown"
LEFT_OPEN = "left_open"  # a reading that was asked and not answered
LISTS = ("must_do_first", "considerations_for", "considerations_caution", "ask_next", "options_to_discuss")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a point stands on."""

    id: str
    source: str
    year: int
    mark: str
    claim: str
    figures: tuple[str, ...] = ()  # published figures that quote it

    @property
    def address(self) -> str:
        """Its line on the evidence page: that of its figure, else its own among the sources there."""
        return anchor(self.figures[0]) if self.figures else f"/evidence/#source-{self.id}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One point: its words, what made it appear, and what it stands on."""

    rule_id: str
    text: str
    because: tuple[str, ...] = ()
    evidence_refs: tuple[str, ...] = ()
    mark: str = "project_rule"
    rule_version: int = 1
    rule_reviewed_on: date | None = None
    name: str = ""
    speaks_for: str = ""
    speaks_against: str = ""
    figures: tuple[str, ...] = ()  # what trials found for its problem

    @property
    def key(self) -> str:
        """What an acknowledgement is given to: the rule and what made it fire. New grounds ask again."""
        return ":".join((self.rule_id, *sorted(self.because)))


@dataclass(frozen=True, slots=True)
class Considerations:
    """The seven lists. While something must be done first, nothing else is in them."""

    must_do_first: tuple[Entry, ...] = ()
    considerations_for: tuple[Entry, ...] = ()
    considerations_caution: tuple[Entry, ...] = ()
    ask_next: tuple[Entry, ...] = ()
    options_to_discuss: tuple[Entry, ...] = ()
    evidence_refs: tuple[Reference, ...] = ()
    missing_information: tuple[Entry, ...] = ()
    waits_for: tuple[Entry, ...] = field(default=())  # of must_do_first, what nobody has acknowledged yet


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a clinician may confirm, deny or leave unknown."""

    id: str
    words: str
    group: str
    always: bool
    ask: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure of a questionnaire that a rule looks at."""

    id: str
    measure: str
    words: str
    low: int
    high: int
    risk: bool


@cache
def _facts_file() -> Any:
    return read_yaml(DATA / "facts.yaml")


@cache
def _rules_file() -> Any:
    return read_yaml(DATA / "rules.yaml")


@cache
def facts() -> tuple[Fact, ...]:
    """Every fact, in the order of the page."""
    return tuple(
        Fact(
            one["id"],
            lazy(one["words"]),
            lazy(group["name"]),
            one.get("always", False),
            lazy(one["ask"]) if one.get("ask") else "",
        )
        for group in _facts_file()["groups"]
        for one in group["facts"]
    )


@cache
def readings() -> tuple[Reading, ...]:
    """Every figure the rules look at."""
    return tuple(
        Reading(
            one["id"], one["measure"], lazy(one["words"]), one["low"], one["high"], one.get("risk", False)
        )
        for one in _facts_file()["readings"]
    )


@cache
def references() -> dict[str, Reference]:
    """What the rules stand on, by id."""
    raw = _rules_file()["references"]
    return {
        id: Reference(
            id, one["source"], one["year"], one["mark"], one["claim"], tuple(one.get("figures") or ())
        )
        for id, one in raw.items()
    }


def rules() -> list[dict[str, Any]]:
    """The rules as the data file has them."""
    found: list[dict[str, Any]] = _rules_file()["rules"]
    return found


def from_kept(raw: Mapping[str, Any]) -> Considerations:
    """The lists as they stood at a decision (`actions.consultation.as_kept`), whatever the rules say today."""

    def entry(one: Mapping[str, Any]) -> Entry:
        day = one.get("rule_reviewed_on")
        return Entry(
            **{
                **one,
                "because": tuple(one.get("because") or ()),
                "evidence_refs": tuple(one.get("evidence_refs") or ()),
                "figures": tuple(one.get("figures") or ()),
                "rule_reviewed_on": date.fromisoformat(day) if day else None,
            }
        )

    lists: dict[str, Any] = {
        name: tuple(entry(one) for one in raw.get(name) or ()) for name in (*LISTS, "missing_information")
    }
    return Considerations(
        **lists,
        evidence_refs=tuple(
            Reference(**{**one, "figures": tuple(one.get("figures") or ())})
            for one in raw.get("evidence_refs") or ()
        ),
    )


def standing_on(id: str) -> tuple[str, ...]:
    """Rules that name a reference, in their order."""
    return tuple(
        rule["id"]
        for rule in rules()
        if id in rule["refs"] or any(id in gift.get("refs", ()) for gift in rule["gives"])
    )


def review() -> Review:
    """When the rules were last looked at, and when they are due."""
    return review_of(_rules_file()["review"], "rules.yaml")


def matter() -> Matter:
    """The rules as a thing for someone of the practice to look up."""
    return Matter(
        "considerations",
        _("Rules and sources of the considerations"),
        _("each source beside its point"),
        str(_rules_file()["version"]),
        review().review_due,
    )


def consider(
    *,
    facts: Mapping[str, str],
    readings: Mapping[str, int | str] | None = None,
    country: str = "",
    acknowledged: frozenset[str] | set[str] = frozenset(),
) -> Considerations:
    """Fire every rule and sort what it gives.

    Parameters
    ----------
    facts
        Fact id to confirmed, denied or unknown. What is not named is unknown.
    readings
        Reading id to its figure, or to `LEFT_OPEN` when it was asked and not answered. What is not named was not asked.
    country
        Two letters, for the one rule that speaks of a country.
    acknowledged
        Keys (`Entry.key`) of points of `must_do_first` that a person has acknowledged.

    Returns
    -------
    Considerations
        Unranked: options stand in the order of their names. While `waits_for` is not empty all other lists are.

    Notes
    -----
    1. Only a confirmed fact or a figure fires a rule; unknown is never read as absent, denied never as safe.
    2. No rule cancels another.
    """
    values = dict(readings or {})
    lists: dict[str, list[Entry]] = {name: [] for name in LISTS}
    used: dict[str, None] = {}
    raw = _rules_file()
    for rule in raw["rules"]:
        because = _fires(rule["when"], facts, values, country)
        if not because:
            continue
        for gift in rule["gives"]:
            if "only_if" in gift and not _fires(gift["only_if"], facts, values, country):
                continue
            entry = _entry(rule, gift, because)
            lists[gift["into"]].append(entry)
            used.update(dict.fromkeys(entry.evidence_refs))
    first = tuple(lists["must_do_first"])
    waits = tuple(entry for entry in first if entry.key not in acknowledged)
    if waits:
        return Considerations(must_do_first=first, waits_for=waits)
    for one in raw["standing"]:
        lists["options_to_discuss"].append(
            Entry(
                one["id"],
                _(one["name"]),
                name=_(one["name"]),
                speaks_for=_(one["for"]),
                speaks_against=_(one["against"]),
                rule_version=raw["version"],
                rule_reviewed_on=review().reviewed_on,
            )
        )
    missing, ask = _missing(facts, values)
    return Considerations(
        must_do_first=first,
        considerations_for=tuple(lists["considerations_for"]),
        considerations_caution=tuple(lists["considerations_caution"]),
        ask_next=(*lists["ask_next"], *ask),
        options_to_discuss=tuple(sorted(lists["options_to_discuss"], key=lambda e: e.name.casefold())),
        evidence_refs=tuple(replace(references()[id], claim=_(references()[id].claim)) for id in used),
        missing_information=missing,
    )


def _entry(rule: dict[str, Any], gift: dict[str, Any], because: tuple[str, ...]) -> Entry:
    return Entry(
        rule_id=rule["id"],
        text=_(gift.get("text") or gift["name"]),
        because=because,
        evidence_refs=tuple(gift.get("refs") or rule["refs"]),
        mark=rule["mark"],
        rule_version=rule.get("version", _rules_file()["version"]),
        rule_reviewed_on=review().reviewed_on,
        name=_said(gift, "name"),
        speaks_for=_said(gift, "for"),
        speaks_against=_said(gift, "against"),
        figures=tuple(rule.get("figures") or ()),
    )


def _said(gift: dict[str, Any], name: str) -> str:
    """A text of the data file in the reader's language; a missing one stays empty."""
    return _(gift[name]) if gift.get(name) else ""


def _fires(
    when: dict[str, Any], facts: Mapping[str, str], values: Mapping[str, int | str], country: str
) -> tuple[str, ...]:
    """What made a condition true; empty when it is not."""
    if "any" in when:
        found = [_fires(one, facts, values, country) for one in when["any"]]
        return tuple(dict.fromkeys(id for part in found for id in part))
    if "all" in when:
        found = [_fires(one, facts, values, country) for one in when["all"]]
        return tuple(dict.fromkeys(id for part in found for id in part)) if all(found) else ()
    if "fact" in when:
        return (when["fact"],) if facts.get(when["fact"]) == CONFIRMED else ()
    if "country" in when:
        return ("country",) if country.upper() == when["country"] else ()
    value = values.get(when["reading"])
    if not isinstance(value, int):
        return ()
    is_met = value >= when["at_least"] if "at_least" in when else value < when["below"]
    return (when["reading"],) if is_met else ()


def _missing(
    known: Mapping[str, str], values: Mapping[str, int | str]
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """What is not known, and of that what to ask next."""
    missing, ask = [], []
    for fact in facts():
        if fact.always and known.get(fact.id, UNKNOWN) == UNKNOWN:
            missing.append(
                Entry(
                    fact.id,
                    _("Not known: %(words)s.") % {"words": fact.words[:1].lower() + fact.words[1:]},
                    (fact.id,),
                )
            )
            ask.append(Entry(fact.id, f"{fact.ask}.", (fact.id,)))
    for one in readings():
        if values.get(one.id) == LEFT_OPEN:
            kind = _("risk question left open; ask it yourself") if one.risk else _("left open")
            missing.append(Entry(one.id, f"{one.words}: {kind}.", (one.id,)))
    if known.get("depression") == CONFIRMED and not isinstance(values.get("phq9_total"), int):
        missing.append(
            Entry("phq9_total", _("How severe the depression is: no PHQ-9 sum is known."), ("phq9_total",))
        )
    return tuple(missing), tuple(ask)
