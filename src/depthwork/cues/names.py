"""Which capital words are names of people, and who is only spoken to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from depthwork.cues.words import Reading, Token, data_text, word_lists

LISTS = word_lists("people_words.txt")


@cache
def first_names() -> dict[str, str]:
    """First name to ``m`` or ``f``."""
    genders: dict[str, str] = {}
    for line in data_text("names.txt").splitlines():
        if line.startswith(("m = ", "f = ")):
            for name in line[4:].split(" "):
                genders.setdefault(name, line[0])
    return genders


def bare(word: str) -> str:
    """A word without its possessive ending."""
    return word[:-2] if word.endswith("'s") else word.rstrip("'")


def names_in(readings: Sequence[Reading], speakers: Sequence[str]) -> dict[str, str]:
    """Names of people in the hour with a gender (``n`` where unknown), without those spoken to."""
    known = first_names()
    votes: dict[str, float] = {}
    called: dict[str, int] = {}
    for reading, speaker in zip(readings, speakers, strict=True):
        tokens = reading.tokens
        for i, token in enumerate(tokens):
            word = bare(token.word)
            if not token.capital or len(word) < 2 or word in LISTS["not_people"]:
                continue
            if spoken_to(reading, i):
                called[word] = called.get(word, 0) + (2 if speaker == "T" else 1)
                continue
            votes[word] = votes.get(word, 0.0) + _vote(tokens, i, word in known)
    return {
        name: known.get(name, "n")
        for name, score in votes.items()
        if score >= 1 and score >= called.get(name, 0)
    }


def _vote(tokens: Sequence[Token], i: int, listed: bool) -> float:
    """How far one place speaks for a capital word being somebody's name."""
    token = tokens[i]
    word = bare(token.word)
    before = tokens[i - 1].word if i else ""
    after = tokens[i + 1].word if i + 1 < len(tokens) else ""
    if after in LISTS["things_after"] and i + 1 < len(tokens) and tokens[i + 1].capital:
        return -1.0
    score = 0.0
    doubtful = word in LISTS["common"]
    if listed and not (token.opens and doubtful):
        score = 1.0 if doubtful else 2.0
    if before in LISTS["place_before"] and not token.opens and (doubtful or not listed):
        score -= 1.5 if word in LISTS["months"] or not listed else 0.5
    if before in LISTS["titles"]:
        score += 1.0
    if not token.opens and not listed and before not in LISTS["place_before"]:
        score += 1.0 if after in LISTS["acting"] else 0.4 if after in LISTS["being"] else 0.0
        score += 0.5 if token.word.endswith("'s") else 0.0
    return score


def spoken_to(reading: Reading, i: int) -> bool:
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


def client_of_a_note(readings: Sequence[Reading]) -> tuple[frozenset[str], str]:
    """The initials or names by which a note calls its client, and the client's likely gender.

    A note speaks of its client in the third person: "S. came early", "Ida, 24", "she says".
    """
    spoken = [token for reading in readings for token in reading.tokens]
    # Who opens a sentence is likely the one the note is about.
    he = sum(1 + 3 * token.opens for token in spoken if token.word in LISTS["he"])
    she = sum(1 + 3 * token.opens for token in spoken if token.word in LISTS["she"])
    counts: dict[str, int] = {}
    for k, reading in enumerate(readings):
        for i, token in enumerate(reading.tokens):
            single = len(bare(token.word)) == 1 and token.capital and bare(token.word) not in ("i", "a")
            dotted = reading.text[token.end : token.end + 1] == "."
            if k == 0 and i == 1 and token.capital and reading.tokens[0].word in LISTS["titles"]:
                counts[bare(token.word)] = 2  # "Mr Teo, 44" opens the note
            if (single and dotted) or (k == 0 and i == 0 and bare(token.word) in first_names()):
                counts[bare(token.word)] = counts.get(bare(token.word), 0) + (2 if k == 0 else 1)
    called = frozenset([max(counts, key=lambda n: counts[n])]) if counts else frozenset[str]()
    return called, "m" if he > she else "f" if she > he else "n"
