"""Change what was agreed of a treatment itself: its format, its number of hours, its focus."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.letting_go import hours_with_words, let_go_hours
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import FrameEvent, Session, Treatment

LEFT: Final = "\0left as it is"  # of the core conflict, for whoever has no key to it


@transaction.atomic
def change_treatment(
    *,
    treatment: Treatment,
    by: Person,
    on: date,
    format: str,
    hours_agreed: int | None = None,
    focus: str | None = None,
    private_core_conflict: str | None = LEFT,
    words: str | None = None,
    version: int | None = None,
) -> Treatment:
    """A brief therapy is lengthened, shortened or opened; a focus is found. Each is an event on the thread.

    Planned hours beyond a smaller number are taken out of the calendar, the last first; one on which something was
    written stays. The core conflict is the clinician's own and leaves no event.
    """
    brief = format == Treatment.Format.BRIEF
    if format not in Treatment.Format.values:
        raise CourseError(
            _("the format is one of: %(values)s") % {"values": ", ".join(Treatment.Format.values)}
        )
    if treatment.state == Treatment.State.ENDED:
        raise CourseError(_("this treatment has ended; reopen it, or begin another"))
    if brief and not hours_agreed:
        raise CourseError(_("a brief therapy needs its number of hours"))
    agreed = hours_agreed if brief else None
    held = Session.objects.filter(treatment=treatment, status=Session.Status.HELD).count()
    if agreed is not None and agreed < held:
        raise CourseError(
            _("%(n)s hours were held already; agree on at least as many, or end the treatment") % {"n": held}
        )
    new_focus = (focus or "").strip() or None
    kinds = [
        kind
        for kind, differs in (
            ("format", treatment.format != format),
            ("hours", treatment.format == format and treatment.hours_agreed != agreed),
            ("focus", (treatment.focus or None) != new_focus),
        )
        if differs
    ]
    expected = treatment.version if version is None else version
    if not Treatment.objects.filter(pk=treatment.pk, version=expected).update(version=expected + 1):
        raise Changed(_("this was changed in another window meanwhile; nothing was overwritten"))
    treatment.version = expected + 1
    treatment.format, treatment.hours_agreed, treatment.focus = format, agreed, new_focus
    named = ["format", "hours_agreed", "focus"]
    if private_core_conflict != LEFT:
        treatment.private_core_conflict = (private_core_conflict or "").strip() or None
        named.append("private_core_conflict")
    treatment.save(update_fields=named)
    for kind in kinds:
        FrameEvent.objects.create(
            client=treatment.client, treatment=treatment, on=on, kind=kind, words=words or None
        )
    if agreed is not None:
        _leave_out_beyond(treatment, agreed - held)
    note("treatment.changed", treatment, by=by)
    return treatment


def _leave_out_beyond(treatment: Treatment, room: int) -> None:
    planned = Session.objects.filter(treatment=treatment, status=Session.Status.PLANNED)
    beyond = list(planned.order_by("starts_at").values_list("pk", flat=True))[max(room, 0) :]
    if beyond:
        let_go_hours(Session.objects.filter(pk__in=set(beyond) - hours_with_words(beyond)))
