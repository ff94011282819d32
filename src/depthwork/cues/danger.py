"""Passages to read again: words that may speak of danger to the client or to another.

Tuned to miss nothing that is said openly and to let idiom pass. It is a reading aid: it gives no
level, and the absence of a passage says nothing. The patterns stand in `data/danger.txt`,
ideas that count wherever they fall together in `data/danger_together.txt`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from depthwork.cues.engine import Cue, cue_at
from depthwork.cues.together import gathered
from depthwork.cues.turns import View
from depthwork.cues.words import Token, data_text
from depthwork.transcripts.model import Transcript
from depthwork.wording import gettext_noop as _
from depthwork.wording import remembered

KINDS = ("suicide_active", "suicide_passive", "self_harm", "harm_others", "abuse")
_GAP = 2
_FIRST_PERSON = frozenset(["i", "i'm", "i'd", "i've", "i'll", "me", "my", "myself", "meself"])
_DENIES = frozenset(["never", "wouldn't", "not", "won't", "didn't", "don't", "haven't", "couldn't", "no"])
_BUT = frozenset(["but", "though", "only", "except", "just", "still", "yet"])
_WHY = {
    "suicide_active": _(
        "The words may speak of ending one's life: a thought of doing it, a plan, means or a preparation"
    ),
    "suicide_passive": _("The words may speak of not wanting to live or to wake, or of means close by"),
    "self_harm": _("The words may speak of hurting the own body"),
    "harm_others": _("The words may speak of hurting somebody: a thought, a plan or a preparation"),
    "abuse": _("The words may tell of somebody being hurt, threatened or used"),
}


@dataclass(frozen=True, slots=True)
class _Part:
    words: frozenset[str]
    stems: tuple[str, ...]
    close: bool

    def fits(self, word: str) -> bool:
        return word in self.words or (bool(self.stems) and word.startswith(self.stems))


@dataclass(frozen=True, slots=True)
class _Pattern:
    sort: str
    kind: str
    parts: tuple[_Part, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern found in a turn, by the places of its words."""

    sort: str
    kind: str
    at: tuple[int, ...]
    number: int


@cache
def _patterns() -> dict[str, tuple[_Pattern, ...]]:
    """Patterns by their first word; those that begin with a stem stand under its first three letters and ``*``."""
    groups: dict[str, list[str]] = {}
    by_word: dict[str, list[_Pattern]] = {}
    number = 0
    for line in data_text("danger.txt").splitlines():
        head, _, body = line.partition(": ")
        if not body or line.startswith("#"):
            continue
        if head.startswith("group "):
            groups[head[6:]] = [word.strip() for word in body.split(",")]
            continue
        sort, _, kind = head.partition(" ")
        for text in body.split(";"):
            parts = tuple(_part(piece, groups) for piece in text.split())
            if not parts:
                continue
            number += 1
            pattern = _Pattern(sort, kind, parts, number)
            for word in parts[0].words:
                by_word.setdefault(word, []).append(pattern)
            for key in {f"{stem[:3]}*" for stem in parts[0].stems}:
                by_word.setdefault(key, []).append(pattern)
    return {word: tuple(found) for word, found in by_word.items()}


def _part(piece: str, groups: dict[str, list[str]]) -> _Part:
    close = piece.startswith("+")
    words: list[str] = []
    stems: list[str] = []
    for choice in piece.lstrip("+").split("/"):
        if choice in groups:
            words.extend(groups[choice])
        elif choice.endswith("*"):
            stems.append(choice[:-1])
        else:
            words.append(choice)
    return _Part(frozenset(words), tuple(stems), close)


def _sentences(tokens: Sequence[Token], text: str) -> list[int]:
    out, number = [], 0
    for i, token in enumerate(tokens):
        if i and any(c in ".!?…" for c in text[tokens[i - 1].end : token.start]):
            number += 1
        out.append(number)
    return out


