"""Every stretch of a text that identifies or may: shapes first, then given phrases, then words one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from depthwork.interchange.deidentifying.known import Known, folded, initials_of, parts_of, spellings
from depthwork.interchange.deidentifying.ordinary import (
    BY_CUSTOM,
    NARROWING,
    SPEAKS_AGAINST,
    SPEAKS_OF_A_NAME,
    names_that_are_words,
    ordinary_words,
)
from depthwork.interchange.deidentifying.patterns import shapes

_WORD = re.compile(r"[^\W\d_]+")
_HOUSE = re.compile(r"\d{1,5}[A-Za-z]? $")
_ENDS = ".!?…\n"
_SPEECH = ',:;“"‘(—–-'
LONGEST_SHORTENED = 3  # letters before a full stop that ends no sentence: J. Tal, Jas. Tal
LONGEST_COMMENT = 60
SHORTEST_ALIKE = 5  # letters; a shorter name one letter off is another word too often


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch to be taken out or looked at. `who` is the thing behind it, the same for all its spellings."""

    start: int
    end: int
    surface: str
    kind: str
    who: str
    is_sure: bool
    why: str
    tail: str = ""

    @property
    def key(self) -> str:
        """Names the item on the review list: kind, spelling, and whether it is a doubt."""
        shape = "lower" if self.surface.islower() else "as written"
        return f"{self.kind}|{folded(self.surface)}|{shape}|{'sure' if self.is_sure else 'doubt'}"


@dataclass(frozen=True, slots=True)
class _Index:
    """What is known, by folded word."""

    people: dict[str, dict[str, str]]  # word -> {who: why}
    phrases: tuple[tuple[tuple[str, ...], str, str], ...]  # words, kind, who
    initials: dict[str, str]
    exempt: frozenset[str]
    long_names: tuple[tuple[str, str], ...]


@lru_cache(maxsize=4)
def _index(known: Known) -> _Index:
    people: dict[str, dict[str, str]] = {}
    initials: dict[str, str] = {}
    for i, person in enumerate(known.people):
        for word, why in spellings(person):
            people.setdefault(word, {}).setdefault(f"p{i}", why)
        for letters in initials_of(person):
            initials.setdefault(letters, f"p{i}")
    phrases = []
    for kind, given in (("place", known.places), ("employer", known.employers), ("other", known.other)):
        for n, phrase in enumerate(given):
            words = tuple(folded(w) for w in _WORD.findall(phrase))
            if words:
                phrases.append((words, kind, f"{kind}{n}"))
    phrases.sort(key=lambda p: -len(p[0]))
    own = [(word, who) for word, found in people.items() for who in found if len(word) >= SHORTEST_ALIKE]
    return _Index(people, tuple(phrases), initials, frozenset(folded(w) for w in known.exempt), tuple(own))


@lru_cache(maxsize=4)
def _ordinary(texts: tuple[str, ...]) -> frozenset[str]:
    return ordinary_words(texts)


def find_all(text: str, known: Known, texts: Sequence[str]) -> list[Found]:
    """Everything found in one text, in order, never overlapping."""
    index, ordinary = _index(known), _ordinary(tuple(texts))
    tokens = [(m.start(), m.end(), m.group()) for m in _WORD.finditer(text)]
    found = _phrases(text, tokens, index)
    taken = [(f.start, f.end) for f in found]
    for shape in shapes(text):
        if any(shape.start < b and shape.end > a for a, b in taken):
            continue
        surface = text[shape.start : shape.end]
        who = _who_of_shape(surface, shape.kind, index)
        found.append(Found(shape.start, shape.end, surface, shape.kind, who, shape.is_sure, shape.why))
        taken.append((shape.start, shape.end))
    free = _free(tokens, sorted(taken))
    words = [f for i, t in free if (f := _word(text, tokens, i, t, index, ordinary)) is not None]
    return sorted(found + _joined(text, words, index), key=lambda f: f.start)


def _free(
    tokens: list[tuple[int, int, str]], taken: list[tuple[int, int]]
) -> list[tuple[int, tuple[int, int, str]]]:
    """Tokens that no stretch holds already."""
    out, at = [], 0
    for i, token in enumerate(tokens):
        while at < len(taken) and taken[at][1] <= token[0]:
            at += 1
        if at == len(taken) or token[1] <= taken[at][0]:
            out.append((i, token))
    return out


