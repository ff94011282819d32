"""The profile of an hour as a chart: what was counted in its words and silences, on one axis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from depthwork.language.withheld import Withheld
from depthwork.patterns.profile import Profile, profile_of
from depthwork.reports.charts.chart import Chart
from depthwork.reports.charts.profile import HourProfile, ProfileBlock, Silence, profile_chart
from depthwork.transcripts import Transcript
from depthwork.wording import figure

LEAST_TURNS = 16
TURNS_A_BLOCK = 4
_TOO_SHORT = gettext_lazy(
    "Counted from words and times. Emotion and abstraction need eight blocks of 150 words; this hour has fewer."
)
_NO_EMOTION = gettext_lazy(
    "Counted from words and times. The rules this practice follows let no emotion words be counted."
)


@dataclass(frozen=True, slots=True)
class HourChart:
    """The drawing where there is enough for one, plain sentences beside it, and what is not said."""

    chart: Chart | None
    sentences: list[str]
    withheld: list[str]


def hour_chart(transcript: Transcript, *, key: str, name: str, counts_emotion: bool = True) -> HourChart:
    """The profile of one source. Where the practice's rules let no emotion words be counted, those stay out of it."""
    found = profile_of(transcript)
    if not counts_emotion:
        reason = _("the rules this practice follows let no emotion words be counted")
        found = replace(found, cycles=Withheld(_("emotion and abstraction"), reason))
    cycles = found.cycles
    chart = None
    if not isinstance(cycles, Withheld) and cycles.blocks:
        chart = profile_chart(_drawing(found, transcript, key=key, name=name))
    elif found.of != "N" and len(found.hour) >= LEAST_TURNS and not isinstance(found.talk_share, Withheld):
        note = _TOO_SHORT if counts_emotion else _NO_EMOTION
        chart = profile_chart(_who_speaks(found, transcript, key=key, name=name, note=str(note)))
    # The chart of a short hour says the first sentence itself.
    said = _sentences(found)
    return HourChart(
        chart,
        said[1:] if chart is not None and said and said[0] in chart.sentence else said,
        _unsaid(found),
    )


def _unsaid(found: Profile) -> list[str]:
    """What is not said, each reason once, with everything that it holds for."""
    of: dict[str, list[str]] = {}
    for one in found.withheld:
        of.setdefault(str(one.reason), []).append(one.measure.replace("_", " "))
    return [f"{', '.join(measures)}: {reason}" for reason, measures in of.items()]


def _drawing(found: Profile, transcript: Transcript, *, key: str, name: str) -> HourProfile:
    assert not isinstance(found.cycles, Withheld)
    at, timed = _axis(transcript)
    words = [(t.speaker, len(t.words)) for t in found.hour]
    blocks: list[ProfileBlock] = []
    last = 0.0
    for block in found.cycles.blocks:
        first, end = block.turns
        mine = words[first : end + 1]
        total = sum(n for _, n in mine)
        stop = max(last, at(end + 1))
        blocks.append(
            ProfileBlock(
                last,
                stop,
                block.emotion_z,
                block.abstraction_z,
                block.pattern,
                sum(n for s, n in mine if s == "T") / total if total and found.of != "N" else None,
            )
        )
        last = stop
    n = found.cycles.count
    cycles = _("No whole cycle") if n == 0 else _("One cycle") if n == 1 else _("%(n)s cycles") % {"n": n}
    return HourProfile(
        key=key,
        title=_("Profile: %(name)s") % {"name": name},
        blocks=tuple(blocks),
        axis="min" if timed else "turn",
        silences=_silences(found, at),
        therapist_words=None if isinstance(found.talk_share, Withheld) else 1 - found.talk_share,
        note=(
            _(
                "%(cycles)s. Blocks of %(block_words)s words, both speakers; emotion and abstraction "
                "are counted from open word lists, not from meaning. Described, not judged: no code "
                "enters here."
            )
            % {"cycles": cycles, "block_words": found.cycles.block_words}
        ),
    )


def _who_speaks(found: Profile, transcript: Transcript, *, key: str, name: str, note: str) -> HourProfile:
    """An hour without emotion and abstraction: who speaks, four turns at a time, and the silences."""
    at, timed = _axis(transcript)
    blocks = []
    for first in range(0, len(found.hour), TURNS_A_BLOCK):
        some = found.hour[first : first + TURNS_A_BLOCK]
        total = sum(len(turn.words) for turn in some)
        theirs = sum(len(turn.words) for turn in some if turn.speaker == "T")
        blocks.append(
            ProfileBlock(at(first), at(first + len(some)), therapist_share=theirs / total if total else None)
        )
    return HourProfile(
        key=key,
        title=_("Profile: %(name)s") % {"name": name},
        blocks=tuple(blocks),
        axis="min" if timed else "turn",
        silences=_silences(found, at),
        therapist_words=None if isinstance(found.talk_share, Withheld) else 1 - found.talk_share,
        sentence=_sentences(found)[0],
        note=note,
    )


def _axis(transcript: Transcript) -> tuple[Callable[[int], float], bool]:
    """Where a turn begins on the axis: in minutes where every turn has a time, else by its number."""
    turns = transcript.turns
    if not turns or any(turn.start_s is None for turn in turns):
        return (lambda turn: float(min(turn, len(turns)))), False
    starts = [turn.start_s or 0.0 for turn in turns]
    end = max(turns[-1].end_s or 0.0, starts[-1])
    return (lambda turn: ((starts[turn] if turn < len(turns) else end) - starts[0]) / 60), True


def _silences(found: Profile, at: Callable[[int], float]) -> tuple[Silence, ...]:
    if isinstance(found.silence, Withheld):
        return ()
    return tuple(Silence(at(pause.turn + 1), pause.seconds) for pause in found.silence.pauses)


def _sentences(found: Profile) -> list[str]:
    said: list[str] = []
    if not isinstance(found.talk_share, Withheld):
        said.append(_("The client said %(share)s of the words.") % {"share": format(found.talk_share, ".0%")})
    if not isinstance(found.silence, Withheld) and found.silence.pauses:
        n = len(found.silence.pauses)
        said.append(
            ngettext(
                "One silence of three seconds or more; the longest %(seconds)s seconds.",
                "%(n)s silences of three seconds or more; the longest %(seconds)s seconds.",
                n,
            )
            % {"n": n, "seconds": figure(found.silence.longest_s, ".0f")}
        )
    if not isinstance(found.style_matching, Withheld):
        said.append(
            _("Matching of function words %(value)s, where 1 is the same use by both.")
            % {"value": figure(found.style_matching.value, ".2f")}
        )
    return said