def _follow(
    parts: Sequence[_Part], words: Sequence[str], where: Sequence[int], at: tuple[int, ...]
) -> tuple[int, ...] | None:
    if len(at) == len(parts):
        return at
    part = parts[len(at)]
    here = at[-1]
    reach = 1 if part.close else 1 + _GAP
    for j in range(here + 1, min(len(words), here + 1 + reach)):
        if where[j] != where[here]:
            break
        if part.fits(words[j]):
            found = _follow(parts, words, where, (*at, j))
            if found is not None:
                return found
    return None


def hits(view: View) -> list[Hit]:
    """Every pattern found in one turn, sentence by sentence."""
    by_word = _patterns()
    tokens = view.reading.tokens
    words = [token.word for token in tokens]
    where = _sentences(tokens, view.reading.text)
    found = []
    for i, word in enumerate(words):
        begun = [p for p in by_word.get(f"{word[:3]}*", ()) if p.parts[0].fits(word)]
        for pattern in (*by_word.get(word, ()), *begun):
            at = _follow(pattern.parts, words, where, (i,))
            if at is not None:
                found.append(Hit(pattern.sort, pattern.kind, at, pattern.number))
    found.extend(Hit(sort, kind, at, -1 - number) for sort, kind, number, at in gathered(words, where))
    return found


def standing(view: View, found: Sequence[Hit]) -> list[Hit]:
    """The signs of danger in a turn that no idiom, fiction or denial undoes."""
    where = _sentences(view.reading.tokens, view.reading.text)
    return [hit for hit in found if hit.sort in ("sure", "weak") and _stands(hit, view, found, where)]


def _stands(hit: Hit, view: View, found: Sequence[Hit], where: Sequence[int]) -> bool:
    words = [token.word for token in view.reading.tokens]
    own = set(hit.at)
    for other in found:
        undoes = other.sort == "idiom" or (other.sort == "idiom_but_abuse" and hit.kind != "abuse")
        if undoes and own & set(other.at):
            return False
        if other.sort == "fiction" and where[other.at[0]] == where[hit.at[0]]:
            near = {words[j] for j in (*hit.at, max(0, hit.at[0] - 1))}
            if not near & _FIRST_PERSON or words[other.at[-1]] in ("dream", "dreamt", "dreamed"):
                return False
    if hit.kind in ("suicide_active", "self_harm", "harm_others") and words[hit.at[0]] not in _DENIES:
        before = [words[j] for j in range(max(0, hit.at[0] - 4), hit.at[0]) if where[j] == where[hit.at[0]]]
        # "I wouldn't do it, but ..." says more than it denies.
        after = words[hit.at[-1] + 1 :]
        if any(word in _DENIES for word in before) and "stop" not in before and not _BUT & set(after):
            return False
    return True


@cache
def _replies() -> dict[str, tuple[str, ...]]:
    found = {}
    for line in data_text("danger_replies.txt").splitlines():
        key, _, phrases = line.partition(" = ")
        if phrases and not line.startswith("#"):
            found[key] = tuple(f" {phrase} " for phrase in phrases.split(", "))
    return found


def says(view: View | None, what: str) -> bool:
    """Whether the therapist says something of the kind: "asked", "answered" or "alarmed"."""
    if view is None or view.speaker == "C":
        return False
    text = f" {' '.join(view.reading.words)} "
    return any(phrase in text for phrase in _replies()[what])


def _asked_kind(question: str) -> str:
    """What a direct question of the therapist asks about; empty where it asks about nothing of this."""
    if any(
        x in question
        for x in ("kill yourself", "killing yourself", "end your life", "ending your life", "suicid")
    ):
        return "suicide_active"
    if any(
        x in question for x in ("dying", "be dead", "were dead", "not being alive", "want to live", "wake up")
    ):
        return "suicide_passive"
    if any(x in question for x in ("hurt yourself", "hurting yourself", "harm yourself", "cut yourself")):
        return "self_harm"
    if any(x in question for x in ("hurt him", "hurt her", "hurt them", "hurt anyone", "hurt someone")):
        return "harm_others"
    return ""


