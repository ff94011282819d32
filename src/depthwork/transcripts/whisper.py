"""Speech recognisers' JSON: Whisper, faster-whisper, whisper.cpp, and WhisperX with its speakers."""

from __future__ import annotations

import json
import math
from typing import Any

from depthwork.transcripts.draft import UNKNOWN, Draft
from depthwork.transcripts.encodings import tidy
from depthwork.transcripts.model import Transcript, TranscriptError
from depthwork.wording import gettext

# Each costs some 200 bytes once read; a file under the size limit with more is no transcript.
_MAX_OBJECTS = 1_000_000


def read(text: str) -> Draft:
    """Turns of a recogniser's segments, one each."""
    draft = Draft()
    for at, segment in enumerate(_segments(_load(text)), 1):
        if not isinstance(segment, dict) or not isinstance(segment.get("text"), str):
            raise TranscriptError(
                gettext('segment %(n)s: no "text"; is this the JSON of Whisper or WhisperX?') % {"n": at}
            )
        speaker = segment.get("speaker")
        name = str(speaker) if isinstance(speaker, str | int) and not isinstance(speaker, bool) else None
        start_s, end_s = _times(segment, at)
        draft.say(tidy(name) if name else None, tidy(segment["text"]), start_s, end_s)
    return draft


def has_speakers(text: str) -> bool:
    """WhisperX rather than Whisper: its segments may name speakers, its words stand by themselves."""
    return '"word_segments"' in text or '"speaker"' in text


def write(transcript: Transcript) -> str:
    """Whisper's JSON. It has no place for speakers; `write_x` has."""
    segments = [
        {"id": turn.index, "start": turn.start_s, "end": turn.end_s, "text": turn.text}
        for turn in transcript.turns
    ]
    text = " ".join(turn.text for turn in transcript.turns)
    return json.dumps({"text": text, "segments": segments}, ensure_ascii=False, indent=1) + "\n"


def write_x(transcript: Transcript) -> str:
    """WhisperX's JSON, with a speaker a segment; words without times of their own are not invented."""
    segments = []
    for turn in transcript.turns:
        segment: dict[str, Any] = {"start": turn.start_s, "end": turn.end_s, "text": turn.text, "words": []}
        if turn.speaker != UNKNOWN:
            segment["speaker"] = turn.speaker
        segments.append(segment)
    return json.dumps({"segments": segments, "word_segments": []}, ensure_ascii=False, indent=1) + "\n"


def _load(text: str) -> Any:
    if text.count("{") + text.count("[") > _MAX_OBJECTS:
        raise TranscriptError(
            gettext("more parts than a transcript has; is this the JSON of Whisper or WhisperX?")
        )
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = {"line": error.lineno, "column": error.colno}
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            raise TranscriptError(
                gettext(
                    "line %(line)s, column %(column)s: the JSON breaks off; export or copy the file again"
                )
                % where
            ) from None
        raise TranscriptError(
            gettext("line %(line)s, column %(column)s: not JSON (%(what)s); export the file again")
            % {**where, "what": error.msg}
        ) from None
    except RecursionError:
        raise TranscriptError(
            gettext("the JSON is nested too deeply for a transcript; export the file again")
        ) from None
    except ValueError:
        raise TranscriptError(
            gettext("the JSON holds a number too long to read; export the file again")
        ) from None


def _segments(value: Any) -> list[Any]:
    if isinstance(value, dict):
        for key in ("segments", "transcription"):
            if isinstance(value.get(key), list):
                return list(value[key])
    elif isinstance(value, list):
        return value
    raise TranscriptError(gettext('no list of "segments" in this JSON; export it from Whisper or WhisperX'))


def _times(segment: dict[str, Any], at: int) -> tuple[float | None, float | None]:
    offsets = segment.get("offsets")
    if isinstance(offsets, dict):  # whisper.cpp counts milliseconds
        pair = (_number(offsets.get("from"), at), _number(offsets.get("to"), at))
        return (
            None if pair[0] is None else pair[0] / 1000,
            None if pair[1] is None else pair[1] / 1000,
        )
    return _number(segment.get("start"), at), _number(segment.get("end"), at)


def _number(value: Any, at: int) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TranscriptError(
            gettext("segment %(n)s: a time is not a number; export the file again") % {"n": at}
        )
    try:
        return float(value)
    except OverflowError:
        return math.inf
