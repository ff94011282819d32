"""What a reader gathers before speakers are settled, and the limits it works under."""

from __future__ import annotations

from dataclasses import dataclass, field

from depthwork.transcripts.clock import possible
from depthwork.transcripts.model import TranscriptError
from depthwork.wording import figure, gettext

MAX_BYTES = 20 * 1024 * 1024
MAX_WORDS = 250_000
# A file of line breaks alone would otherwise cost seconds and half a gigabyte before it is found empty.
MAX_LINES = 1_000_000
UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance as the file gives it; the speaker's name is the file's own."""

    name: str
    text: str
    start_s: float | None = None
    end_s: float | None = None


@dataclass(slots=True)
class Draft:
    """Utterances in order, with what was odd. Refuses at the word that is one too many."""

    said: list[Said] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    is_note: bool = False
    empty: int = 0
    impossible_times: int = 0
    words: int = 0

    def say(
        self, name: str | None, text: str, start_s: float | None = None, end_s: float | None = None
    ) -> None:
        """Add an utterance; one without text is counted, not kept."""
        text = text.strip()
        if not text:
            self.empty += 1
            return
        self.words += len(text.split())
        if self.words > MAX_WORDS:
            raise TranscriptError(
                gettext("more than %(most)s words from turn %(turn)s on; split the file by hour")
                % {"most": figure(MAX_WORDS, ","), "turn": len(self.said) + 1}
            )
        name = " ".join((name or "").split())[:80] or UNKNOWN
        self.said.append(Said(name, text, self._time(start_s), self._time(end_s)))

    def warn(self, message: str) -> None:
        """Note what was odd, in one line without the client's words."""
        self.warnings.append(message)

    def _time(self, time_s: float | None) -> float | None:
        if time_s is None or possible(time_s):
            return time_s
        self.impossible_times += 1
        return None


def refuse_crowded(text: str) -> None:
    """Refuse a text of many more words or tags than an hour has, before work is spent on it."""
    if text.count(" ") + text.count("\n") > 8 * MAX_WORDS:
        raise TranscriptError(
            gettext("far more than %(most)s words; split the file by hour") % {"most": figure(MAX_WORDS, ",")}
        )
    if max(text.count("<"), text.count("&"), text.count("[")) > MAX_WORDS:
        raise TranscriptError(
            gettext("more than %(most)s tags or brackets; is this a transcript?")
            % {"most": figure(MAX_WORDS, ",")}
        )


def lines_of(text: str) -> list[str]:
    """Lines of a canonical text, split at the newline only."""
    if text.count("\n") > MAX_LINES:
        raise TranscriptError(
            gettext("more than %(most)s lines; is this a transcript?") % {"most": figure(MAX_LINES, ",")}
        )
    return text.split("\n")
