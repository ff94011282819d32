"""What is measured of an hour and of its turns: the columns and their values, one home for every table that leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from depthwork.language.hour import Spoken
from depthwork.language.lists import emotion_words, own_list
from depthwork.language.withheld import Withheld
from depthwork.patterns.profile import Profile
from depthwork.transcripts import CLIENT, THERAPIST

Kind = Literal["text", "whole", "number", "flag"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `cell` says that a rare value is withheld; `wide` that it tells people apart together with others."""

    name: str
    kind: Kind
    says: str
    unit: str = ""
    cell: bool = False
    wide: bool = False


OF_HOUR: tuple[Column, ...] = (
    Column("turns", "whole", "Turns, or a note's paragraphs"),
    Column("words", "whole", "Words of everybody", "words"),
    Column("words_client", "whole", "Words of the client", "words"),
    Column("words_therapist", "whole", "Words of the therapist", "words"),
    Column("talk_share", "number", "Client's share of the words", "0 to 1"),
    Column("style_matching", "number", "Language style matching of the two", "0 to 1"),
    Column("blocks", "whole", "Word blocks of the therapeutic cycle"),
    Column("relaxing", "number", "Share of blocks: little emotion, little abstraction", "0 to 1"),
    Column("reflecting", "number", "Share of blocks: little emotion, much abstraction", "0 to 1"),
    Column("experiencing", "number", "Share of blocks: much emotion, little abstraction", "0 to 1"),
    Column("connecting", "number", "Share of blocks: much of both", "0 to 1"),
    Column("cycles", "whole", "Therapeutic cycles found"),
    Column("cycle_stability", "number", "How alike even and odd blocks are", "0 to 1"),
    Column("referential_mean", "number", "Mean of the smoothed referential curve", "0 to 1"),
    Column("referential_high_share", "number", "Share of words above neutral", "0 to 1"),
    Column("referential_mean_high", "number", "Mean height above neutral where it is above"),
    Column("referential_variation", "number", "Variation of the curve"),
    Column("referential_words", "whole", "Words that the curve stands on", "words"),
    Column("referential_covered", "number", "Share of words that the dictionary lists", "0 to 1"),
    Column("i_percent", "number", "I and its forms", "percent of words"),
    Column("we_percent", "number", "We and its forms", "percent of words"),
    Column("you_percent", "number", "You and its forms", "percent of words"),
    Column("past_focus", "number", "Words that speak of the past", "percent of words"),
    Column("present_focus", "number", "Words that speak of the present", "percent of words"),
    Column("future_focus", "number", "Words that speak of what is to come", "percent of words"),
    Column("hedges_per_100", "number", "Hedges", "per 100 words"),
    Column("negations_per_100", "number", "Negations", "per 100 words"),
    Column("disfluency_per_100", "number", "Disfluencies", "per 100 words"),
    Column("pauses", "whole", "Pauses of three seconds or more"),
    Column("silences", "whole", "Silences of ten seconds or more"),
    Column("longest_silence_s", "number", "Longest silence", "seconds"),
    Column("silent_share", "number", "Silent time against the hour's length", "0 to 1"),
    Column("latency_client_s", "number", "Median time before the client answers", "seconds"),
    Column("latency_therapist_s", "number", "Median time before the therapist answers", "seconds"),
    Column("open_questions", "whole", "Open questions of the therapist"),
    Column("short_answers", "whole", "Open questions that met a very short answer"),
)  # fmt: skip

OF_TURN: tuple[Column, ...] = (
    Column("words", "whole", "Words", "words"),
    Column("characters", "whole", "Code points", "characters"),
    Column("start_s", "number", "Begin, where the source is timed", "seconds"),
    Column("end_s", "number", "End, where the source is timed", "seconds"),
    Column("gap_s", "number", "Time since the turn before ended; negative where they overlap", "seconds"),
    Column("emotion_words", "whole", "Words on the emotion list", "words"),
    Column("i_words", "whole", "I and its forms", "words"),
    Column("negations", "whole", "Words on the list of negations", "words"),
)


def hour_columns(*names: str) -> tuple[Column, ...]:
    """Some of an hour's columns, in the order in which they are named."""
    known = {one.name: one for one in OF_HOUR}
    return tuple(known[name] for name in names)


def hour_values(found: Profile) -> dict[str, Any]:
    """An hour's measures by column; one that is withheld is not among them."""
    row: dict[str, Any] = {
        "turns": found.turns,
        "words": sum(found.words.values()),
        "words_client": found.words.get(CLIENT, 0),
        "words_therapist": found.words.get(THERAPIST, 0),
    }
    if not isinstance(found.talk_share, Withheld):
        row["talk_share"] = found.talk_share
    if not isinstance(found.style_matching, Withheld):
        row["style_matching"] = found.style_matching.value
    if not isinstance(found.cycles, Withheld):
        row |= {"blocks": len(found.cycles.blocks), "cycles": found.cycles.count}
        row |= {name: float(share) for name, share in found.cycles.shares.items()}
        row["cycle_stability"] = found.cycles.stability
    if not isinstance(found.referential, Withheld):
        curve = found.referential.curve
        row |= {f"referential_{name}": getattr(curve, name)
                for name in ("mean", "high_share", "mean_high", "variation", "words")}  # fmt: skip
        row["referential_covered"] = found.referential.covered
    if not isinstance(found.pronouns, Withheld):
        row |= {f"{name}_percent": getattr(found.pronouns, name) for name in ("i", "we", "you")}
    if not isinstance(found.time_focus, Withheld):
        row |= {f"{name}_focus": getattr(found.time_focus, name) for name in ("past", "present", "future")}
    for name, rate in (("hedges", found.hedges), ("negations", found.negations), ("disfluency", found.disfluency)):  # fmt: skip
        if not isinstance(rate, Withheld):
            row[f"{name}_per_100"] = rate.per_100
    if not isinstance(found.silence, Withheld):
        quiet = found.silence
        row |= {"pauses": len(quiet.pauses), "silences": quiet.silences, "longest_silence_s": quiet.longest_s,
                "silent_share": quiet.share, "latency_client_s": quiet.latency_client_s,
                "latency_therapist_s": quiet.latency_therapist_s}  # fmt: skip
    if not isinstance(found.minimal_responses, Withheld):
        row |= {"open_questions": found.minimal_responses.open_questions,
                "short_answers": found.minimal_responses.count}  # fmt: skip
    return row


def turn_values(turn: Spoken, before: float | None) -> dict[str, Any]:
    """A turn's measures by column; `before` is when the turn before it ended. No word of the text."""
    words, no = turn.words, own_list("negations")
    gap = round(turn.start_s - before, 3) if turn.start_s is not None and before is not None else None
    return {
        "words": len(words), "characters": len(turn.text), "start_s": turn.start_s, "end_s": turn.end_s, "gap_s": gap,
        "emotion_words": sum(map(emotion_words().__contains__, words)),
        "i_words": sum(map(own_list("pronouns").words["i"].__contains__, words)),
        "negations": sum(len(no.matches(group, words)) for group in no.groups),
    }  # fmt: skip