def _denied(view: View) -> bool:
    words = view.reading.words
    return len(words) <= 14 and bool(words) and words[0] in ("no", "nah", "never", "god", "not")


def passages(
    transcript: Transcript,
    views: Sequence[View],
    alarming: Mapping[int, str] | None = None,
    patterns: Sequence[Sequence[Hit]] | None = None,
) -> list[Cue]:
    """Risk cues of an hour: one a turn and kind, without a confidence.

    `alarming` names the turns, with a kind, that a learned score holds to be of danger; they are shown
    where no pattern shows them. `patterns` are those of each turn, where they are known already.

    When not to use it: as an assessment, or as a reason for calm.
    """
    cues = []
    lately: dict[str, int] = {}
    for i, view in enumerate(views):
        if view.speaker == "T":
            continue
        found = hits(view) if patterns is None else patterns[i]
        where = _sentences(view.reading.tokens, view.reading.text)
        stand = standing(view, found)
        asked_for = " ".join(views[i - 1].reading.words) if i and views[i - 1].speaker != "C" else ""
        asked = says(views[i - 1] if i else None, "asked")
        answered = says(views[i + 1] if i + 1 < len(views) else None, "answered")
        alarmed = says(views[i + 1] if i + 1 < len(views) else None, "alarmed")
        kinds: dict[str, list[Hit]] = {}
        for kind in KINDS:
            sure = [h for h in stand if h.kind == kind and h.sort == "sure"]
            weak = {h.number: h for h in stand if h.kind == kind and h.sort == "weak"}
            recent = i - lately[kind] <= 4 if kind in lately else False
            signs = len(weak) + asked + answered + recent
            told = len(weak) >= 2 or any(number < 0 for number in weak)  # a hint is more than one loose word
            if sure:
                kinds[kind] = sure
            elif (
                (weak and (alarmed or (answered and told and not _denied(view))))
                or (
                    asked
                    and kind == _asked_kind(asked_for)
                    and not _denied(view)
                    and len(view.reading.tokens) > 2
                )
                or (weak and not _denied(view) and ((asked and signs >= 2) or (recent and signs >= 3)))
            ):
                kinds[kind] = list(weak.values())
        near = bool(lately) and i - max(lately.values()) <= 4
        if alarmed and not kinds and (near or asked) and len(view.reading.tokens) > 3:
            kinds["suicide_passive"] = []
        if not kinds and alarming and i in alarming:
            kinds[alarming[i]] = []
        if "suicide_active" in kinds and all(h.sort == "weak" for h in kinds.get("suicide_passive", ())):
            kinds.pop("suicide_passive", None)
        for kind, parts in kinds.items():
            lately[kind] = i
            cues.append(_cue(transcript, view, kind, parts, where))
    return cues


def _cue(transcript: Transcript, view: View, kind: str, parts: Sequence[Hit], where: Sequence[int]) -> Cue:
    tokens = view.reading.tokens
    if not parts:
        return cue_at(
            transcript,
            "risk",
            kind,
            (view.index, view.index),
            confidence=None,
            attributes={"kind": kind},
            why=remembered(
                _("%(what)s, by what is said and answered around them. Please read it in its place."),
                what=remembered(_WHY[kind]),
            ),
        )
    places = {where[j] for hit in parts for j in hit.at}
    inside = [j for j in range(len(tokens)) if min(places) <= where[j] <= max(places)]
    start, end = tokens[inside[0]].start, tokens[inside[-1]].end
    said = view.reading.text[tokens[parts[0].at[0]].start : tokens[parts[0].at[-1]].end]
    return cue_at(
        transcript, "risk", kind, (view.index, view.index), within=(start, end),
        why=remembered(_("%(what)s (“%(words)s”). Please read it in its place."), what=remembered(_WHY[kind]), words=said),
        confidence=None, attributes={"kind": kind},
    )  # fmt: skip
