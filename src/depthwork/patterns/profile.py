"""The profile of one hour: what the descriptive measures say together, and what they leave unsaid."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from depthwork.language.dictionaries import Dictionary, vividness
from depthwork.language.hour import Spoken, of_speaker, spoken
from depthwork.language.withheld import Withheld
from depthwork.process.cycles import Cycles, cycles
from depthwork.process.disfluency import Disfluency, disfluency
from depthwork.process.hedges import Rate, hedges, negations
from depthwork.process.matching import (
    FEWEST_IN_A_TURN,
    StyleMatching,
    TurnMatching,
    style_matching,
    turn_matching,
)
from depthwork.process.pronouns import Pronouns, pronouns
from depthwork.process.referential import Referential, referential
from depthwork.process.silence import Silence, silence
from depthwork.process.talk import MinimalResponses, minimal_responses, talk_share
from depthwork.process.time_focus import TimeFocus, time_focus
from depthwork.transcripts import CLIENT, NOTE, THERAPIST, Provenance, Transcript
from depthwork.wording import gettext as _


@dataclass(frozen=True, slots=True)
class Profile:
    """What was counted in one hour or note.

    A measure that cannot be said is a `Withheld` with its reason. `of` names whose words the measures of one
    person describe: the client, or a note's own paragraphs.
    """

    source: str
    provenance: Provenance
    of: str
    turns: int
    words: dict[str, int]
    talk_share: float | Withheld
    cycles: Cycles | Withheld
    referential: Referential | Withheld
    style_matching: StyleMatching | Withheld
    pronouns: Pronouns | Withheld
    time_focus: TimeFocus | Withheld
    hedges: Rate | Withheld
    negations: Rate | Withheld
    disfluency: Disfluency | Withheld
    silence: Silence | Withheld
    minimal_responses: MinimalResponses | Withheld
    hour: tuple[Spoken, ...]

    @property
    def withheld(self) -> tuple[Withheld, ...]:
        """What is not said, in the order of the profile."""
        parts = (
            self.cycles, self.referential, self.style_matching, self.talk_share, self.pronouns, self.time_focus,
            self.hedges, self.negations, self.disfluency, self.silence, self.minimal_responses,
        )  # fmt: skip
        return tuple(part for part in parts if isinstance(part, Withheld))

    def turn_matching(self) -> tuple[TurnMatching, ...] | Withheld:
        """Style matching of each longer turn of the client with the therapist's turn that it answers."""
        if self.of == NOTE:
            return Withheld("turn_matching", _("a note has one voice"))
        found = turn_matching(self.hour, speaker=CLIENT, other=THERAPIST)
        reason = _("no answer of %(n)s words or more to a turn of as many") % {"n": FEWEST_IN_A_TURN}
        return found or Withheld("turn_matching", reason)

    def as_dict(self) -> dict[str, Any]:
        """The profile as plain data: the contract of ``depthwork profile --json``."""
        matched = self.turn_matching()
        withheld = [*self.withheld, *([matched] if isinstance(matched, Withheld) else [])]
        if not isinstance(self.silence, Withheld):
            withheld += self.silence.withheld
        return {
            "source": self.source,
            "provenance": self.provenance,
            "of": self.of,
            "turns": self.turns,
            "words": self.words,
            "talk_share": _plain(self.talk_share),
            "cycles": None if isinstance(self.cycles, Withheld) else _cycles(self.cycles),
            "referential": None if isinstance(self.referential, Withheld) else _referential(self.referential),
            "style_matching": _value(self.style_matching, "value"),
            "turn_matching": None if isinstance(matched, Withheld) else [asdict(one) for one in matched],
            "pronouns": _plain(self.pronouns),
            "time_focus": _plain(self.time_focus),
            "hedges": _value(self.hedges, "per_100"),
            "negations": _value(self.negations, "per_100"),
            "disfluency": _value(self.disfluency, "per_100"),
            "silence": _plain(self.silence),
            "minimal_responses": None
            if isinstance(self.minimal_responses, Withheld)
            else {**_plain(self.minimal_responses), "count": self.minimal_responses.count},
            "withheld": [part.as_dict() for part in withheld],
        }


def _plain(part: Any) -> Any:
    if isinstance(part, Withheld):
        return None
    return part if isinstance(part, float) else asdict(part)


def _value(part: Any, name: str) -> float | None:
    return None if isinstance(part, Withheld) else float(getattr(part, name))


def _cycles(part: Cycles) -> dict[str, Any]:
    return {
        "block_words": part.block_words,
        "blocks": [asdict(block) for block in part.blocks],
        "shares": dict(part.shares),
        "count": part.count,
        "cycles": [list(cycle) for cycle in part.cycles],
        "stability": part.stability,
    }


def _referential(part: Referential) -> dict[str, Any]:
    curve = asdict(part.curve)
    return {
        "dictionary": part.dictionary,
        "mean": curve["mean"],
        "high_share": curve["high_share"],
        "mean_high": curve["mean_high"],
        "variation": curve["variation"],
        "words": curve["words"],
        "covered": part.covered,
        "turns": [{"turn": turn.turn, **asdict(turn.curve)} for turn in part.turns],
    }


def profile_of(transcript: Transcript, *, dictionary: Dictionary | None = None) -> Profile:
    """Describe what happened in an hour, in numbers with their cautions.

    Everything here is counted from words and times; nothing is read for its meaning and no code enters.

    Parameters
    ----------
    transcript : Transcript
        A transcript with speakers ``T`` and ``C``, or a process note (speaker ``N``).
    dictionary : Dictionary, optional
        For the referential measures, in place of our own vividness list.

    Returns
    -------
    Profile
        Of the client's turns, or of a note's paragraphs. Measures of two speakers are withheld for a note.

    Notes
    -----
    1. Each measure has its own minimum of data; under it the measure is withheld with the reason.
    2. A transcript without turns gives a profile in which everything is withheld.

    Examples
    --------
    >>> from depthwork.transcripts import transcript_of
    >>> found = profile_of(transcript_of([("T", "How was it?"), ("C", "Fine.")]))
    >>> found.words, found.minimal_responses.count
    ({'T': 3, 'C': 1}, 1)
    """
    hour = spoken(transcript)
    speakers = Counter(turn.speaker for turn in hour)
    is_note = bool(hour) and set(speakers) == {NOTE}
    subject = NOTE if is_note else CLIENT
    own = of_speaker(hour, subject)
    counted = Counter(dict.fromkeys((THERAPIST, CLIENT, *speakers), 0))
    for turn in hour:
        counted[turn.speaker] += len(turn.words)
    two = {"speaker": CLIENT, "other": THERAPIST}
    a_note = _("a note has one voice")
    return Profile(
        source=transcript.source,
        provenance=transcript.provenance,
        of=subject,
        turns=len(hour),
        words=dict(counted),
        talk_share=Withheld("talk_share", a_note) if is_note else talk_share(hour, **two),
        cycles=cycles(hour),
        referential=referential(own, dictionary or vividness()),
        style_matching=Withheld("style_matching", a_note)
        if is_note
        else style_matching(own, of_speaker(hour, THERAPIST)),
        pronouns=pronouns(own),
        time_focus=time_focus(own),
        hedges=hedges(own),
        negations=negations(own),
        disfluency=Withheld("disfluency", _("a note is written, not spoken")) if is_note else disfluency(own),
        silence=Withheld("silence", a_note) if is_note else silence(hour, client=CLIENT, therapist=THERAPIST),
        minimal_responses=Withheld("minimal_responses", a_note)
        if is_note
        else minimal_responses(hour, **two),
        hour=hour,
    )
