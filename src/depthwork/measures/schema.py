"""From the data of a definition file to a `Definition`, refusing whatever does not hold together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from depthwork.measures.model import (
    LEVELS,
    AlertRule,
    Band,
    Change,
    Classification,
    Cutoff,
    Definition,
    Item,
    Key,
    Licence,
    MeasureError,
    Option,
    Review,
    ScoreRule,
)
from depthwork.measures.reading import At
from depthwork.measures.rules import Condition, references

SCHEMA = "depthwork.measure/1"
METHODS = ("sum", "mean", "max", "percent_of_max", "count", "combine", "zscore", "angle", "length")
DIRECTIONS = ("higher_worse", "higher_better")
PACKS = ("core", "noncommercial", "scoring_only")
RATERS = ("client", "therapist", "clinician_administered", "client_or_therapist", "client_or_interview")
STATUSES = ("public_domain", "cc", "own", "free_noncommercial", "permission", "proprietary")
COUNTED: tuple[str, ...] = (
    *("instructions", "stem", "notice", "options", "response_range", "continuous", "items", "gate"),
    *("gate_items", "gate_value", "skip_rules", "scores", "classifications", "alerts"),
)


def definition(raw: object, place: str) -> Definition:
    """Read one definition.

    Parameters
    ----------
    raw : mapping
        The parsed file, schema ``depthwork.measure/1``.
    place : str
        What to call it in a complaint, usually the file name.

    Returns
    -------
    Definition

    Raises
    ------
    MeasureError
        If a field is missing, misspelt or of the wrong kind, an id is unknown or used twice,
        a cut-off or band has no source, bands overlap, or item text stands in a file whose
        licence does not let it travel.
    """
    at = At(raw, place)
    at.word("schema", (SCHEMA,))
    options = {
        name: tuple(_option(At(one, f"{place}.options.{name}[{index}]")) for index, one in enumerate(choices))
        for name, choices in at.mapping("options").items()
    }
    shared_range, continuous = at.pair("response_range"), at.flag("continuous", False)
    made = Definition(
        id=at.text("id"),
        version=at.whole("version"),
        name=at.text("name"),
        title=at.text("title"),
        domains=at.texts("domains"),
        rater=at.word("rater", RATERS),
        recall=at.text_or_none("recall"),
        minutes=at.whole("minutes") if at.has("minutes") else None,
        licence=_licence(at.part("licence")),
        review=_review(at.part("review")),
        key=_key(at.part("key")),
        items=at.each("items", lambda item: _item(item, options, shared_range, continuous)),
        scores=at.each("scores", _score),
        classifications=at.each("classifications", _classification),
        alerts=at.each("alerts", _alert),
        instructions=at.text_or_none("instructions"),
        stem=at.text_or_none("stem"),
        notice=at.text_or_none("notice"),
        gate=at.condition("gate"),
        gate_items=at.texts("gate_items"),
        gate_value=at.whole("gate_value", 0),
        skip_rules=at.each("skip_rules", _skip),
        caution=at.text_or_none("caution"),
        norms=at.mapping("norms"),
        fhir=at.mapping("fhir"),
        notes=at.mapping("notes"),
        examples=tuple(at.list("examples")),
        hash=content_hash(at.raw),
        raw=at.raw,
    )
    at.done()
    _check(made, place)
    return made


def content_hash(raw: Mapping[str, Any]) -> str:
    """SHA-256 over what is asked and how it is scored: licence notes and review dates leave it alone."""
    counted = {name: raw[name] for name in COUNTED if name in raw}
    counted |= {"id": raw.get("id"), "version": raw.get("version")}
    text = json.dumps(counted, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _option(at: At) -> Option:
    option = Option(at.whole("value"), at.text("label"), at.text_or_none("loinc"))
    at.done()
    return option


def _item(
    at: At, options: Mapping[str, tuple[Option, ...]], shared: tuple[float, float] | None, continuous: bool
) -> Item:
    name = at.text_or_none("options")
    if name is not None and name not in options:
        raise at.fail("options", f"there is no answer set {name!r}")
    is_text = at.any("type") is not None and at.word("type", ("text",)) == "text"
    chosen = options[name] if name else ()
    item = Item(
        id=at.text("id"),
        text=at.text_or_none("text"),
        options=chosen,
        values=tuple(option.value for option in chosen) or tuple(at.list("values")),
        range=at.pair("range") or shared,
        is_text=is_text,
        is_continuous=continuous,
        required=at.flag("required", True),
        scored=at.flag("scored", True),
        allow_na=at.flag("allow_na", False),
        allow_refused=at.flag("allow_refused", False),
        risk=at.text_or_none("risk"),
        ask_if=at.condition("ask_if"),
        follow_up=at.texts("follow_up"),
        stem=at.text_or_none("stem"),
        loinc=at.text_or_none("loinc"),
    )
    at.flag("verify_wording", False)
    if not is_text and not item.values and item.range is None:
        raise at.fail("options", "an item needs answers to choose from, values or a range")
    return item


def _score(at: At) -> ScoreRule:
    missing = at.part("missing") if at.has("missing") else None
    keying = at.mapping("keying")
    reflect, recode = {}, {}
    for item, raw in keying.items():
        key = At(raw, f"{at.place}.keying.{item}")
        if key.has("reflect"):
            reflect[item] = key.number("reflect")
        if key.has("map"):
            recode[item] = key.numbers("map")
        key.done()
    source = at.part("bands_source") if at.has("bands_source") else None
    rule = ScoreRule(
        id=at.text("id"),
        method=at.word("method", METHODS),
        label=at.text_or_none("label"),
        items=at.texts("items"),
        reflect=reflect,
        recode=recode,
        max_missing=missing.whole("max_missing", 0) if missing else 0,
        missing_basis=missing.basis() if missing else "default",
        round_prorated=missing.flag("round", True) if missing else True,
        multiply=at.number("multiply") if at.has("multiply") else 1,
        round=at.whole("round") if at.has("round") else None,
        conversion=at.numbers("conversion"),
        item_max=at.number_or_none("item_max"),
        threshold=at.number_or_none("threshold"),
        threshold_overrides=at.numbers("threshold_overrides"),
        weights=at.numbers("weights"),
        of=at.text_or_none("of"),
        mean=at.number_or_none("m"),
        sd=at.number_or_none("sd"),
        x=at.text_or_none("x"),
        y=at.text_or_none("y"),
        range=at.pair("range"),
        direction=at.word("direction", DIRECTIONS) if at.has("direction") else None,
        bands=at.each("bands", lambda band: Band(band.number("min"), band.number("max"), band.text("label"))),
        bands_ref=source.text("ref") if source else None,
        bands_basis=source.basis() if source else None,
        cutoffs=at.each("cutoffs", _cutoff),
        change=_change(at.part("change")) if at.has("change") else None,
        internal=at.flag("internal", False),
        loinc=at.text_or_none("loinc"),
    )
    if missing:
        missing.any("rule"), missing.any("source")
        missing.done()
    at.any("angle_deg")
    return rule


def _cutoff(at: At) -> Cutoff:
    return Cutoff(
        at.text("id"),
        at.word("op", (">=", "<=", ">", "<")),
        at.number("value"),
        at.text("source"),
        at.basis(),
    )


def _change(at: At) -> Change:
    alpha = at.any("alpha")
    source = at.part("reliable_source") if at.has("reliable_source") else None
    change = Change(
        reliable_points=at.number_or_none("reliable_points"),
        reliable_level=at.number_or_none("reliable_level"),
        reliable_ref=source.text("ref") if source else None,
        reliable_basis=source.basis() if source else None,
        mcid=at.number_or_none("mcid"),
        alpha=tuple(alpha) if isinstance(alpha, list) else (() if alpha is None else (at.number("alpha"),)),
        retest=at.number_or_none("retest"),
        sd=at.number_or_none("sd"),
        alternative=at.mapping("alternative"),
    )
    if change.reliable_points is not None and source is None:
        raise at.fail("reliable_points", "a figure for change needs its reliable_source")
    for known in ("mcid_source", "rel_source", "sd_population", "response", "population_mean"):
        at.any(known)
    at.done()
    return change


def _classification(at: At) -> Classification:
    rules = at.each("rules", lambda rule: (rule.condition("when"), rule.text("label")))
    at.any("basis")
    return Classification(at.text("id"), rules, at.text_or_none("note"), at.flag("shown", True))


def _alert(at: At) -> AlertRule:
    when = at.condition("when")
    if when is None:
        raise at.fail("when", "an alert needs its condition")
    return AlertRule(
        id=at.text("id"),
        level=at.word("level", LEVELS),
        when=when,
        basis=at.basis(),
        reason=at.text_or_none("reason"),
        action=at.text_or_none("action"),
    )


def _skip(at: At) -> tuple[Condition, Mapping[str, int]]:
    when = at.condition("when")
    if when is None:
        raise at.fail("when", "a skip rule needs its condition")
    return when, {name: int(value) for name, value in at.numbers("set").items()}


def _licence(at: At) -> Licence:
    licence = Licence(
        status=at.word("status", STATUSES),
        spdx=at.text_or_none("spdx"),
        ship_items=at.flag("ship_items", False),
        pack=at.word("pack", PACKS),
        holder=at.text("holder"),
        note=at.text_or_none("note"),
        sources=at.each("sources", lambda source: (source.text("ref"), source.basis())),
    )
    at.any("package")
    at.done()
    return licence


def _review(at: At) -> Review:
    review = Review(
        authored_by=at.text("authored_by"),
        reviewed_on=at.day_or_none("reviewed_on"),
        review_due=at.day("review_due"),
        reviewed_by=at.text_or_none("reviewed_by"),
    )
    if (review.reviewed_on is None) != (review.reviewed_by is None):
        raise at.fail("reviewed_on", "a review has both a date and a name, or neither")
    at.done()
    return review


def _key(at: At) -> Key:
    key = Key(at.basis(), at.text("ref"), at.text_or_none("verified_by"), at.text_or_none("page"))
    at.done()
    return key


def _check(made: Definition, place: str) -> None:
    """What no single field can tell: ids that point nowhere, bands that overlap, text without licence."""
    items = _unique([item.id for item in made.items], f"{place}.items")
    scores = _unique([rule.id for rule in made.scores], f"{place}.scores")
    labels = _unique([one.id for one in made.classifications], f"{place}.classifications")
    if items & scores or labels & (items | scores):
        raise MeasureError(f"{place}: an item, a score and a classification need different ids")
    if not made.licence.ship_items and (any(item.text for item in made.items) or made.instructions):
        raise MeasureError(
            f"{place}: item text present, but licence.ship_items is false; keep the text outside"
        )
    if made.licence.ship_items and not made.has_text:
        raise MeasureError(f"{place}: licence.ship_items is true, but an item has no text")
    if len(made.examples) < 2:
        raise MeasureError(f"{place}.examples: at least two worked examples are needed")
    before: set[str] = set()
    for rule in made.scores:
        where = f"{place}.scores.{rule.id}"
        _known([*rule.items, *rule.reflect, *rule.recode, *rule.threshold_overrides], items, where)
        _known([*rule.weights, *(name for name in (rule.of, rule.x, rule.y) if name)], before, where)
        _complete(rule, where)
        ordered = sorted(rule.bands, key=lambda band: band.min)
        if any(low.max >= high.min for low, high in pairwise(ordered)):
            raise MeasureError(f"{where}.bands: two bands overlap")
        if rule.bands and rule.bands_ref is None:
            raise MeasureError(f"{where}.bands: bands need their bands_source")
        before.add(rule.id)
    conditions: list[tuple[Condition | None, str]] = [(made.gate, "gate")]
    conditions += [(when, "skip_rules") for when, _ in made.skip_rules]
    conditions += [(item.ask_if, f"items.{item.id}") for item in made.items]
    for condition, where in conditions:
        _known(references(condition) if condition else (), items, f"{place}.{where}")
    for one in made.classifications:
        for when, _ in one.rules:
            _known(references(when) if when else (), items | scores, f"{place}.classifications.{one.id}")
    for alert in made.alerts:
        _known(references(alert.when), items | scores, f"{place}.alerts.{alert.id}")
    for _, values in made.skip_rules:
        _known(values, items, f"{place}.skip_rules")
    _known(made.gate_items, items, f"{place}.gate_items")
    _unique([alert.id for alert in made.alerts], f"{place}.alerts")


def _complete(rule: ScoreRule, where: str) -> None:
    needs = {
        "count": rule.items and rule.threshold is not None,
        "combine": rule.weights,
        "zscore": rule.of and rule.mean is not None and rule.sd,
        "angle": rule.x and rule.y,
        "length": rule.x and rule.y,
        "percent_of_max": rule.items and rule.item_max,
    }
    if not needs.get(rule.method, rule.items):
        raise MeasureError(f"{where}: method {rule.method} lacks what it computes with")


def _unique(ids: list[str], place: str) -> set[str]:
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise MeasureError(f"{place}: {twice[0]!r} is used twice")
    return set(ids)


def _known(ids: Any, known: set[str], place: str) -> None:
    for one in ids:
        if one not in known:
            raise MeasureError(f"{place}: unknown id {one!r}")


def rehashed(made: Definition, raw: Mapping[str, Any]) -> Definition:
    """The same definition with another raw form and the hash that follows from it."""
    return replace(made, raw=raw, hash=content_hash(raw))
