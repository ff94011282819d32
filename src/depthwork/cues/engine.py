"""What a cue engine is: a name, a version, and proposals that quote the text.

A cue is a question to the clinician, never a finding. Another engine is plugged in by an
entry point of the group ``depthwork.cues`` whose object is an `Engine` or makes one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Any, Protocol, runtime_checkable

from depthwork.transcripts.model import Transcript

GROUP = "depthwork.cues"
CONSTRUCTS = (
    *("risk", "episode", "wish", "response_of_other", "response_of_self", "defense"),
    *("rupture_withdrawal", "rupture_confrontation", "rupture_resolution", "intervention", "dream", "figure"),
)


class EngineError(RuntimeError):
    """An engine that cannot work. The message says what, where, and the mend."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A proposed mark: where, what it may be, how sure, and why, in words for a clinician.

    `turns` are the first and last turn (0-based, both included); `start` and `end` are half-open
    code points of the canonical text; `quote` is exactly that stretch of it. `confidence` is None
    for passages that may speak of danger: they are shown, not weighed.
    """

    construct: str
    code: str
    turns: tuple[int, int]
    start: int
    end: int
    quote: str
    why: str
    confidence: float | None
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The cue as the command line and the practice write it."""
        return {
            "construct": self.construct,
            "turns": list(self.turns),
            "start": self.start,
            "end": self.end,
            "code": self.code,
            "attributes": dict(self.attributes),
            "confidence": self.confidence,
            "why": self.why,
            "quote": self.quote,
        }


@runtime_checkable
class Engine(Protocol):
    """Anything that proposes cues."""

    @property
    def name(self) -> str:
        """Short name by which cues are labelled."""

    @property
    def version(self) -> str:
        """Changes whenever the same text may give other cues."""

    def propose(self, transcript: Transcript) -> list[Cue]:
        """Cues of one hour, in order of place."""


def cue_at(
    transcript: Transcript,
    construct: str,
    code: str,
    turns: tuple[int, int],
    *,
    why: str,
    confidence: float | None,
    within: tuple[int, int] | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> Cue:
    """A cue over whole turns, or over a stretch of one turn (`within`, offsets in that turn)."""
    start, end = transcript.span_of(*turns)
    if within is not None:
        start, end = start + within[0], start + within[1]
    return Cue(
        construct, code, turns, start, end, transcript.text[start:end], why,
        None if confidence is None else round(confidence, 3), dict(attributes or {}),
    )  # fmt: skip


def _default() -> Engine:
    from depthwork.cues.reader import Reader

    return Reader()


def _local() -> Engine:
    from depthwork.cues.local_model import from_settings

    return from_settings()


def engines() -> dict[str, Callable[[], Engine]]:
    """Engines by name: the default, the local model (off until named), and whatever is installed under the entry point group."""
    found: dict[str, Callable[[], Engine]] = {"depthwork": _default, "local": _local}
    for point in entry_points(group=GROUP):
        found.setdefault(point.name, _loader(point.load))
    return found


def _loader(load: Callable[[], Any]) -> Callable[[], Engine]:
    def make() -> Engine:
        made = load()
        if not isinstance(made, Engine) or isinstance(made, type):
            made = made()
        if not isinstance(made, Engine):
            raise EngineError("the installed cue engine has no name, version and propose(transcript)")
        return made

    return make


def engine(name: str = "depthwork") -> Engine:
    """The engine of that name.

    Raises
    ------
    EngineError
        If no engine has that name; the message lists those that are there.
    """
    known = engines()
    if name not in known:
        raise EngineError(f"no cue engine is called {name!r}; installed: {', '.join(sorted(known))}")
    return known[name]()


def without_overlap(cues: Sequence[Cue]) -> list[Cue]:
    """Cues in order of place, then of construct; exact doubles once."""
    seen: dict[tuple[str, int, int, str], Cue] = {}
    for cue in cues:
        seen.setdefault((cue.construct, cue.start, cue.end, cue.code), cue)
    order = {name: k for k, name in enumerate(CONSTRUCTS)}
    return sorted(seen.values(), key=lambda c: (c.start, order.get(c.construct, 99), c.end, c.code))
