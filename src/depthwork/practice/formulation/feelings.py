"""The feeling check of an hour: our own words, 0 to 4, of the clinician and for the clinician."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

FEELINGS = (
    ("calm", _("calm")),
    ("helpless", _("helpless")),
    ("bored", _("bored")),
    ("irritated", _("irritated")),
    ("worried_protective", _("worried, protective")),
    ("overwhelmed", _("overwhelmed")),
    ("drawn_in_special", _("drawn in, special")),
    ("criticised", _("criticised")),
    ("moved", _("moved")),
    ("distant", _("distant")),
    ("attraction", _("attraction")),
    ("hatred", _("hatred")),
    ("fear", _("fear")),
    ("shame", _("shame")),
    ("sleepiness", _("sleepiness")),
)
WISHES = (
    ("extend", _("to extend the treatment")),
    ("lower_fee", _("to lower the fee")),
    ("run_over", _("to run over the hour")),
)
_NAMES = dict(FEELINGS)
_WISHED = dict(WISHES)


def checked(after: dict[str, Any]) -> dict[str, Any]:
    """What is kept of the minute after: known feelings from 0 to 4, known wishes, words; nothing empty."""
    kept: dict[str, Any] = {}
    feelings = {
        name: int(value)
        for name, value in (after.get("feelings") or {}).items()
        if name in _NAMES and str(value).isdigit() and 0 <= int(value) <= 4
    }
    if feelings:
        kept["feelings"] = feelings
    wished = [w for w in after.get("wished_to") or [] if w in _WISHED]
    if wished:
        kept["wished_to"] = wished
    for name in ("feeling_words", "question", "next"):
        words = str(after.get(name) or "").strip()
        if words:
            kept[name] = words
    return kept


def wished_words(wished: list[str]) -> list[str]:
    """The wishes in words."""
    return [str(_WISHED[w]) for w in wished if w in _WISHED]


def chosen_words(feelings: dict[str, int]) -> list[tuple[str, int]]:
    """Every feeling that was given, with its step."""
    return [(str(_NAMES[name]), n) for name, n in feelings.items() if name in _NAMES]


def felt_words(feelings: dict[str, int]) -> list[str]:
    """What was felt at 2 and above, the strongest first."""
    strong = sorted((item for item in feelings.items() if item[1] >= 2), key=lambda item: -item[1])
    return [str(_NAMES[name]) for name, _ in strong if name in _NAMES]
