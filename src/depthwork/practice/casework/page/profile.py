"""The profile of an hour as a chart: what was counted in its words and silences, on one axis."""

from __future__ import annotations

from dataclasses import dataclass

from depthwork.language.withheld import Withheld
from depthwork.patterns.profile import Profile, profile_of
from depthwork.reports.charts.chart import Chart
from depthwork.reports.charts.profile import HourProfile, ProfileBlock, Silence, profile_chart
from depthwork.transcripts import Transcript


@dataclass(frozen=True, slots=True)
class HourChart:
    """The drawing where there is enough for one, plain sentences beside it, and what is not said."""

    chart: Chart | None
    sentences: list[str]
    withheld: list[str]


def hour_chart(transcript: Transcript, *, key: str, name: str) -> HourChart:
    """The profile of one source."""
    found = profile_of(transcript)
    cycles = found.cycles
    chart = None
    if not isinstance(cycles, Withheld) and cycles.blocks:
        chart = profile_chart(_drawing(found, transcript, key=key, name=name))
    return HourChart(
        chart, _sentences(found), [f"{w.measure.replace('_', ' ')}: {w.reason}" for w in found.withheld]
    )


def _drawing(found: Profile, transcript: Transcript, *, key: str, name: str) -> HourProfile:
    assert not isinstance(found.cycles, Withheld)
    turns = transcript.turns
    timed = all(t.start_s is not None for t in turns) and bool(turns)
    starts = [t.start_s or 0.0 for t in turns]
    zero = starts[0] if timed else 0.0

    def at(turn: int) -> float:
        if not timed:
            return float(min(turn, len(turns)))
        if turn >= len(turns):
            return ((turns[-1].end_s or starts[-1]) - zero) / 60
        return (starts[turn] - zero) / 60

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
    quiet = found.silence
    silences = (
        () if isinstance(quiet, Withheld) else tuple(Silence(at(p.turn + 1), p.seconds) for p in quiet.pauses)
    )
    n = found.cycles.count
    cycles = "No whole cycle" if n == 0 else "One cycle" if n == 1 else f"{n} cycles"
    return HourProfile(
        key=key,
        title=f"Profile of {name[0].lower()}{name[1:]}",
        blocks=tuple(blocks),
        axis="min" if timed else "turn",
        silences=silences,
        note=(
            f"{cycles}. Blocks of {found.cycles.block_words} words, both speakers; emotion and abstraction are counted "
            "from open word lists, not from meaning. Described, not judged: no code enters here."
        ),
    )


def _sentences(found: Profile) -> list[str]:
    said: list[str] = []
    if not isinstance(found.talk_share, Withheld):
        said.append(f"The client said {found.talk_share:.0%} of the words.")
    if not isinstance(found.silence, Withheld) and found.silence.pauses:
        n = len(found.silence.pauses)
        said.append(
            f"{'One silence' if n == 1 else f'{n} silences'} of three seconds or more; the longest {found.silence.longest_s:.0f} seconds."
        )
    if not isinstance(found.style_matching, Withheld):
        said.append(
            f"Matching of function words {found.style_matching.value:.2f}, where 1 is the same use by both."
        )
    return said
