"""How constructs, codes, spheres and people are named on a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from depthwork.coding.shelf import attributes_for, codebook_for, codes_for
from depthwork.wording import figure


@dataclass(frozen=True, slots=True)
class Construct:
    """What can be marked: its name in the margin, its key in the palette, and who usually says it."""

    id: str
    name: str
    key: str


# In the order of the palette. The keys are free of those of a cue (a, e) and of the page (j, k, u).
PALETTE = (
    Construct("wish", _("Wish"), "w"),
    Construct("response_of_other", _("Response of other"), "o"),
    Construct("response_of_self", _("Response of self"), "s"),
    Construct("episode", _("Episode"), "p"),
    Construct("figure", _("Figure"), "f"),
    Construct("defense", _("Defense"), "d"),
    Construct("intervention", _("Therapist’s act"), "i"),
    Construct("rupture_withdrawal", _("Strain, withdrawal"), "r"),
    Construct("rupture_confrontation", _("Strain, confrontation"), "c"),
    Construct("rupture_resolution", _("Repair"), "m"),
    Construct("dream", _("Dream"), "n"),
    Construct("theme", _("Theme"), "t"),
    Construct("client_link", _("Client’s own link"), "l"),
    Construct("resistance", _("Hard to say"), "h"),
)
BY_ID = {c.id: c for c in PALETTE}
SPHERES = {"past": _("then"), "current": _("now"), "therapist": _("here"), "self": _("with oneself")}
SPEAKERS = {"T": _("Therapist"), "C": _("Client"), "N": _("Note")}
BECAME = {"taken_further": _("taken further"), "set_aside": _("set aside"), "closed": _("closed")}
_FLAGS = {
    "expected": _("expected"),
    "inferred": _("concluded"),
    "tentative": _("tentative"),
    "displaced": _("perhaps also here"),
    "somatic": _("in the body"),
}


# What qualifies a code, as the palette names it; the flags above are named the same there and in the margin.
_ASKS = {
    "polarity": _("polarity"),
    "figure": _("figure"),
    "label": _("name"),
    "sphere": _("sphere"),
    "completeness": _("completeness"),
    "person": _("person"),
    "conflict": _("conflict"),
    "link": _("a likeness is said"),
    "repaired": _("repaired"),
    "told_before": _("told before"),
    **_FLAGS,
}
_VALUES = {
    "positive": _("positive"),
    "negative": _("negative"),
    "mixed": _("mixed"),
    "past": _("past"),
    "current": _("current"),
    "therapist": _("therapist"),
    "self": SPHERES["self"],
    "defense": _("defense"),
    "anxiety": _("anxiety"),
    "feeling": _("feeling"),
}


def _value(name: str, value: str) -> str:
    """A value as a page says it; one that no codebook here has keeps its own id, in words."""
    known = (SPHERES if name == "sphere" else _VALUES).get(value)
    return str(known) if known else value.replace("_", " ")


def outside_coder(origin: str) -> str:
    """The name of a coder who has no sign-in here, as marks that were taken in carry it; else nothing."""
    name = origin.removeprefix("coder:") if origin.startswith("coder:") else ""
    try:
        UUID(name)
    except ValueError:
        return "" if name == "unknown" else name
    return ""


def name_of_construct(construct: str) -> str:
    """The construct as the margin says it."""
    known = BY_ID.get(construct)
    if known:
        return str(known.name)
    return {"risk": gettext("To read again"), "client_response": gettext("Client’s response")}.get(
        construct, construct.replace("_", " ").capitalize()
    )


def name_of_code(construct: str, code: str) -> str:
    """The code's name in its codebook; an unknown code keeps its own id, in words."""
    found = codes_for(construct).get(code)
    return gettext(found.name) if found else code.replace("_", " ")


def called(construct: str, code: str, attributes: Mapping[str, Any]) -> str:
    """What a mark is called: the figure of an episode, the label of a theme, else the name of the code."""
    if construct in ("episode", "figure"):
        return str(attributes.get("label") or attributes.get("figure") or name_of_code(construct, code))
    if construct == "theme":
        return str(attributes.get("label") or name_of_code(construct, code))
    return name_of_code(construct, code)


def qualified(construct: str, attributes: Mapping[str, Any]) -> str:
    """What qualifies a mark, in a few words."""
    parts: list[str] = []
    sphere = SPHERES.get(str(attributes.get("sphere", "")))
    if sphere and construct in ("episode", "figure"):
        parts.append(sphere)
    if construct == "episode" and attributes.get("completeness"):
        parts.append(gettext("completeness %(n)s") % {"n": figure(attributes["completeness"], "g")})
    if attributes.get("polarity"):
        parts.append(_value("polarity", str(attributes["polarity"])))
    corners = [_value(name, one) for name in ("person", "conflict") for one in _many(attributes.get(name))]
    if len(corners) == 2:
        parts.append(gettext("%(first)s and %(last)s") % {"first": corners[0], "last": corners[1]})
    elif corners:
        parts.append(", ".join(corners))
    parts += [words for flag, words in _FLAGS.items() if attributes.get(flag) is True]
    if attributes.get("repaired") is not None:
        parts.append(gettext("repaired") if attributes["repaired"] else gettext("not repaired"))
    return "; ".join(map(str, parts))


def speaker_named(speaker: str) -> str:
    """Client, Therapist, or the name in the source."""
    return str(SPEAKERS.get(speaker, speaker))


def _many(value: Any) -> list[str]:
    if not value:
        return []
    return [value] if isinstance(value, str) else [str(v) for v in value]


@cache
def shelf_for_palette(language: str) -> list[dict[str, Any]]:
    """Constructs, codes and attributes as the palette reads them in the language that is active; nothing of any client."""
    rows = []
    for construct in PALETTE:
        book = codebook_for(construct.id)
        rows.append(
            {
                "id": construct.id,
                "name": str(construct.name),
                "key": construct.key,
                "free": bool(book and construct.id in book.free),
                "codes": [
                    {
                        "code": c.code,
                        "name": gettext(c.name),
                        "definition": c.definition,
                        "aliases": [*c.aliases, c.name, c.code.replace("_", " ")],
                        **({"sphere": c.facts["default_sphere"]} if c.facts.get("default_sphere") else {}),
                    }
                    for c in codes_for(construct.id).values()
                ],
                "attributes": [
                    {
                        "name": rule.name,
                        "words": str(_ASKS.get(rule.name) or rule.name.replace("_", " ")),
                        "kind": rule.kind,
                        "values": {one: _value(rule.name, one) for one in rule.values},
                        "help": rule.definition,
                    }
                    for rule in attributes_for(construct.id).values()
                    if rule.name not in HIDDEN
                ],
            }
        )
    return rows


HIDDEN = frozenset({"level", "told_as", "to", "became", "figure_id", "note", "words", "kind", "answer"})
