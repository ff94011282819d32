"""The data dictionary of a corpus: every column of its two tables, and the row that a profile gives."""

from __future__ import annotations

from typing import Any

from depthwork.interchange.research.dictionary import Column
from depthwork.language.dictionaries import emotion
from depthwork.language.lists import own_list
from depthwork.language.withheld import Withheld
from depthwork.patterns.profile import Profile
from depthwork.transcripts import CLIENT, THERAPIST, Transcript

_FILE = Column("file", "text", "Path below the folder that was read; joins the two tables")

TRANSCRIPTS: tuple[Column, ...] = (
    _FILE,
    Column("sha256", "text", "SHA-256 of the file's bytes"),
    Column("format", "text", "How the file was read"),
    Column("provenance", "text", "verbatim, reconstructed or notes"),
    Column("of", "text", "Whose words the measures of one person describe: C, or N for a note"),
    Column("warnings", "whole", "What was odd about the file"),
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
    Column("withheld", "text", "Measures that are not said, each with its reason"),
)  # fmt: skip

TURNS: tuple[Column, ...] = (
    _FILE,
    Column("turn", "whole", "Index of the turn, from 0"),
    Column("speaker", "text", "T, C, N (a note's paragraph) or a name"),
    Column("words", "whole", "Words", "words"),
    Column("characters", "whole", "Code points", "characters"),
    Column("start_s", "number", "Begin, where the source is timed", "seconds"),
    Column("end_s", "number", "End, where the source is timed", "seconds"),
    Column("gap_s", "number", "Time since the turn before ended; negative where they overlap", "seconds"),
    Column("emotion_words", "whole", "Words on the emotion list", "words"),
    Column("i_words", "whole", "I and its forms", "words"),
    Column("negations", "whole", "Words on the list of negations", "words"),
    Column("referential_mean", "number", "Mean of the curve, where the turn has 25 words or more", "0 to 1"),
    Column("referential_high_share", "number", "Share of the turn's words above neutral", "0 to 1"),
)

TABLES: dict[str, tuple[Column, ...]] = {"transcripts": TRANSCRIPTS, "turns": TURNS}


def row_of(hour: Transcript, found: Profile) -> dict[str, Any]:
    """One transcript's measures; None where a measure is withheld, and `withheld` says why."""
    row: dict[str, Any] = {
        "format": hour.format,
        "provenance": found.provenance,
        "of": found.of,
        "warnings": len(hour.warnings),
        "turns": found.turns,
        "words": sum(found.words.values()),
        "words_client": found.words.get(CLIENT, 0),
        "words_therapist": found.words.get(THERAPIST, 0),
        "withheld": "; ".join(f"{one.measure}: {one.reason}" for one in found.withheld) or None,
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


def turns_of(found: Profile) -> dict[str, list[Any]]:
    """The turns' measures, a list a column; no word of the text."""
    feelings, no = emotion().weights, own_list("negations").words["negations"]
    first = own_list("pronouns").words["i"]
    curves = {} if isinstance(found.referential, Withheld) else {t.turn: t.curve for t in found.referential.turns}  # fmt: skip
    made: dict[str, list[Any]] = {column.name: [] for column in TURNS if column is not _FILE}
    before: float | None = None
    for turn in found.hour:
        words, curve = turn.words, curves.get(turn.index)
        gap = turn.start_s - before if turn.start_s is not None and before is not None else None
        values = {
            "turn": turn.index, "speaker": turn.speaker, "words": len(words), "characters": len(turn.text),
            "start_s": turn.start_s, "end_s": turn.end_s, "gap_s": gap,
            "emotion_words": sum(word in feelings for word in words),
            "i_words": sum(word in first for word in words), "negations": sum(word in no for word in words),
            "referential_mean": curve.mean if curve else None,
            "referential_high_share": curve.high_share if curve else None,
        }  # fmt: skip
        for name, value in values.items():
            made[name].append(value)
        before = turn.end_s
    return made
