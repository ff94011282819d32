"""The profile of an hour in sentences: each measure, its figure, and what to be careful of."""

from __future__ import annotations

from dataclasses import dataclass

from depthwork.language.withheld import Withheld
from depthwork.patterns.profile import Profile
from depthwork.process.cycles import PATTERNS
from depthwork.transcripts import NOTE

_NAMES = {
    "cycles": "Therapeutic cycles",
    "referential": "Referential activity",
    "style_matching": "Style matching",
    "turn_matching": "Matching, turn by turn",
    "talk_share": "Who speaks",
    "pronouns": "I, we, you",
    "time_focus": "Time",
    "hedges": "Hedges",
    "negations": "Negations",
    "disfluency": "Disfluency",
    "silence": "Silence",
    "minimal_responses": "Short answers",
}
FEWEST_ANSWERS = 3  # of which a lowest and a highest can be told


@dataclass(frozen=True, slots=True)
class Line:
    """One measure: its name, what was found, and the caution that belongs to it."""

    name: str
    found: str
    caution: str


def name_of(measure: str) -> str:
    """A measure's name as people read it."""
    return _NAMES[measure]


def head_of(profile: Profile) -> str:
    """What kind of source this is, and how long."""
    kind = {
        "verbatim": "Verbatim transcript",
        "reconstructed": "Reconstructed from memory",
        "notes": "Process note",
    }
    words = sum(profile.words.values())
    unit = "paragraph" if profile.of == NOTE else "turn"
    return f"{kind[profile.provenance]}, {_count(profile.turns, unit)}, {_count(words, 'word')}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def lines_of(profile: Profile) -> tuple[Line, ...]:
    """Every measure that can be said, in a steady order. Figures stand in words with their unit."""
    whose = "the note\u2019s" if profile.of == NOTE else "the client\u2019s"
    lines: list[Line] = []

    def say(measure: str, found: str, caution: str) -> None:
        lines.append(Line(_NAMES[measure], found, caution))

    if not isinstance(profile.talk_share, Withheld):
        say("talk_share", f"client {100 * profile.talk_share:.0f}% of the words", "Words, not minutes.")
    if not isinstance(profile.cycles, Withheld):
        shares = ", ".join(f"{name} {100 * profile.cycles.shares[name]:.0f}%" for name in PATTERNS)
        say(
            "cycles",
            f"{_count(profile.cycles.count, 'cycle')} in {len(profile.cycles.blocks)} blocks: {shares}",
            "Against this hour\u2019s own mean; word lists, no tagger.",
        )
    if not isinstance(profile.referential, Withheld):
        curve = profile.referential.curve
        say(
            "referential",
            f"mean {curve.mean:.3f}, over neutral in {100 * curve.high_share:.0f}% of {curve.words:,} words",
            f"Dictionary: {profile.referential.dictionary}. Compare within one treatment only.",
        )
    if not isinstance(profile.style_matching, Withheld):
        say("style_matching", f"{profile.style_matching.value:.2f} of 1", "Engagement, not rapport.")
    matched = profile.turn_matching()
    if not isinstance(matched, Withheld) and len(matched) >= FEWEST_ANSWERS:
        values = [one.value for one in matched]
        say(
            "turn_matching",
            f"{min(values):.2f} to {max(values):.2f} over {_count(len(values), 'answer')} of 25 words or more",
            "Few words a turn: the course tells more than one figure.",
        )
    if not isinstance(profile.pronouns, Withheld):
        p = profile.pronouns
        say("pronouns", f"I {p.i:.1f}, we {p.we:.1f}, you {p.you:.1f} in 100 of {whose} words", "Forms only.")
    if not isinstance(profile.time_focus, Withheld):
        t = profile.time_focus
        say(
            "time_focus",
            f"past {t.past:.1f}, present {t.present:.1f}, future {t.future:.1f} in 100 of {whose} words",
            "Verb forms without a tagger.",
        )
    for measure, part, caution in (
        ("hedges", profile.hedges, "Tact and doubt use the same words."),
        ("negations", profile.negations, "Words that deny, not denial."),
        ("disfluency", profile.disfluency, "A tidied transcript has little of it."),
    ):
        if not isinstance(part, Withheld):
            say(measure, f"{part.per_100:.1f} in 100 of {whose} words", caution)
    if not isinstance(profile.silence, Withheld):
        s = profile.silence
        latency = s.latency_client_s
        answers = "" if latency is None else f"; the client answers after {latency:.0f} s"
        say(
            "silence",
            f"{_count(len(s.pauses), 'pause')} of 3 s or more, longest {s.longest_s:.0f} s{answers}",
            f"From {s.basis}. Lengths, not meanings.",
        )
    if not isinstance(profile.minimal_responses, Withheld):
        m = profile.minimal_responses
        asked = _count(m.answered, "open question")
        say(
            "minimal_responses",
            f"{m.count} of three words or fewer to {asked}",
            "Loose questions are missed.",
        )
    return tuple(lines)
