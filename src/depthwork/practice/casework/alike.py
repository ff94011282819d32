"""Where was something like this said? Over every text of a treatment, by words; nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from depthwork.patterns.likeness import like_this
from depthwork.practice.casework.actions.marks import transcript_for
from depthwork.practice.casework.errors import MarkError
from depthwork.practice.config.dates import in_words
from depthwork.practice.sources.models import Source
from depthwork.practice.sources.queries import sources_of_treatment

LONGEST = 2_000
MOST = 12


@dataclass(frozen=True, slots=True)
class Alike:
    """A passage that is like the words asked for."""

    quote: str
    cite: str
    href: str


@dataclass(frozen=True, slots=True)
class Found:
    """The words that were asked for, and the passages like them, the nearest first."""

    quote: str
    where: list[Alike]
    texts: int


def like_these_words(source: Source, *, start: int, end: int) -> Found:
    """Passages of the same treatment that are like some words of one of its texts.

    Raises
    ------
    MarkError
        If the words are not in the text, or are too many to be asked for.
    """
    transcript = transcript_for(source)
    if not 0 <= start < end <= len(transcript.text) or not transcript.text[start:end].strip():
        raise MarkError(_("those words are not in the text; select them again"))
    if end - start > LONGEST:
        raise MarkError(
            _("more than %(n)s characters are selected; choose a line or two") % {"n": format(LONGEST, ",")}
        )
    kept = sources_of_treatment(source.treatment, kinds=("transcript", "process_note", "dream"))
    texts = [k.transcript for k in kept]
    by_id = {str(k.source.id): k for k in kept}
    places = like_this(transcript.text[start:end], texts, limit=MOST + 2)
    where: list[Alike] = []
    for place in places:
        k = by_id[place.source]
        if k.source.id == source.id and place.start < end and start < place.end:
            continue
        session = k.source.session
        if session is None:
            continue
        head = _("Hour %(number)s") % {"number": session.number} if session.number else in_words(session.day)
        kind = "" if k.source.kind == "transcript" else f", {k.source.get_kind_display()}"
        speaker = {"T": ", therapist", "C": ", client"}.get(place.speaker, "")
        where.append(
            Alike(
                place.quote,
                _("%(hour)s, turn %(n)s%(speaker)s%(kind)s")
                % {"hour": head, "n": place.turn + 1, "speaker": speaker, "kind": kind},
                f"{reverse('casework:hour', args=[session.id])}?source={k.source.id}#t{place.turn + 1}",
            )
        )
    return Found(transcript.text[start:end], where[:MOST], len(kept))
