"""Who is spoken of: kin words, roles, names and pronouns, followed through the hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from depthwork.cues.words import Reading, Token, data_text, word_set

HE = frozenset({"he", "him", "his", "himself", "he's", "he'd", "he'll", "hes"})
SHE = frozenset({"she", "her", "hers", "herself", "she's", "she'd", "she'll"})
THEY = frozenset({"they", "them", "their", "theirs", "they're", "they'd", "they've", "they'll"})
_OWNERS = word_set(
    "my our your his her their me wor the a an this that one own old older younger big little wee "
    "late poor elder eldest youngest twin new other first second two three both these those every no "
    "another"
)
_BARE = frozenset(["mother", "father", "parents", "grandparent", "stepfather"])
_TITLES = word_set("mr mrs ms miss dr doctor father sister uncle auntie aunt")
_SAYING = word_set(
    "says said goes went told asked rang rings calls called came comes wants wanted was is had has "
    "would will did does took gave thinks thought looked looks left knows knew never just got gets "
    "brought sat put come laughed texted phoned wrote made and stood can could won't didn't wasn't"
)
_PLACE_BEFORE = word_set("in at to from near of by on via past outside around")
_COMMON = word_set(
    "will may mark rose joy grace hope art pat dot bill frank grant june april dawn eve faith ivy "
    "jean max mercy nan olive pearl poppy rob sue ray roy rod sandy will victor dean earl guy jack "
    "josh lance nick chase angel blessing patience prudence violet hazel heather iris daisy holly "
    "amber ruby jade ming chen una sana sita tara ana ed al les jo bea kay don gene kim lee morgan "
    "carol melody penny robin stew tam ola asif"
)
_NOT_PEOPLE = word_set(
    "i i'm i'd i've i'll god jesus christ lord monday tuesday wednesday thursday friday saturday "
    "sunday january february march may july august september october november december christmas "
    "easter english irish french german indian american mass gp a&e tv ok okay bbc nhs hr eid diwali "
    "ramadan lent spanish mondays tuesdays wednesdays thursdays fridays saturdays sundays dutch "
    "street road"
)


@dataclass(slots=True)
class Person:
    """Somebody the hour speaks of, as far as words show."""

    label: str
    gender: str
    kind: str
    names: set[str] = field(default_factory=set)
    sphere: str = ""
    last: tuple[int, int] = (-1, -1)


@dataclass(frozen=True, slots=True)
class Mention:
    """One reference to a person: where it stands and by what kind of word."""

    turn: int
    start: int
    end: int
    person: Person
    how: str
    sphere: str = ""


@cache
def _people() -> dict[str, list[tuple[tuple[str, ...], str, str, str]]]:
    by_first: dict[str, list[tuple[tuple[str, ...], str, str, str]]] = {}
    for line in data_text("people.txt").splitlines():
        if not line or line.startswith("#"):
            continue
        entries, _, rest = line.partition(" = ")
        label, gender, kind = (part.strip() for part in rest.split("|"))
        for entry in entries.split(", "):
            words = tuple(entry.strip().split(" "))
            by_first.setdefault(words[0], []).append((words, label, gender, kind))
    for rows in by_first.values():
        rows.sort(key=lambda row: -len(row[0]))
    return by_first


@cache
def first_names() -> dict[str, str]:
    """First name to ``m`` or ``f``."""
    genders: dict[str, str] = {}
    for line in data_text("names.txt").splitlines():
        if line.startswith(("m = ", "f = ")):
            for name in line[4:].split(" "):
                genders.setdefault(name, line[0])
    return genders


def _bare(word: str) -> str:
    return word[:-2] if word.endswith("'s") else word.rstrip("'")


def names_in(readings: Sequence[Reading], speakers: Sequence[str]) -> dict[str, str]:
    """Names of people in the hour with a gender (``n`` where unknown), without those spoken to."""
    known = first_names()
    votes: dict[str, int] = {}
    called: dict[str, int] = {}
    for reading, speaker in zip(readings, speakers, strict=True):
        tokens = reading.tokens
        for i, token in enumerate(tokens):
            word = _bare(token.word)
            if not token.capital or len(word) < 2 or word in _NOT_PEOPLE:
                continue
            before = tokens[i - 1].word if i else ""
            after = tokens[i + 1].word if i + 1 < len(tokens) else ""
            listed = word in known
            if _spoken_to(reading, i):
                called[word] = called.get(word, 0) + (2 if speaker == "T" else 1)
                continue
            score = 0
            if listed and not (token.opens and word in _COMMON):
                score = 2 if word not in _COMMON else 1
            if not token.opens and before not in _PLACE_BEFORE and (after in _SAYING or before in _TITLES):
                score += 1 if not listed else 0
                score += 1 if before in _TITLES else 0
            if not token.opens and token.word.endswith("'s") and before not in _PLACE_BEFORE:
                score += 1
            if before in _PLACE_BEFORE and not listed:
                score -= 1
            votes[word] = votes.get(word, 0) + score
    return {
        name: known.get(name, "n")
        for name, score in votes.items()
        if score > 0 and score >= called.get(name, 0) and name not in _NOT_PEOPLE
    }


def _spoken_to(reading: Reading, i: int) -> bool:
    """A name between commas or at an edge: the one addressed."""
    tokens, text = reading.tokens, reading.text
    token = tokens[i]
    before = text[tokens[i - 1].end : token.start] if i else "."
    after = text[token.end : tokens[i + 1].start] if i + 1 < len(tokens) else text[token.end :] or "."
    opened = any(c in ',.!?"“' for c in before)
    closed = any(c in ',.!?"”' for c in after)
    if not (opened and closed):
        return False
    # "Ron?" or "Adaeze." alone answers or asks who; "Kyle, can I" and "what, Gerard?" address.
    return token.quoted or "," in before or ("," in after and token.opens)


def follow(
    readings: Sequence[Reading], speakers: Sequence[str], child: Sequence[bool], now: Sequence[bool]
) -> list[list[Mention]]:
    """Mentions of people turn by turn, pronouns led back to whom they can mean.

    `child` and `now` say for each turn whether it speaks of early years or of these days.
    """
    names = names_in(readings, speakers)
    people: list[Person] = []
    found: list[list[Mention]] = []
    scene = ""
    for t, reading in enumerate(readings):
        if child[t]:
            scene = "past"
        elif now[t] and scene == "past" and speakers[t] != "T":
            scene = ""
        here: list[Mention] = []
        tokens = reading.tokens
        i = 0
        while i < len(tokens):
            step, mention = _mention_at(reading, i, t, people, names)
            if mention is not None:
                mention.person.last = (t, tokens[i].start)
                if child[t] or (scene == "past" and mention.person.sphere == ""):
                    mention.person.sphere = "past"
                elif now[t] or mention.person.sphere == "":
                    mention.person.sphere = "current"
                here.append(replace(mention, sphere=mention.person.sphere))
            i += step
        found.append(here)
    return found


def _mention_at(
    reading: Reading, i: int, t: int, people: list[Person], names: dict[str, str]
) -> tuple[int, Mention | None]:
    tokens = reading.tokens
    token = tokens[i]
    if token.quoted:
        return 1, None
    word = _bare(token.word)
    if token.word in HE or token.word in SHE or token.word in THEY:
        return 1, _pronoun(token, t, people)
    if token.capital and word in names and not _spoken_to(reading, i):
        return _named(reading, i, t, people, names)
    for words, label, gender, kind in _people().get(word, ()):
        size = len(words)
        if size > 1 and [_bare(x.word) for x in tokens[i : i + size]] != list(words):
            continue
        if not _is_meant(tokens, i, kind, label, words):
            continue
        end = i + size
        alias = _bare(tokens[end].word) if end < len(tokens) and tokens[end].capital else ""
        person = _known(people, label, gender, kind, alias if alias in names else "")
        if alias in names:
            end += 1
        return end - i, Mention(t, token.start, tokens[end - 1].end, person, "noun")
    return 1, None


def _is_meant(tokens: Sequence[Token], i: int, kind: str, label: str, words: tuple[str, ...]) -> bool:
    before = [x.word for x in tokens[max(0, i - 3) : i]]
    if words[0] in _OWNERS or len(words) > 1:
        return True
    if kind in _BARE or label in ("grandmother", "grandfather", "parents"):
        ambiguous = words[0] in (
            "ma",
            "pa",
            "pop",
            "pops",
            "da",
            "nan",
            "dada",
            "baba",
            "kaka",
            "anna",
            "tata",
            "aba",
            "ima",
            "head",
        )
        return not ambiguous or tokens[i].capital or (bool(before) and before[-1] in _OWNERS)
    if tokens[i].capital and not tokens[i].opens:
        return True
    return any(x in _OWNERS or x.endswith("'s") for x in before)


def _known(people: list[Person], label: str, gender: str, kind: str, alias: str) -> Person:
    for person in reversed(people):
        if alias and alias in person.names:
            return person
    if not alias and kind != "stranger":
        for person in sorted(people, key=lambda p: p.last, reverse=True):
            if person.label == label:
                return person
    person = Person(label, gender, kind, {alias} if alias else set())
    people.append(person)
    return person


def _named(
    reading: Reading, i: int, t: int, people: list[Person], names: dict[str, str]
) -> tuple[int, Mention | None]:
    token = reading.tokens[i]
    word = _bare(token.word)
    for person in people:
        if word in person.names:
            return 1, Mention(t, token.start, token.end, person, "name")
    # "Declan, the boss" and "Greg. My VP." name a role just after.
    for j in range(i + 1, min(i + 4, len(reading.tokens))):
        for words, label, gender, kind in _people().get(_bare(reading.tokens[j].word), ()):
            if len(words) == 1 and reading.tokens[j - 1].word in ("my", "the", "our", "her", "his", "me"):
                person = Person(label, gender if gender != "n" else names[word], kind, {word})
                people.append(person)
                return 1, Mention(t, token.start, token.end, person, "name")
    person = Person(word.capitalize(), names[word], "other_figure", {word})
    people.append(person)
    return 1, Mention(t, token.start, token.end, person, "name")


def _pronoun(token: Token, t: int, people: list[Person]) -> Mention | None:
    wanted = "m" if token.word in HE else "f" if token.word in SHE else "p"
    best = None
    for person in people:
        fits = person.gender == wanted or (person.gender == "n" and wanted != "p")
        if fits and t - person.last[0] <= 6 and (best is None or person.last > best.last):
            best = person
    if best is None:
        if wanted == "p":
            return None
        best = Person("(unnamed)", wanted, "other_figure")
        people.append(best)
    elif best.gender == "n":
        best.gender = wanted
    return Mention(t, token.start, token.end, best, "pronoun")