def _phrases(text: str, tokens: list[tuple[int, int, str]], index: _Index) -> list[Found]:
    """Given places, employers and other names, whatever their case. One ordinary word alone needs its capital."""
    plain = [folded(t[2]) for t in tokens]
    found: list[Found] = []
    used: set[int] = set()
    for words, kind, who in index.phrases:
        first = words[0]
        for i, word in enumerate(plain):
            if (
                word != first
                or tuple(plain[i : i + len(words)]) != words
                or used & set(range(i, i + len(words)))
            ):
                continue
            start, end = tokens[i][0], tokens[i + len(words) - 1][1]
            if len(words) == 1 and text[start:end].islower() and first in names_that_are_words():
                continue
            used |= set(range(i, i + len(words)))
            if kind == "place":
                start = _house(text, start)
            found.append(Found(start, end, text[start:end], kind, who, True, f"a given {kind}"))
    return found


def _house(text: str, start: int) -> int:
    """Where a place begins with the number of its house: 31 Breakwater Road."""
    number = _HOUSE.search(text[max(0, start - 8) : start])
    return start if number is None else start - len(number.group())


def _who_of_shape(surface: str, kind: str, index: _Index) -> str:
    if kind == "person":
        letters = "".join(c for c in surface if c.isupper())
        return index.initials.get(letters, f"initials {letters}")
    return folded(" ".join(surface.split()))


def _word(
    text: str, tokens: list[tuple[int, int, str]], i: int, token: tuple[int, int, str], index: _Index,
    ordinary: frozenset[str],
) -> Found | None:  # fmt: skip
    start, end, surface = token
    plain = folded(surface)
    if plain in index.exempt or text[end : end + 2] in ("'t", "’t"):
        return None
    if surface.isupper() and plain in BY_CUSTOM and surface not in index.initials:
        return None
    known = index.people.get(plain)
    is_word = plain in ordinary or plain in names_that_are_words()
    if surface[0].islower():
        return _lower(start, end, surface, plain, known, is_word, index, ordinary)
    if len(surface) >= 2 and surface.isupper() and surface in index.initials:
        return Found(
            start, end, surface, "person", index.initials[surface], True, "initials of someone in the chart"
        )
    if known is not None:
        who, why = next(iter(known.items()))
        if not is_word:
            return Found(start, end, surface, "person", who, True, why)
        sure = _is_name_here(text, tokens, i) or text[end : end + 1] in (",", ".", "?", "!")
        return Found(
            start, end, surface, "person", who, sure, why if sure else f"{why}; here it may be the word"
        )
    if len(surface) == 1 or plain in BY_CUSTOM or plain.removesuffix("s") in BY_CUSTOM:
        return None
    if plain in NARROWING:
        return Found(start, end, surface, "other", plain, False, "a country, a language or a faith")
    alike = None if is_word else _alike(plain, index)
    if alike is not None:
        return Found(start, end, surface, "person", alike, True, "close to a name in the chart")
    if plain in names_that_are_words():
        sure = _is_name_here(text, tokens, i)
        why = "a name that is also a word"
        return Found(
            start, end, surface, "name", plain, sure, why if sure else f"{why}; here it may be the word"
        )
    if not is_word:
        return Found(start, end, surface, "name", plain, True, "a capital, and no ordinary word")
    if _place(text, start) == "inside":
        return Found(start, end, surface, "name", plain, True, "a capital inside a sentence")
    return None


def _lower(
    start: int, end: int, surface: str, plain: str, known: dict[str, str] | None, is_word: bool, index: _Index,
    ordinary: frozenset[str],
) -> Found | None:  # fmt: skip
    """A name typed without its capital."""
    if known is not None:
        who, why = next(iter(known.items()))
        if not is_word:
            return Found(start, end, surface, "person", who, True, f"{why}, in small letters")
        if "short form" in why and plain not in names_that_are_words():
            return None
        return Found(
            start, end, surface, "person", who, False, f"{why}, in small letters; it may be the word"
        )
    if plain not in ordinary and len(plain) >= SHORTEST_ALIKE:
        alike = _alike(plain, index, exactly=True)
        if alike is not None:
            return Found(start, end, surface, "person", alike, False, "close to a name in the chart")
    return None


