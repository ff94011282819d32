"""Who and what is known from the chart, and every way in which it may be spelled."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "sir",
        "sister",
        "father",
        "brother",
        "rev",
        "don",
        "dona",
        "doña",
        "senhor",
    ]
)
PARTICLES = frozenset(
    [
        "de",
        "da",
        "do",
        "dos",
        "das",
        "del",
        "della",
        "di",
        "van",
        "von",
        "der",
        "den",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "of",
        "the",
        "and",
        "e",
        "y",
    ]
)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone in the chart. `names` as written in full; `relation` is what stands instead ("the sister")."""

    names: tuple[str, ...]
    nicknames: tuple[str, ...] = ()
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the chart knows that identifies."""

    people: tuple[Person, ...] = ()
    places: tuple[str, ...] = ()
    employers: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    exempt: tuple[str, ...] = field(default=())  # words that are never taken for a name here


def folded(word: str) -> str:
    """A word without case and accents: Graça, GRACA and graca are one."""
    plain = unicodedata.normalize("NFD", word.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


@cache
def short_forms() -> dict[str, frozenset[str]]:
    """Which names are short forms of one another, from the list that comes with the program."""
    groups: dict[str, set[str]] = {}
    text = files(__package__).joinpath("short_forms.txt").read_text("utf-8")
    for line in text.splitlines():
        names = line.split("#")[0].split()
        for name in names:
            groups.setdefault(name, set()).update(names)
    return {name: frozenset(found) for name, found in groups.items()}


def parts_of(name: str) -> list[str]:
    """The words of a name that name someone: no titles, no particles."""
    words = name.replace("-", " ").replace("’", "'").split()
    return [
        w.strip(".,;'")
        for w in words
        if folded(w.strip(".,;'")) not in TITLES | PARTICLES and len(w.strip(".,")) > 1
    ]


def spellings(person: Person) -> Iterator[tuple[str, str]]:
    """(folded word, how it is known) of a person: each part of a name, short forms, nicknames."""
    for name in person.names:
        for part in parts_of(name):
            yield folded(part), "a name in the chart"
            for other in short_forms().get(folded(part), ()):
                yield other, "a short form of a name in the chart"
    for name in person.nicknames:
        for part in parts_of(name):
            yield folded(part), "a nickname in the chart"


def initials_of(person: Person) -> set[str]:
    """G.T. and GT of Graça Teles."""
    found = set()
    for name in person.names:
        letters = [folded(p)[0].upper() for p in parts_of(name)]
        if len(letters) >= 2:
            found.add("".join(letters))
            found.add(letters[0] + letters[-1])
    return found
