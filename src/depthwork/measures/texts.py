"""Item text that does not travel with the program: a practice's own licensed copy, or a separate package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from depthwork.measures.model import Definition, Item, MeasureError, Option, TextSource
from depthwork.measures.reading import At
from depthwork.measures.schema import rehashed

SCHEMA = "depthwork.measure-text/1"


def with_text(
    definition: Definition,
    texts: Mapping[str, str],
    *,
    confirmed_by: str,
    on: date | None,
    licence: str | None = None,
    language: str = "en",
    instructions: str | None = None,
    notice: str | None = None,
    options: Mapping[str, Sequence[Option]] | None = None,
) -> Definition:
    """The same questionnaire with the words that the practice is licensed to use.

    It changes what is asked, so the content hash changes; it never changes how answers are scored.

    Parameters
    ----------
    definition : Definition
        One without text of its own.
    texts : mapping of item id to text
        Every item exactly once.
    confirmed_by : str
        Who confirmed that the practice may use these words.
    on : date or None
        The day of that confirmation; None only for a package that carries its own licence.
    licence : str, optional
        The licence or agreement in words, as the practice wants to find it again.
    language : str
        Language tag of the words. A translation needs a licence of its own.
    instructions, notice : str, optional
        What stands above the items; the line that the holder wants visible.
    options : mapping of item id to the answers that can be chosen, optional
        Values must be those that the definition scores.

    Returns
    -------
    Definition

    Raises
    ------
    MeasureError
        If the definition has its text already, an item is missing, unknown or empty, an answer
        has a value that is not scored, or nobody confirmed the licence.
    """
    place = definition.id
    if definition.has_text:
        raise MeasureError(f"{place}: the definition carries its own wording, which is never edited")
    if not confirmed_by.strip():
        raise MeasureError(f"{place}: name who confirmed that the practice may use this text")
    known = {item.id for item in definition.items}
    if strange := sorted(set(texts) - known) + sorted(set(options or ()) - known):
        raise MeasureError(f"{place}: there is no item {strange[0]!r}")
    if lacking := [item.id for item in definition.items if not str(texts.get(item.id) or "").strip()]:
        raise MeasureError(f"{place}: no text for {', '.join(lacking[:5])}; every item needs its own")
    items = tuple(
        _worded(item, texts[item.id], tuple((options or {}).get(item.id, ()))) for item in definition.items
    )
    raw_items = [
        {**raw, "text": item.text, "choices": [[option.value, option.label] for option in item.options]}
        for raw, item in zip(definition.raw["items"], items, strict=True)
    ]
    raw = {**definition.raw, "items": raw_items, "instructions": instructions, "notice": notice}
    worded = replace(
        definition,
        items=items,
        instructions=instructions or definition.instructions,
        notice=notice or definition.notice,
        text_source=TextSource(confirmed_by=confirmed_by, on=on, licence=licence, language=language),
    )
    return rehashed(worded, raw)


def _worded(item: Item, text: str, options: tuple[Option, ...]) -> Item:
    lowest, highest = item.range or (None, None)
    for option in options:
        scored = option.value in item.values if item.values else lowest <= option.value <= highest  # type: ignore[operator]
        if not scored:
            raise MeasureError(
                f"{item.id}: an answer has the value {option.value}, which the key does not score"
            )
    return replace(
        item, text=text, options=options, values=tuple(option.value for option in options) or item.values
    )


def from_package(definition: Definition, raw: Any, *, package: str, place: str) -> Definition:
    """The definition with the text of a package's file, schema ``depthwork.measure-text/1``.

    Raises
    ------
    MeasureError
        If the file does not fit the definition.
    """
    at = At(raw, place)
    at.word("schema", (SCHEMA,))
    if at.text("measure") != definition.id:
        raise at.fail("measure", f"expected {definition.id}")
    sets: dict[str, tuple[Option, ...]] = {}
    for name, choices in at.mapping("options").items():
        sets[name] = tuple(
            Option(one.whole("value"), one.text("label"))
            for one in (At(choice, f"{place}.options.{name}") for choice in choices)
        )
    items = {name: At(one, f"{place}.items.{name}") for name, one in at.mapping("items").items()}
    licence = at.part("licence")
    made = with_text(
        definition,
        {name: one.text("text") for name, one in items.items()},
        confirmed_by=package,
        on=None,
        licence=f"{licence.text('spdx')}, {licence.text('holder')}",
        language=at.text("language"),
        instructions=at.text_or_none("instructions"),
        notice=at.text_or_none("notice"),
        options={name: sets[one.word("options", tuple(sets))] for name, one in items.items()},
    )
    at.done()
    return made
