"""Captions: WebVTT and SubRip, which share cues, times and tags."""

from __future__ import annotations

import html
import re

from depthwork.transcripts.clock import seconds, stamp
from depthwork.transcripts.draft import MAX_WORDS, UNKNOWN, Draft, lines_of
from depthwork.transcripts.labels import believed, label_of, safe_name
from depthwork.transcripts.model import Transcript, TranscriptError
from depthwork.wording import figure, gettext, ngettext

# One alternative a tag, no quantifier inside another, and `<` excluded inside a tag: linear on any input.
_TAG = re.compile(r"<(/?)(v|c|i|b|u|lang|ruby|rt|font)([. \t\n][^<>]*|)>|<\d[\d:.]*>|\{\\[^{}]{0,40}\}")

Cue = tuple[float | None, float | None, str]


def read_vtt(text: str) -> Draft:
    """Turns of a WebVTT file: one a cue, one a voice where a cue holds several."""
    lines = lines_of(text)
    if not lines[0].startswith("WEBVTT"):
        raise TranscriptError(
            gettext('line 1: a WebVTT file begins with the word "WEBVTT"; add it, or rename the file')
        )
    draft = Draft()
    cues = _cues(lines, 1, draft, is_vtt=True)
    if not any("<v" in payload for _, _, payload in cues):
        _say_labelled(draft, [(start, end, html.unescape(_bare(payload))) for start, end, payload in cues])
        return draft
    name, continued = UNKNOWN, 0
    for start_s, end_s, payload in cues:
        for voice, words in _voices(payload):
            continued += voice is None and name != UNKNOWN and bool(words.strip())
            name = voice or name
            draft.say(name, html.unescape(words), start_s, end_s)
    if continued:
        draft.warn(_going_on(continued))
    return draft


def read_srt(text: str) -> Draft:
    """Turns of a SubRip file, one a cue; a name before the words is the speaker."""
    draft = Draft()
    cues = _cues(lines_of(text), 0, draft, is_vtt=False)
    _say_labelled(draft, [(start, end, _bare(payload)) for start, end, payload in cues])
    return draft


def write_vtt(transcript: Transcript) -> str:
    """WebVTT with a voice tag a cue.

    A turn without times stands where the last one ended, with no length.
    """
    named = _needs_names(transcript)
    cues = ["WEBVTT"]
    for turn, (start_s, end_s) in zip(transcript.turns, held_times(transcript), strict=True):
        words = html.escape(_held(turn.text), quote=False)
        voice = html.escape(" ".join(turn.speaker.split()), quote=False)
        words = f"<v {voice}>{words}</v>" if named else words
        cues.append(f"{stamp(start_s)} --> {stamp(end_s)}\n{words}")
    return "\n\n".join(cues) + "\n"


def write_srt(transcript: Transcript) -> str:
    """SubRip with the speaker's name before the words; times as in `write_vtt`."""
    named = _needs_names(transcript)
    cues = []
    for turn, (start_s, end_s) in zip(transcript.turns, held_times(transcript), strict=True):
        words = f"{safe_name(turn.speaker)}: {_held(turn.text)}" if named else _held(turn.text)
        cues.append(f"{turn.index + 1}\n{stamp(start_s, ',')} --> {stamp(end_s, ',')}\n{words}")
    return "\n\n".join(cues) + "\n"


def held_times(transcript: Transcript) -> list[tuple[float, float]]:
    """Start and end of each turn for formats that demand them; all zero where no turn has a time."""
    times, last = [], 0.0
    for turn in transcript.turns:
        start_s = last if turn.start_s is None else turn.start_s
        end_s = start_s if turn.end_s is None else turn.end_s
        times.append((start_s, end_s))
        last = end_s
    return times


