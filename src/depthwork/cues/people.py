"""Who is spoken of: kin words, roles, names and pronouns, followed through the hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from depthwork.cues.names import LISTS, bare, client_of_a_note, names_in, spoken_to
from depthwork.cues.words import Reading, Token, data_text

HE, SHE, THEY = LISTS["he"], LISTS["she"], LISTS["they"]
# How much a mention still counts one turn later, when a pronoun looks for its person.
_FADES = 0.55


@dataclass(slots=True)
class Person:
    """Somebody the hour speaks of, as far as words show."""

    label: str
    gender: str
    kind: str
    names: set[str] = field(default_factory=set)
    sphere: str = ""
    last: tuple[int, int] = (-99, -1)
    weight: float = 0.0

    def weight_at(self, turn: int) -> float:
        """How much the talk is still with this person at a turn."""
        return float(self.weight * _FADES ** max(0, turn - self.last[0]))


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
            by_first.setdefault(bare(words[0]), []).append((words, label, gender, kind))
    for rows in by_first.values():
        rows.sort(key=lambda row: -len(row[0]))
    return by_first


def follow(
    readings: Sequence[Reading], speakers: Sequence[str], child: Sequence[bool], now: Sequence[bool]
) -> list[list[Mention]]:
    """Mentions of people turn by turn, pronouns led back to whom they can mean.

    `child` and `now` say for each turn whether it speaks of early years or of these days. In a note
    the client is spoken of too, and is no mention.
    """
    cast = _Cast(names_in(readings, speakers))
    if "N" in speakers:
        cast.begin_note(readings)
    found: list[list[Mention]] = []
    scene = ""
    for t, reading in enumerate(readings):
        if child[t]:
            scene = "past"
        elif now[t] and scene == "past" and speakers[t] != "T":
            scene = ""
        here: list[Mention] = []
        i = 0
        while i < len(reading.tokens):
            step, mention = cast.mention_at(reading, i, t)
            if mention is not None:
                person = mention.person
                cast.heard(mention, opens=reading.tokens[i].opens)
                if child[t] or (scene == "past" and person.sphere == ""):
                    person.sphere = "past"
                elif now[t] or person.sphere == "":
                    person.sphere = "current"
                if person is not cast.client:
                    here.append(replace(mention, sphere=person.sphere))
            i += step
        found.append(here)
    return found


class _Cast:
    """The people of one hour while it is read."""

    def __init__(self, names: dict[str, str]):
        self.names = names
        self.people: list[Person] = []
        self.client: Person | None = None
        self.named_in = -1  # the last turn in which somebody else was named

    def begin_note(self, readings: Sequence[Reading]) -> None:
        """Let the client be the first whom "he" or "she" can mean."""
        called, gender = client_of_a_note(readings)
        self.client = Person("client", gender, "client", set(called), last=(0, -1), weight=1.5)
        self.people.append(self.client)

    def heard(self, mention: Mention, *, opens: bool) -> None:
        """Remember that somebody was just spoken of; who opens a sentence weighs more."""
        person = mention.person
        added = 0.6 if mention.how == "pronoun" else 1.3 if opens else 1.0
        person.weight = min(4.0, person.weight_at(mention.turn) + added)
        if mention.how != "pronoun" and person is not self.client:
            self.named_in = mention.turn
        person.last = (mention.turn, mention.start)

    def mention_at(self, reading: Reading, i: int, t: int) -> tuple[int, Mention | None]:
        """The mention that begins at word `i`, and how many words it takes."""
        tokens = reading.tokens
        token = tokens[i]
        if token.quoted:
            return 1, None
        word = bare(token.word)
        if token.word in HE or token.word in SHE or token.word in THEY:
            return 1, self._pronoun(token, t)
        if self.client is not None and token.capital and word in self.client.names:
            return 1, Mention(t, token.start, token.end, self.client, "name")
        if token.capital and word in self.names and not spoken_to(reading, i):
            return self._named(reading, i, t)
        for words, label, gender, kind in _people().get(word, ()):
            size = len(words)
            if size > 1 and [bare(x.word) for x in tokens[i : i + size]] != [bare(w) for w in words]:
                continue
            if not (self._opens_a_note(token, kind) or _is_meant(tokens, i, kind, label, words)):
                continue
            end = i + size
            alias = self._name_at(reading, end)
            person = self._known(label, gender, kind, alias)
            end += bool(alias)
            return end - i, Mention(t, token.start, tokens[end - 1].end, person, "noun")
        return 1, None

    def _opens_a_note(self, token: Token, kind: str) -> bool:
        """A note leaves out "her": "Brother coming at the weekend"."""
        return self.client is not None and token.opens and token.capital and kind in LISTS["kin"]

    def _name_at(self, reading: Reading, i: int) -> str:
        """The name that stands at word `i` right after the one before: "my brother Alan"."""
        tokens = reading.tokens
        if not 0 < i < len(tokens) or not tokens[i].capital:
            return ""
        beside = reading.text[tokens[i - 1].end : tokens[i].start].strip(" ,") == ""
        name = bare(tokens[i].word)
        return name if beside and name in self.names else ""

    def _known(self, label: str, gender: str, kind: str, alias: str) -> Person:
        for person in reversed(self.people):
            if alias and alias in person.names:
                return person
        if not alias and kind != "stranger":
            for person in sorted(self.people, key=lambda p: p.last, reverse=True):
                if person.label == label:
                    return person
        person = Person(label, gender, kind, {alias} if alias else set())
        self.people.append(person)
        return person

    def _named(self, reading: Reading, i: int, t: int) -> tuple[int, Mention]:
        token = reading.tokens[i]
        word = bare(token.word)
        for person in self.people:
            if word in person.names:
                return 1, Mention(t, token.start, token.end, person, "name")
        person = self._with_role(reading, i) or Person(
            word.capitalize(), self.names[word], "other_figure", {word}
        )
        self.people.append(person)
        return 1, Mention(t, token.start, token.end, person, "name")

    def _with_role(self, reading: Reading, i: int) -> Person | None:
        """ "Declan, the boss" and "Greg. My VP." name a role just after."""
        tokens = reading.tokens
        name = bare(tokens[i].word)
        for j in range(i + 1, min(i + 4, len(tokens))):
            if tokens[j - 1].word not in ("my", "the", "our", "her", "his", "me"):
                continue
            for words, label, gender, kind in _people().get(bare(tokens[j].word), ()):
                if len(words) == 1:
                    return Person(label, gender if gender != "n" else self.names[name], kind, {name})
        return None

    def _pronoun(self, token: Token, t: int) -> Mention | None:
        wanted = "m" if token.word in HE else "f" if token.word in SHE else "p"
        fit = [
            p
            for p in self.people
            if (p.gender == wanted or (p.gender == "n" and wanted != "p"))
            and (t - p.last[0] <= 6 or p is self.client)
        ]
        if not fit:
            if wanted == "p":
                return None
            best = Person("(unnamed)", wanted, "other_figure")
            self.people.append(best)
        else:
            latest = max(fit, key=lambda p: p.last)
            best = max(fit, key=lambda p: (self._pull(p, t, latest), p.last))
            if best.gender == "n":
                best.gender = wanted
        return Mention(t, token.start, token.end, best, "pronoun")

    def _pull(self, person: Person, t: int, latest: Person) -> float:
        """How strongly a pronoun is drawn to somebody: told of lately, and often."""
        floor = 0.9 if person is self.client else 0.0
        # A paragraph of a note that says "she" and names nobody is back with the client, whoever came last.
        back = 1.6 if person is self.client and self.named_in != t else 0.0
        return max(person.weight_at(t), floor) + back + 0.8 * (person.last[0] == t) + 1.2 * (person is latest)


def _is_meant(tokens: Sequence[Token], i: int, kind: str, label: str, words: tuple[str, ...]) -> bool:
    before = [x.word for x in tokens[max(0, i - 3) : i]]
    if words[0] in LISTS["owners"] or len(words) > 1:
        return True
    if kind in LISTS["bare"] or label in ("grandmother", "grandfather", "parents"):
        if words[0] not in LISTS["capital_only"]:
            return True
        return tokens[i].capital or (bool(before) and before[-1] in LISTS["owners"])
    if tokens[i].capital and not tokens[i].opens:
        return True
    return any(x in LISTS["owners"] or x.endswith("'s") for x in before)