def _place(text: str, start: int) -> str:
    """Where a word stands: at the start of a sentence, where speech may begin, or inside."""
    before = text[max(0, start - 12) : start].rstrip(" \t")
    bare = before.rstrip("“\"‘'([")
    if not bare or bare[-1] in _ENDS:
        return "start"
    if before and (before[-1] in _SPEECH or bare[-1] in _SPEECH or bare != before):
        return "speech"
    if bare[-1] == "]":  # a comment such as [pause 4s]
        return "start"
    if bare[-1] == ")":  # a comment such as (laughs): what follows stands where the comment stood
        opening = text.rfind("(", max(0, start - LONGEST_COMMENT), start)
        earlier = text[max(0, opening - 12) : max(0, opening)].rstrip()
        return "start" if opening >= 0 and (not earlier or earlier[-1] in _ENDS + "]") else "inside"
    return "inside"


def _is_name_here(text: str, tokens: list[tuple[int, int, str]], i: int) -> bool:
    """Whether a capitalised word that is also a word stands as a name: by its place, or by what follows."""
    start, end, _ = tokens[i]
    if _place(text, start) == "inside":
        return True
    if text[end : end + 2] in ("'s", "’s"):
        return True
    if i + 1 >= len(tokens) or text[end : tokens[i + 1][0]] != " ":
        return text[end : end + 1] == "," and _place(text, start) == "speech"
    following = tokens[i + 1][2]
    if following[0].isupper() and folded(following) not in BY_CUSTOM:
        return True
    plain = folded(following)
    if plain in SPEAKS_AGAINST:
        return False
    return plain in SPEAKS_OF_A_NAME


def _alike(plain: str, index: _Index, *, exactly: bool = False) -> str | None:
    """Someone in the chart whose name is one letter away: a slip of the typist."""
    if len(plain) < SHORTEST_ALIKE:
        return None
    for word, who in index.long_names:
        if abs(len(word) - len(plain)) <= 1 and word != plain and _one_off(word, plain):
            return None if exactly and word[0] != plain[0] else who
    return None


def _one_off(a: str, b: str) -> bool:
    """One letter changed, added, left out, or two neighbours exchanged."""
    if len(a) == len(b):
        wrong = [i for i in range(len(a)) if a[i] != b[i]]
        if len(wrong) == 1:
            return True
        return (
            len(wrong) == 2
            and wrong[1] == wrong[0] + 1
            and a[wrong[0]] == b[wrong[1]]
            and a[wrong[1]] == b[wrong[0]]
        )
    long, short = (a, b) if len(a) > len(b) else (b, a)
    i = 0
    while i < len(short) and short[i] == long[i]:
        i += 1
    return short[i:] == long[i + 1 :]


_BETWEEN = frozenset(
    {" ", "-", "'", "’", " de ", " da ", " do ", " dos ", " van ", " von ", " del ", " al-", ". "}
)


def _joined(text: str, words: list[Found], index: _Index) -> list[Found]:
    """Neighbours that name one thing are one: Rose Tal, O'Brien, Anne-Marie."""
    out: list[Found] = []
    for word in words:
        last = out[-1] if out else None
        between = "" if last is None else text[last.end : word.start]
        is_short = between != ". " or (
            last is not None and len(last.surface.split()[-1]) <= LONGEST_SHORTENED
        )
        if last is not None and last.is_sure and word.is_sure and between in _BETWEEN and is_short:
            who = _both(last, word, index)
            if who is not None:
                kind = "person" if "person" in (last.kind, word.kind) else last.kind
                out[-1] = Found(last.start, word.end, text[last.start : word.end], kind, who, True, last.why)
                continue
        out.append(word)
    return out


def _both(a: Found, b: Found, index: _Index) -> str | None:
    """The one person behind two neighbouring names, or None where they are two."""
    if a.kind == "name" and b.kind == "name":
        return a.who
    if a.kind == "person" and b.kind == "person":
        mine = set().union(*(index.people.get(folded(p), {}) for p in parts_of(a.surface)))
        theirs = set(index.people.get(folded(b.surface), {}))
        shared = sorted(mine & theirs)
        return shared[0] if shared else (a.who if a.who == b.who else None)
    if {a.kind, b.kind} == {"name", "person"}:
        return a.who if a.kind == "person" else b.who
    return None
