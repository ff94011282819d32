"""What may be cited: the lines that are there, ranked by the words someone is writing. No sentence is made here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from depthwork.practice.casework.queries import CODED_KINDS, marks_of_treatment
from depthwork.practice.casework.words import name_of_code, name_of_construct
from depthwork.practice.config.dates import in_words
from depthwork.practice.formulation.measures import scores_of
from depthwork.practice.sources.queries import sources_of_treatment
from depthwork.practice.treatments.models import Adjunct, Break, LifeEvent, Session, Treatment

_WORD = re.compile(r"[^\W\d_]{3,}")
_ENDS = re.compile(r"(?<=[.!?…])|[\n“”„«»\"]")  # where a sentence ends, or someone's own words begin or end
MOST = 24
SHORTEST_PASSAGE = 8
LONGEST_PASSAGE = 240
MOST_PIECES = 6
_DULL = frozenset(
    [
        "the",
        "and",
        "that",
        "this",
        "with",
        "from",
        "have",
        "has",
        "had",
        "was",
        "were",
        "for",
        "not",
        "but",
        "you",
        "her",
        "his",
        "him",
        "she",
        "they",
        "them",
        "are",
        "its",
        "who",
        "what",
        "when",
        "where",
        "which",
        "there",
        "here",
        "would",
        "could",
        "should",
        "been",
        "being",
        "will",
        "can",
        "did",
        "does",
        "than",
        "then",
        "into",
    ]
)


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that may be cited, under the key by which it is cited."""

    key: str
    kind: str
    quote: str
    by: str
    hour: int | None = None
    on: date | None = None
    label: str = ""


def words_of(text: str) -> set[str]:
    """The words of a text that can tell one line from another, folded and cut to their stem's length."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return {w[:6] for w in _WORD.findall(plain) if w not in _DULL}


def offers(treatment: Treatment, *, words: str = "", kind: str = "", most: int = MOST) -> list[Offer]:
    """Lines, scores and dates that share words with `words`; without words, the latest lines."""
    found: list[Offer] = []
    if kind in ("", "lines"):
        found += _marks(treatment)
        found += _passages(treatment, words)
    if kind in ("", "measures"):
        found += [
            Offer(f"measure:{s.form}", "measure", s.words, _when(s.hour, s.on), s.hour, s.on)
            for s in scores_of(treatment.client_id, treatment=treatment)
        ]
    if kind in ("", "dates"):
        found += _dates(treatment)
    return ranked(found, words)[:most]


def ranked(found: Iterable[Offer], words: str) -> list[Offer]:
    """The most shared words first, then the latest; without a shared word, left out."""
    wanted = words_of(words)
    rows = list(found)
    if not wanted:
        return sorted(rows, key=lambda o: o.on or date.min, reverse=True)
    scored = []
    for one in rows:
        theirs = words_of(f"{one.quote} {one.label}")
        shared = len(wanted & theirs)
        if shared:
            scored.append((-shared, len(theirs), one.key, one))
    return [one for *_, one in sorted(scored, key=lambda row: row[:3])]


def _when(hour: int | None, on: date | None) -> str:
    if hour:
        return _("hour %(n)s") % {"n": hour}
    return in_words(on) if on else ""


def _marks(treatment: Treatment) -> list[Offer]:
    hours = {
        row[0]: (row[1], row[2])
        for row in Session.objects.filter(treatment=treatment).values_list("sources__id", "number", "day")
        if row[0] is not None
    }
    by_source = {str(pk): told for pk, told in hours.items()}
    found = []
    for mark in marks_of_treatment(treatment):
        number, on = by_source.get(mark.source_id, (None, None))
        label = f"{name_of_construct(mark.construct)}: {name_of_code(mark.construct, mark.code)}"
        found.append(
            Offer(
                f"mark:{mark.id}",
                "mark",
                mark.quote,
                (_("%(when)s, turn %(n)s") % {"when": _when(number, on), "n": mark.turn + 1}).lstrip(", "),
                number,
                on,
                label,
            )
        )
    return found


def pieces_of(words: str) -> list[str]:
    """What may stand in a text letter for letter: all of it, then its sentences and quotations, the last one first."""
    parts = [words, *reversed(_ENDS.split(words))]
    told = dict.fromkeys(" ".join(part.split()) for part in parts)
    return [one for one in told if SHORTEST_PASSAGE <= len(one) <= LONGEST_PASSAGE][:MOST_PIECES]


def _passages(treatment: Treatment, words: str) -> list[Offer]:
    """Where the very words stand, so that a line can be cited that nobody has marked."""
    wanted = pieces_of(words)
    if not wanted:
        return []
    found = []
    for kept in sources_of_treatment(treatment, kinds=CODED_KINDS):
        text = kept.version.text or ""
        piece, at = next(((one, at) for one in wanted if (at := text.find(one)) >= 0), ("", -1))
        if at < 0:
            continue
        session = kept.source.session
        number, on = (session.number, session.day) if session else (None, None)
        found.append(
            Offer(
                f"passage:{kept.source.id}:{at}:{at + len(piece)}",
                "passage",
                piece,
                (
                    _("%(when)s, turn %(n)s")
                    % {"when": _when(number, on), "n": kept.transcript.turn_at(at) + 1}
                ).lstrip(", "),
                number,
                on,
                _("these very words"),
            )
        )
    return found


def _dates(treatment: Treatment) -> list[Offer]:
    found = [
        Offer(f"session:{s.id}", "date", _("Hour %(number)s") % {"number": s.number} if s.number else s.get_status_display(),
              _when(None, s.day), s.number, s.day, s.get_status_display())
        for s in Session.objects.filter(treatment=treatment).exclude(status="planned").only(
            "id", "number", "status", "day", "client_id"
        )
    ]  # fmt: skip
    found += [
        Offer(f"event:{e.id}", "date", e.words or e.kind, _when(None, e.on), None, e.on)
        for e in LifeEvent.objects.filter(treatment=treatment)
    ]
    found += [
        Offer(f"adjunct:{a.id}", "date", a.what or a.kind, _when(None, a.on), None, a.on)
        for a in Adjunct.objects.filter(treatment=treatment)
    ]
    found += [
        Offer(f"break:{b.id}", "date", _("a break until %(day)s") % {"day": in_words(b.to_date)}, _when(None, b.from_date), None,
              b.from_date)
        for b in Break.objects.filter(treatment=treatment)
    ]  # fmt: skip
    return found
