"""Depthwork's own word lists, which are data files with a head that says what they are and who looked at them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType

from depthwork.language.tokens import Token

Phrase = tuple[str, ...]
LISTS = (
    "abstraction", "disfluency", "emotion", "function_words", "hedges", "negations", "pronouns", "questions",
    "time_focus", "vividness",
)  # fmt: skip


@dataclass(frozen=True)
class WordList:
    """One list: its head (`about`, `source`, `reviewed_on` ...) and its groups of words and phrases."""

    about: Mapping[str, str]
    groups: Mapping[str, frozenset[Phrase]]

    @cached_property
    def words(self) -> Mapping[str, frozenset[str]]:
        """The single words of each group."""
        return {name: frozenset(p[0] for p in found if len(p) == 1) for name, found in self.groups.items()}

    def matches(self, group: str, words: Sequence[str]) -> list[tuple[int, int]]:
        """Half-open ranges of `words` that the group lists; the longest phrase wins, none overlap."""
        phrases, heads = self.groups[group], self._heads[group]
        found, free = [], 0
        for at, word in enumerate(words):
            if word not in heads or at < free:  # most words begin no phrase
                continue
            for length in range(min(heads[word], len(words) - at), 0, -1):
                if tuple(words[at : at + length]) in phrases:
                    found.append((at, at + length))
                    free = at + length
                    break
        return found

    @cached_property
    def _heads(self) -> Mapping[str, Mapping[str, int]]:
        """For each group the words that begin something in it, and how long that can be."""
        made: dict[str, dict[str, int]] = {name: {} for name in self.groups}
        for name, phrases in self.groups.items():
            for phrase in phrases:
                made[name][phrase[0]] = max(made[name].get(phrase[0], 0), len(phrase))
        return made


def parse_list(text: str) -> WordList:
    """Read a list: ``# key: value`` lines, ``[group]`` lines, then words; ``sort_of`` is a phrase."""
    about: dict[str, str] = {}
    groups: dict[str, set[Phrase]] = {}
    group: set[Phrase] = set()
    for line in text.splitlines():
        if line.startswith("#"):
            key, _, value = line[1:].partition(":")
            about[key.strip()] = value.strip()
        elif line.startswith("["):
            group = groups.setdefault(line.strip("[] "), set())
        else:
            group.update(tuple(word.split("_")) for word in line.split())
    return WordList(
        MappingProxyType(about), MappingProxyType({name: frozenset(found) for name, found in groups.items()})
    )


def list_text(name: str) -> str:
    """The text of one of our own list files."""
    return (files("depthwork.language") / "lists" / f"{name}.txt").read_text("utf-8")


@cache
def own_list(name: str) -> WordList:
    """One of our own lists by its file name, such as ``emotion`` or ``hedges``."""
    return parse_list(list_text(name))


@cache
def emotion_words() -> frozenset[str]:
    """Every form that counts as an emotion word."""
    return frozenset().union(*own_list("emotion").words.values())


def whole(found: Iterable[Token]) -> list[str]:
    """The words among tokens, without those broken off."""
    return [token.word for token in found if not token.broken]
