"""Silence: pauses within and between turns, how soon an answer comes, and how fast speech runs.

When not to use it: Not from transcripts whose times were rounded, guessed or made for subtitles, and never to
say what a silence was. A long one is not a resistance.

Source: arithmetic on times and comments, a choice of this program; no published scale stands behind it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from depthwork.language.hour import Spoken
from depthwork.language.tokens import tokens
from depthwork.language.withheld import Withheld
from depthwork.transcripts.comments import pauses
from depthwork.wording import gettext as _

LONG_PAUSE_S = 3.0
SILENCE_S = 10.0
FEWEST_ANSWERS = 3
FEWEST_WORDS = 50
FEWEST_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Pause:
    """One pause: its length in seconds, and the turn it lies in or after (-1 before the first)."""

    turn: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Silence:
    """The pauses of an hour.

    `pauses` are those of 3 seconds or more, `silences` counts those of 10 or more. `share` is all silent
    time against the length of the hour, None without times. Latency is the median of seconds from the
    end of one speaker's turn to the start of the other's answer; speech rate is in words a minute.
    Each is None where there are too few times to say it on.
    """

    pauses: tuple[Pause, ...]
    silences: int
    longest_s: float
    total_s: float
    share: float | None
    latency_client_s: float | None
    latency_therapist_s: float | None
    rate_client: float | None
    rate_therapist: float | None
    basis: str

    @property
    def withheld(self) -> tuple[Withheld, ...]:
        """Each figure that is None, with its reason."""
        answers = _("fewer than %(n)s answers whose times are known") % {"n": FEWEST_ANSWERS}
        speech = _("fewer than %(words)s words or %(seconds)s seconds of timed turns") % {
            "words": FEWEST_WORDS,
            "seconds": FEWEST_SECONDS,
        }
        reasons = {
            "share": _("not every turn has a time, so the length of the hour is not known"),
            "latency_client_s": answers,
            "latency_therapist_s": answers,
            "rate_client": speech,
            "rate_therapist": speech,
        }
        return tuple(
            Withheld(f"silence.{name}", reason)
            for name, reason in reasons.items()
            if getattr(self, name) is None
        )


def _is_timed(turn: Spoken) -> bool:
    return turn.start_s is not None and turn.end_s is not None and turn.end_s >= turn.start_s


def _gap(before: Spoken, after: Spoken) -> float | None:
    if before.end_s is None or after.start_s is None:
        return None
    return max(0.0, after.start_s - before.end_s)


def _found(hour: Sequence[Spoken]) -> list[Pause]:
    """All silences. A pause noted at the edge of a turn and the gap beside it are one, the longer of the two."""
    inner: list[Pause] = []
    edges = [0.0] * (len(hour) + 1)  # edges[k]: noted at the end of turn k - 1 or the start of turn k
    for at, turn in enumerate(hour):
        for start, end, seconds in pauses(turn.text):
            if not tokens(turn.text[:start]):
                edges[at] = max(edges[at], seconds)
            elif not tokens(turn.text[end:]):
                edges[at + 1] = max(edges[at + 1], seconds)
            else:
                inner.append(Pause(turn.index, seconds))
    for at, (before, after) in enumerate(itertools.pairwise(hour), 1):
        edges[at] = max(edges[at], _gap(before, after) or 0.0)
    between = [
        Pause(hour[at - 1].index if at else -1, length) for at, length in enumerate(edges) if length > 0
    ]
    return sorted([*inner, *between], key=lambda pause: pause.turn)


def _latency(hour: Sequence[Spoken], speaker: str, other: str) -> float | None:
    gaps = [
        gap
        for before, after in itertools.pairwise(hour)
        if (before.speaker, after.speaker) == (other, speaker) and (gap := _gap(before, after)) is not None
    ]
    return float(median(gaps)) if len(gaps) >= FEWEST_ANSWERS else None


def _rate(hour: Sequence[Spoken], speaker: str) -> float | None:
    timed = [turn for turn in hour if turn.speaker == speaker and _is_timed(turn)]
    seconds = sum((turn.end_s or 0.0) - (turn.start_s or 0.0) for turn in timed)
    words = sum(len(turn.words) for turn in timed)
    return 60 * words / seconds if seconds >= FEWEST_SECONDS and words >= FEWEST_WORDS else None


def silence(hour: Sequence[Spoken], *, client: str = "C", therapist: str = "T") -> Silence | Withheld:
    """When nobody speaks, as far as times and the transcriber's comments tell.

    Gives lengths, never what a silence was. Times rounded to whole seconds hide short ones.

    Parameters
    ----------
    hour : sequence of Spoken
        All turns in order.
    client, therapist : str
        The two speakers of latency and rate.

    Returns
    -------
    Silence or Withheld
        Withheld where no turn has times and no pause is written down with its length, and where the times
        leave no gap anywhere, as those of many subtitles do.

    Notes
    -----
    1. A pause is the gap from a turn's end to the next turn's start, or ``[pause 5s]`` in the text; where
       both stand at one place the longer holds.
    2. Overlapping turns have a gap of 0, in latency too.
    3. A latency needs 3 answers; a rate 50 words and 30 seconds. Rates include pauses within turns.
    4. The length of the hour runs from the first start to the last end.

    See also
    --------
    tests/judges/test_silence.py
    """
    found = _found(hour)
    timed = [turn for turn in hour if _is_timed(turn)]
    has_comments = any(pauses(turn.text) for turn in hour)
    if not timed and not has_comments:
        return Withheld("silence", _("the transcript has no times and no pauses with a length"))
    starts = [turn.start_s for turn in timed if turn.start_s is not None]
    ends = [turn.end_s for turn in timed if turn.end_s is not None]
    length = max(ends) - min(starts) if timed else 0.0
    total = sum((pause.seconds for pause in found), 0.0)
    if not total:
        return Withheld("silence", _("each turn begins where the last one ends, so no pause can be seen"))
    is_whole = len(timed) == len(hour) and length > 0
    return Silence(
        pauses=tuple(pause for pause in found if pause.seconds >= LONG_PAUSE_S),
        silences=sum(pause.seconds >= SILENCE_S for pause in found),
        longest_s=max((pause.seconds for pause in found), default=0.0),
        total_s=total,
        share=min(1.0, total / length) if is_whole else None,
        latency_client_s=_latency(hour, client, therapist),
        latency_therapist_s=_latency(hour, therapist, client),
        rate_client=_rate(hour, client),
        rate_therapist=_rate(hour, therapist),
        basis=" and ".join(["times"] * bool(timed) + ["comments"] * has_comments),
    )