def _cues(lines: list[str], at: int, draft: Draft, *, is_vtt: bool) -> list[Cue]:
    cues: list[tuple[float, float, list[str]]] = []
    stray = 0
    if is_vtt:
        at = _past_block(lines, at)  # the header's own lines
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        first = lines[at].strip()
        if is_vtt and first.split(None, 1)[0] in ("NOTE", "STYLE", "REGION") and "-->" not in first:
            at = _past_block(lines, at)
            continue
        if "-->" not in first and at + 1 < len(lines) and "-->" in lines[at + 1]:
            at += 1  # the cue's own number or name
        if "-->" in lines[at]:
            start_s, end_s = _timing(lines[at], at)
            end = _past_block(lines, at + 1)
            cues.append((start_s, end_s, lines[at + 1 : end]))
            if len(cues) > MAX_WORDS:
                raise TranscriptError(
                    gettext("line %(line)s: more than %(most)s cues; split the file by hour")
                    % {"line": at + 1, "most": figure(MAX_WORDS, ",")}
                )
        else:
            end = _past_block(lines, at)
            if not cues:
                kind = "WebVTT" if is_vtt else "SubRip"
                raise TranscriptError(
                    gettext('line %(line)s: text before the first "-->" line; is this a %(kind)s file?')
                    % {"line": at + 1, "kind": kind}
                )
            cues[-1][2].extend(lines[at:end])
            stray += 1
        at = end
    if stray:
        untold = ngettext(
            "%(n)s block has no times; the words are kept with the cue before",
            "%(n)s blocks have no times; the words are kept with the cue before",
            stray,
        )
        draft.warn(untold % {"n": stray})
    untimed = all(start_s == 0 and end_s == 0 for start_s, end_s, _ in cues)
    return [
        (None if untimed else start_s, None if untimed else end_s, "\n".join(payload))
        for start_s, end_s, payload in cues
    ]


def _past_block(lines: list[str], at: int) -> int:
    while at < len(lines) and lines[at].strip():
        at += 1
    return at


def _timing(line: str, at: int) -> tuple[float, float]:
    start, _, rest = line.partition("-->")
    end = rest.split(None, 1)[0] if rest.strip() else ""
    start_s, end_s = seconds(start), seconds(end)
    if start_s is None or end_s is None:
        raise TranscriptError(
            gettext('line %(line)s: times should read "00:01:02.000 --> 00:01:05.000"; mend the line')
            % {"line": at + 1}
        )
    return start_s, end_s


def _voices(payload: str) -> list[tuple[str | None, str]]:
    """The cue's text by voice; None where no tag names one."""
    parts: list[tuple[str | None, list[str]]] = [(None, [])]
    at = 0
    for tag in _TAG.finditer(payload):
        parts[-1][1].append(payload[at : tag.start()])
        at = tag.end()
        if tag[2] == "v" and not tag[1]:
            pieces = tag[3].split(None, 1) if tag[3][:1] == "." else ["", tag[3].strip()]
            parts.append((html.unescape(pieces[1]) if len(pieces) > 1 else None, []))
    parts[-1][1].append(payload[at:])
    joined = [(voice, "".join(words)) for voice, words in parts]
    return [(voice, words) for voice, words in joined if words.strip()] or [joined[-1]]


def _bare(payload: str) -> str:
    return _TAG.sub("", payload)


def _say_labelled(draft: Draft, cues: list[Cue]) -> None:
    heads = [label_of(payload.strip()) for _, _, payload in cues]
    found = [head for head in heads if head is not None]
    speakers = believed(found, len(heads) - len(found))
    name, continued = UNKNOWN, 0
    for (start_s, end_s, payload), head in zip(cues, heads, strict=True):
        if head is not None and head.name in speakers:
            name = head.name
            draft.say(name, head.rest, start_s, end_s)
        else:
            continued += name != UNKNOWN
            draft.say(name, payload, start_s, end_s)
    if continued:
        draft.warn(_going_on(continued))


def _needs_names(transcript: Transcript) -> bool:
    return any(turn.speaker != UNKNOWN or label_of(turn.text) is not None for turn in transcript.turns)


def _held(text: str) -> str:
    """Lines that a cue can hold: no blank one, and no arrow that would be read as a time."""
    return "\n".join(line for line in text.replace("-->", "->").split("\n") if line.strip())


def _going_on(cues: int) -> str:
    words = ngettext(
        "%(n)s cue names no speaker; taken as the speaker before going on",
        "%(n)s cues name no speaker; taken as the speaker before going on",
        cues,
    )
    return words % {"n": cues}
