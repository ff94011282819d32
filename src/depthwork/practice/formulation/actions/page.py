"""Whether there is a page before the hour, and under which headings a practice writes."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.formulation.models import Outline
from depthwork.practice.formulation.outlines import cleaned
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Treatment


@transaction.atomic
def set_brief_page(*, treatment: Treatment, is_on: bool, by: Person) -> None:
    """Meet this client with the page before the hour, or without memory and desire."""
    Treatment.objects.filter(pk=treatment.pk).update(brief_page=is_on)
    treatment.refresh_from_db(fields=["brief_page"])
    note("treatment.brief_page_on" if is_on else "treatment.brief_page_off", treatment, by=by)


@transaction.atomic
def set_outline(*, text: str, by: Person) -> Outline:
    """The practice's own headings, one a line. Versions that exist keep theirs."""
    titles = cleaned(text)
    if not titles:
        raise CourseError(_("write at least one heading, one a line"))
    row, _made = Outline.objects.update_or_create(practice_id=by.practice_id, defaults={"titles": titles})
    record(verb="outline.changed", by=by.id, practice=by.practice_id, object_type="outline", object_id=row.id)
    return row
