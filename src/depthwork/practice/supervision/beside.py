"""What supervision puts beside an hour: comments, and for who was invited the course's number instead of a name."""

from __future__ import annotations

from operator import attrgetter

from django.urls import reverse
from django.utils.translation import gettext as _

from depthwork.practice.casework.beside import Beside
from depthwork.practice.casework.beside import Comment as Said
from depthwork.practice.config.at_once import Look
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source
from depthwork.practice.supervision.models import Comment, Supervision
from depthwork.practice.supervision.queries import comments_on, runs_for


def beside_hour(source: Source, person: Person) -> Look[Beside | None]:
    """Comments of one text for one reader; None for the clinician while nobody is invited and nothing was said."""
    shared = Supervision.objects.filter(treatment_id=source.treatment_id)
    return Look((shared,), lambda rows: _beside(source, person, rows))


def _beside(source: Source, person: Person, shared: list[Supervision]) -> Beside | None:
    if not shared:  # nobody was ever invited, so nobody commented, on every hour of most treatments
        return None
    newest = sorted(shared, key=attrgetter("started_at"), reverse=True)
    row = next((one for one in newest if runs_for(one, person)), None)
    comments = comments_on(source)
    if row is None and not comments and all(one.ended_at for one in shared):
        return None
    return Beside(
        comments=tuple(_said(one, person) for one in comments),
        post=reverse("supervision:comment", args=[source.id]),
        home=reverse("supervision:course", args=[row.id]) if row else "",
        called=_("Course %(n)s") % {"n": row.number} if row else "",
        is_whole=row is None or (row.from_day is None and row.to_day is None),
    )


def _said(one: Comment, reader: Person) -> Said:
    place = one.place or {}
    start = place.get("start", 0)
    return Said(
        id=one.id,
        turn=place.get("turn", 0),
        start=start,
        end=place.get("end", start),
        quote=place.get("quote", ""),
        who=one.author.display_name,
        words=one.words or "",
        withdraw=reverse("supervision:withdraw", args=[one.id]) if one.author_id == reader.id else "",
    )
