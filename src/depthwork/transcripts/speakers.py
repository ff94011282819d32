"""Who is therapist and who is client: names as files give them, mapped to T and C."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from depthwork.transcripts.draft import UNKNOWN, Said
from depthwork.transcripts.model import CLIENT, NOTE, THERAPIST, TranscriptError
from depthwork.wording import gettext, gettext_noop, ngettext

_SAYS_THERAPIST = """
t th ther therapist psychotherapist counselor counsellor clinician analyst psychoanalyst psychologist
psychiatrist doctor dr interviewer int therapeut therapeutin thérapeute terapeuta analytiker
analytikerin analyste analista
"""
_THERAPISTS = frozenset(_SAYS_THERAPIST.split())
_SAYS_CLIENT = """
c cl client clt p pt pat patient analysand interviewee klient klientin patientin cliente paciente
paziente
"""
_CLIENTS = frozenset(_SAYS_CLIENT.split())


TOOK_THERAPIST = gettext_noop(
    'took "%(therapist)s" as therapist (the only other voice); name the therapist to change it'
)
TOOK_CLIENT = gettext_noop(
    'took "%(client)s" as client (the only other voice); name the therapist to change it'
)
TOOK_BOTH = gettext_noop(
    'took "%(therapist)s" as therapist and "%(client)s" as client '
    "(by who says you rather than I, asks, and says less); name the therapist to change it"
)
GUESSES = (TOOK_THERAPIST, TOOK_CLIENT, TOOK_BOTH)


@dataclass(frozen=True, slots=True)
class Cast:
    """Each name of a file with the speaker it stands for, and what was guessed."""

    speaker_of: dict[str, str]
    warnings: tuple[str, ...]


def role_of(name: str) -> str | None:
    """``T``, ``C``, ``N`` or ``?`` where a name says so by itself; None for any other name."""
    if name in (NOTE, UNKNOWN):
        return name
    plain = fold(name)
    if plain in _THERAPISTS:
        return THERAPIST
    return CLIENT if plain in _CLIENTS else None


def fold(name: str) -> str:
    """A name as it is compared: no case, no outer points or spaces."""
    return " ".join(name.split()).strip(".:*").casefold()


def cast_of(said: Sequence[Said], therapist: str | None = None) -> Cast:
    """Map the names of a file to ``T`` and ``C``; names that stay unclear stay names.

    Notes
    -----
    1. `therapist` given: that name is ``T``; a name that says client is ``C``, or the only other name.
    2. Names that say their role (Therapist, Client, T, P, ...) are believed.
    3. One of the two known: the only other name is taken as the other.
    4. Two names, neither known: the therapist is taken to be the one who says "you" rather than "I", asks
       more and says less: weights 1, 0.1 and 0.05 on shares. With more names this holds for the two who
       say nine tenths. In another language only asking and saying less remain.
    Guesses of 3 and 4 are shown as warnings.
    """
    names = list(dict.fromkeys(line.name for line in said))
    if therapist is not None and fold(therapist) not in {fold(name) for name in names}:
        count = sum(name not in (UNKNOWN, NOTE) for name in names)
        raise TranscriptError(
            gettext(
                "no speaker has the name given as therapist; the file names %(n)s: read it without that name to see them"
            )
            % {"n": count}
        )
    if therapist is None:
        speaker_of = {name: role_of(name) or name for name in names}
    else:
        speaker_of = {name: _beside(name, therapist) for name in names}
    others = [
        name for name, speaker in speaker_of.items() if speaker not in (THERAPIST, CLIENT, NOTE, UNKNOWN)
    ]
    has = set(speaker_of.values())
    if not others or {THERAPIST, CLIENT} <= has:
        return Cast(speaker_of, ())
    if THERAPIST in has and len(others) == 1:
        return _with(speaker_of, {others[0]: CLIENT}, therapist, gettext(TOOK_CLIENT) % {"client": others[0]})
    if CLIENT in has and len(others) == 1:
        guess = gettext(TOOK_THERAPIST) % {"therapist": others[0]}
        return _with(speaker_of, {others[0]: THERAPIST}, therapist, guess)
    if THERAPIST in has or CLIENT in has or len(others) == 1:
        return Cast(speaker_of, (_further(len(others), missing=CLIENT if THERAPIST in has else THERAPIST),))
    pair = _main_two(said, others)
    if pair is None:
        nobody = gettext(
            "%(n)s speakers keep their names and none is taken as therapist; name the therapist to set it"
        )
        return Cast(speaker_of, (nobody % {"n": len(others)},))
    asks, tells = _who_asks(said, pair)
    guess = gettext(TOOK_BOTH) % {"therapist": asks, "client": tells}
    return _with(speaker_of, {asks: THERAPIST, tells: CLIENT}, therapist, guess)


def _further(n: int, *, missing: str) -> str:
    if missing == CLIENT:
        words = ngettext(
            "%(n)s further speaker keeps the own name; none is taken as client",
            "%(n)s further speakers keep their names; none is taken as client",
            n,
        )
    else:
        words = ngettext(
            "%(n)s further speaker keeps the own name; none is taken as therapist",
            "%(n)s further speakers keep their names; none is taken as therapist",
            n,
        )
    return words % {"n": n}


def _beside(name: str, therapist: str) -> str:
    if fold(name) == fold(therapist):
        return THERAPIST
    role = role_of(name)
    return name if role in (None, THERAPIST) else str(role)


def _with(speaker_of: dict[str, str], guess: dict[str, str], therapist: str | None, said: str) -> Cast:
    return Cast({**speaker_of, **guess}, () if therapist is not None else (said,))


def _words(said: Sequence[Said]) -> dict[str, int]:
    count: dict[str, int] = {}
    for line in said:
        count[line.name] = count.get(line.name, 0) + len(line.text.split())
    return count


def _main_two(said: Sequence[Said], names: list[str]) -> tuple[str, str] | None:
    count = _words(said)
    ranked = sorted(names, key=lambda name: -count[name])
    if count[ranked[0]] + count[ranked[1]] < 0.9 * sum(count[name] for name in names):
        return None
    first, second = sorted(ranked[:2], key=names.index)
    return first, second


def _who_asks(said: Sequence[Said], pair: tuple[str, str]) -> tuple[str, str]:
    count = _words(said)
    total = sum(count[name] for name in pair)

    def weight(name: str) -> float:
        turns = [line.text for line in said if line.name == name]
        words = Counter(word.partition("'")[0] for text in turns for word in _letters(text).split())
        you = sum(words[word] for word in ("you", "your", "yours", "yourself"))
        own = sum(words[word] for word in ("i", "my", "me", "mine", "myself"))
        asks = sum("?" in text for text in turns) / len(turns)
        return (you - own) / max(1, words.total()) + 0.1 * asks - 0.05 * count[name] / total

    first, second = pair
    return (second, first) if weight(second) > weight(first) else (first, second)


def _letters(text: str) -> str:
    text = text.lower().replace("’", "'")
    return "".join(char if char.isalpha() or char == "'" else " " for char in text)
