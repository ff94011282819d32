"""Where a treatment stands, in three lines under its thread: what recurs, what is strained, what was written of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from depthwork.patterns.overview import Patterns
from depthwork.practice.casework.page.patterns import heading_of, opening_of
from depthwork.practice.formulation.models import Statement
from depthwork.practice.treatments.models import Session, Treatment
from depthwork.practice.ui.thread_picture import hour_url, knots_of


@dataclass(frozen=True, slots=True)
class Standing:
    """One line: what it is about, its words, and the page that has the rest. Quoted where a person wrote it."""

    name: str
    words: str
    href: str
    is_written: bool = False


def where_it_stands(
    treatment: Treatment, sessions: list[Session], found: Patterns, first: Statement | None
) -> list[Standing]:
    """From confirmed codes and the first statement of the last kept formulation; a line with nothing to say is left out."""
    client, lines = treatment.client_id, []
    if found.concordance is not None and found.ccrt.core is not None:
        words = f"{heading_of(found)}. {opening_of(found)}"
        lines.append(Standing(_("What recurs"), words, reverse("casework:patterns", args=[client])))
    knots = knots_of(found)
    if knots and knots[-1].repaired_on is None:
        hour = next((s for s in sessions if s.day == knots[-1].on and s.number), None)
        if hour is not None:
            words = _("Strain since hour %(n)s, still open.") % {"n": hour.number}
            lines.append(Standing(_("Between us"), words, hour_url(hour)))
    if first is not None and first.words:
        href = reverse("formulation:formulation", args=[client])
        lines.append(Standing(_("Formulation"), _first_sentence(first.words), href, is_written=True))
    return lines


def _first_sentence(words: str) -> str:
    text = " ".join(words.split())
    ends = [at for mark in (". ", "? ", "… ") if (at := text.find(mark)) > 0]
    return text[: min(ends) + 1] if ends else text
