"""Words as the cue engine reads them: tokens, comments, quoted speech, word families."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# One character class each, so that no text can make them slow.
_TOKEN = re.compile(r"[\w'\-]+")
_COMMENT = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")
_QUOTED = re.compile(r"[\"“”][^\"“”]*[\"“”]")
_SENTENCE_END = re.compile(r"[.!?…]+")


def word_set(text: str) -> frozenset[str]:
    """A set of words written as one line of prose."""
    return frozenset(text.split())


def plain(text: str) -> str:
    """Lower case, with straight apostrophes; same length as the text, so that offsets hold."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := c.lower()) == 1 else c for c in text)
    return lowered.replace("’", "'").replace("‘", "'").replace("`", "'")


@dataclass(frozen=True, slots=True)
class Token:
    """One word with its place in the turn; `quoted` where it is somebody's reported speech."""

    word: str
    start: int
    end: int
    quoted: bool
    capital: bool
    opens: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A turn taken apart: its words, the transcriber's comments, its sentences."""

    text: str
    tokens: tuple[Token, ...]
    comments: tuple[str, ...]
    sentences: int

    @property
    def words(self) -> list[str]:
        return [token.word for token in self.tokens]


def read_turn(text: str) -> Reading:
    """Take one turn apart. Text in [] or () is a comment, not speech."""
    low = plain(text)
    comments = []
    bare = low
    for hit in _COMMENT.finditer(low):
        comments.append(low[hit.start() + 1 : hit.end() - 1].strip())
        bare = bare[: hit.start()] + "." + " " * (hit.end() - hit.start() - 1) + bare[hit.end() :]
    quotes = [hit.span() for hit in _QUOTED.finditer(bare)]
    tokens: list[Token] = []
    last, at = 0, 0
    for hit in _TOKEN.finditer(bare):
        word = hit.group().strip("'-_")
        if not word:
            continue
        start = hit.start() + hit.group().index(word)
        while at < len(quotes) and quotes[at][1] <= start:
            at += 1
        gap = bare[last:start]
        opens = not tokens or any(c in '.!?…:"“”' for c in gap)
        quoted = at < len(quotes) and quotes[at][0] <= start
        tokens.append(Token(word, start, start + len(word), quoted, text[start].isupper(), opens))
        last = start + len(word)
    sentences = max(1, len(_SENTENCE_END.findall(bare)))
    return Reading(text, tuple(tokens), tuple(comments), sentences)


@dataclass(frozen=True, slots=True)
class Families:
    """Word families ready for look-up: whole words, stems, and phrases by their first word."""

    words: dict[str, tuple[str, ...]]
    stems: dict[str, tuple[str, ...]]
    phrases: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    names: tuple[str, ...]

    def of_word(self, word: str) -> tuple[str, ...]:
        """Families of one word, by itself and by its stem."""
        found = self.words.get(word, ())
        for size in range(3, len(word) + 1):
            hit = self.stems.get(word[:size])
            if hit:
                found = found + hit
        return found

    def hits(self, reading: Reading) -> Iterator[tuple[str, int, int]]:
        """Every family hit in a turn with its offsets."""
        words = reading.words
        tokens = reading.tokens
        count = len(words)
        for i, word in enumerate(words):
            for name in _families_of(self, word):
                yield name, tokens[i].start, tokens[i].end
            for phrase, name in self.phrases.get(word, ()):
                size = len(phrase)
                if i + size <= count and words[i + 1] == phrase[1] and tuple(words[i : i + size]) == phrase:
                    yield name, tokens[i].start, tokens[i + size - 1].end


_seen: dict[str, tuple[str, ...]] = {}


def _families_of(families: Families, word: str) -> tuple[str, ...]:
    found = _seen.get(word)
    if found is None:
        found = families.of_word(word)
        if len(_seen) < 50_000:
            _seen[word] = found
    return found


def data_text(name: str) -> str:
    """One of the engine's own data files."""
    return files("depthwork.cues").joinpath("data", name).read_text(encoding="utf-8")


@cache
def word_lists(name: str) -> dict[str, frozenset[str]]:
    """Plain word lists of a data file: ``name = words`` a line."""
    lists: dict[str, frozenset[str]] = {}
    for line in data_text(name).splitlines():
        key, _, words = line.partition(" = ")
        if words and not line.startswith("#"):
            lists[key] = word_set(words)
    return lists


@cache
def families() -> Families:
    """The word families of `data/lexicon.txt`."""
    words: dict[str, tuple[str, ...]] = {}
    stems: dict[str, tuple[str, ...]] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    names = []
    for line in data_text("lexicon.txt").splitlines():
        if not line or line.startswith("#"):
            continue
        name, _, entries = line.partition(" = ")
        names.append(name)
        for raw in dict.fromkeys(entries.split(", ")):
            entry = raw.strip()
            parts = tuple(t.word for t in read_turn(entry.rstrip("*")).tokens)
            if not parts:
                continue
            if len(parts) > 1:
                phrases.setdefault(parts[0], []).append((parts, name))
            elif entry.endswith("*"):
                stems[parts[0]] = (*stems.get(parts[0], ()), name)
            else:
                words[parts[0]] = (*words.get(parts[0], ()), name)
    return Families(words, stems, {k: tuple(v) for k, v in phrases.items()}, tuple(names))
