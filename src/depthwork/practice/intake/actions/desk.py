"""Say in public who reads and who works here."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.intake.models import ClinicianProfile, Desk
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.errors import CourseError


@transaction.atomic
def open_desk(
    *,
    by: Person,
    read_by: str,
    weekdays: list[int],
    read_until: time,
    phone: str = "",
    words: str = "",
    is_open: bool = True,
) -> Desk:
    """Who reads what is asked, on which days. What the form promises from now on."""
    if is_open and (not weekdays or not read_by.strip()):
        raise CourseError(_("say who reads inquiries and on which days; the form promises it to people"))
    row, _made = Desk.objects.update_or_create(
        practice_id=by.practice_id,
        defaults={
            "read_by": read_by.strip(),
            "weekdays": sorted(set(weekdays)),
            "read_until": read_until,
            "phone": phone.strip(),
            "words": words.strip(),
            "is_open": is_open,
        },
    )
    record(
        verb="desk.opened" if is_open else "desk.closed",
        by=by.id,
        practice=by.practice_id,
        object_type="intake.desk",
        object_id=row.pk,
    )
    return row


@transaction.atomic
def keep_profile(*, by: Person, **said: Any) -> ClinicianProfile:
    """A clinician's own page, in their words."""
    row, _ = ClinicianProfile.objects.update_or_create(person=by, defaults=said)
    record(
        verb="profile.kept",
        by=by.id,
        practice=by.practice_id,
        object_type="intake.clinicianprofile",
        object_id=row.pk,
    )
    return row
