"""CHAT files (.cha) of the TalkBank: main lines, their times, pauses and comments."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from depthwork.transcripts.chat_words import spoken, written
from depthwork.transcripts.draft import UNKNOWN, Draft, lines_of
from depthwork.transcripts.model import CLIENT, NOTE, THERAPIST, Transcript, TranscriptError
from depthwork.transcripts.speakers import role_of
from depthwork.wording import gettext

_BULLET = "\x15"
_ROLES = {"Therapist": THERAPIST, "Investigator": THERAPIST, "Doctor": THERAPIST, "Interviewer": THERAPIST}
_ROLES |= dict.fromkeys(("Client", "Patient", "Participant", "Target_Adult", "Target_Child"), CLIENT)
_ROLES |= dict.fromkeys(("Unidentified", "Uncertain"), UNKNOWN)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIXED = {
    THERAPIST: "THE Therapist Investigator",
    CLIENT: "CLI Client Participant",
    UNKNOWN: "UNK Unidentified",
    NOTE: "NTE N Text",
}


@dataclass(slots=True)
class _Line:
    """A main line that may yet gather comments from the tiers under it."""

    name: str
    words: list[str]
    start_s: float | None
    end_s: float | None


def read(text: str) -> Draft:
    """Turns of a CHAT file, one a main line."""
    draft = Draft()
    lines = _joined(lines_of(text))
    name_of = _participants([line for _, line in lines if line.startswith("@Participants:")])
    left_out: Counter[str] = Counter()
    pending: _Line | None = None
    for number, line in lines:
        if line.startswith("@"):
            left_out["@Comment"] += line.startswith("@Comment:")
        elif line.startswith("%"):
            tier, _, words = line.partition(":")
            if tier == "%com" and pending is not None:
                inner = " ".join(words.replace("[", "(").replace("]", ")").split())
                pending.words.append(f"[{inner}]")
            else:
                left_out[tier if len(tier) < 9 else "%"] += 1
        elif line.startswith("*"):
            code, colon, words = line[1:].partition(":")
            if not colon or len(code) > 40:
                raise TranscriptError(
                    gettext('line %(line)s: a main line reads "*CODE:" and the words; mend the line')
                    % {"line": number}
                )
            if pending is not None:
                draft.say(pending.name, " ".join(pending.words), pending.start_s, pending.end_s)
            words, start_s, end_s = _bulleted(words)
            pending = _Line(name_of.get(code.strip(), code.strip()), [spoken(words)], start_s, end_s)
        elif line.strip():
            raise TranscriptError(
                gettext('line %(line)s: a line of a CHAT file begins with "@", "*", "%%" or a tab')
                % {"line": number}
            )
    if pending is not None:
        draft.say(pending.name, " ".join(pending.words), pending.start_s, pending.end_s)
    tiers = [f"{tier} ({count})" for tier, count in sorted(left_out.items()) if count]
    if tiers:
        draft.warn(gettext("lines left out: %(tiers)s") % {"tiers": ", ".join(tiers)})
    if not any(line.rstrip() == "@End" for _, line in lines):
        draft.warn(gettext("no @End; the file may be cut short"))
    return draft


def write(transcript: Transcript, language: str = "eng") -> str:
    """A CHAT file: one main line a turn, white space within a turn as single spaces; `language` in three letters."""
    codes: dict[str, str] = {}
    people = []
    for speaker in dict.fromkeys(turn.speaker for turn in transcript.turns):
        entry = _FIXED.get(speaker)
        if entry is None:
            number = len(codes)
            code = f"S{_LETTERS[number // 26 % 26]}{_LETTERS[number % 26]}"
            name = "".join(char if char.isalnum() or char in "-'." else "_" for char in speaker)
            entry = f"{code} {name} Adult"
        codes[speaker] = entry.split()[0]
        people.append(entry)
    out = ["@UTF8", "@Begin", f"@Languages:\t{language}", f"@Participants:\t{', '.join(people)}"]
    for entry in people:
        out.append(f"@ID:\t{language}|hour|{entry.split()[0]}|||||{entry.split()[-1]}|||")
    for turn in transcript.turns:
        line = f"*{codes[turn.speaker]}:\t{written(turn.text)}"
        if turn.start_s is not None and turn.end_s is not None:
            line += f" {_BULLET}{round(turn.start_s * 1000)}_{round(turn.end_s * 1000)}{_BULLET}"
        out.append(line)
    return "\n".join([*out, "@End", ""])


def _joined(lines: list[str]) -> list[tuple[int, str]]:
    """Lines with their continuations (which begin with a tab), each with its number in the file."""
    joined: list[tuple[int, list[str]]] = []
    for number, line in enumerate(lines, 1):
        if line[:1] in ("\t", " ") and joined:
            joined[-1][1].append(line.strip())
        else:
            joined.append((number, [line]))
    return [(number, " ".join(parts)) for number, parts in joined]


def _participants(headers: list[str]) -> dict[str, str]:
    """Speaker for each code: by name where that says its role, by role where only one person has it."""
    entries = [entry.split() for header in headers for entry in header.partition(":")[2].split(",")]
    entries = [entry for entry in entries if entry]
    roles = Counter(entry[-1] for entry in entries)
    name_of = {}
    for code, *more in entries:
        name = more[0].replace("_", " ") if len(more) > 1 else None
        role = _ROLES.get(more[-1]) if more and roles[more[-1]] == 1 else None
        name_of[code] = (role_of(name) if name else None) or role or name or code
    return name_of


def _bulleted(words: str) -> tuple[str, float | None, float | None]:
    """The words without time bullets, and the span of time of the bullets."""
    pieces = words.split(_BULLET)
    times = []
    for bullet in pieces[1::2]:
        start, _, end = bullet.rpartition("_")
        start = start.rpartition("_")[2]
        if all(part.isascii() and part.isdigit() and len(part) <= 12 for part in (start, end)):
            times.append((int(start) / 1000, int(end) / 1000))
    if not times:
        return " ".join(pieces[0::2]), None, None
    return " ".join(pieces[0::2]), times[0][0], times[-1][1]
