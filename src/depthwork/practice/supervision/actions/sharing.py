"""Invite someone into a course, and end it. Keys are given with an end date and taken back with a new key."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.config.dates import in_words
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.supervision.models import Supervision
from depthwork.practice.treatments.actions import renew
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.consents import agreement
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Consent, Treatment
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import pins
from depthwork.practice.vault.errors import NoKey, Tampered
from depthwork.practice.vault.models import Compartment
from depthwork.practice.vault.unlocked import current

LONGEST = timedelta(days=366)
SHARED = (Compartment.PROCESS_NOTES.value,)
AGREED_BY = {
    Supervision.Purpose.SUPERVISION: Consent.Purpose.SUPERVISION,
    Supervision.Purpose.CONSULTATION: Consent.Purpose.SUPERVISION,
    Supervision.Purpose.TRAINING: Consent.Purpose.TRAINING,
}


@transaction.atomic
def accept_keys(*, other: Person, fingerprint: str, by: Person) -> None:
    """The two compared fingerprints: from now on an exchanged key is noticed."""
    typed = "".join(fingerprint.split()).casefold()
    real = pins.fingerprint_of(other.id)
    if typed != "".join(real.split()).casefold():
        raise CourseError(
            _("this is not what stands here for them; share nothing, and speak to them by another way")
        )
    pins.pin(
        person=by.id, own=current().keys, other=other.id, fingerprint=real, compared_at=datetime.now(UTC)
    )
    record(verb="keys.compared", by=by.id, practice=by.practice_id, object_type="person", object_id=other.id)


@transaction.atomic
def invite(
    *,
    treatment: Treatment,
    supervisor: Person,
    purpose: str,
    words: str,
    ends_on: date,
    by: Person,
    from_day: date | None = None,
    to_day: date | None = None,
) -> Supervision:
    """Share the process notes of a course until a day, with the client's consent; names and record stay closed.

    The consent is the one that stands in the client's consents, for this person or in general, and the sharing never
    outlives it. `from_day` and `to_day` narrow the hours that are shown; the key opens the compartment as a whole.
    """
    now = datetime.now(UTC)
    zone = zone_of(treatment.client.practice.time_zone)
    ends_at = datetime.combine(ends_on, time(23, 59, 59), tzinfo=zone).astimezone(UTC)
    if purpose not in Supervision.Purpose.values:
        raise CourseError(
            _("a purpose is one of: %(values)s") % {"values": ", ".join(Supervision.Purpose.values)}
        )
    if not words.strip():
        raise CourseError(_("say in a few words what it is for; the client may ask"))
    if ends_at <= now:
        raise CourseError(_("the end lies in the past; choose a later day"))
    if ends_at - now > LONGEST:
        raise CourseError(_("a year at most; it can be agreed anew"))
    if supervisor.id == by.id or supervisor.practice_id != treatment.client.practice_id:
        raise CourseError(_("choose somebody else of this practice"))
    if not supervisor.is_active:
        raise CourseError(_("this person’s sign-in is closed"))
    if Supervision.objects.filter(treatment=treatment, supervisor=supervisor, ended_at=None).exists():
        _close_what_ran_out(treatment, supervisor)
        if Supervision.objects.filter(treatment=treatment, supervisor=supervisor, ended_at=None).exists():
            raise CourseError(_("this course is shared with them already; end that first"))
    agreed = agreement(treatment.client, AGREED_BY[purpose], person=supervisor)
    if agreed is None:
        raise CourseError(
            _(
                "the client’s consents hold no yes to this; ask the client, write the answer down there, and share then"
            )
        )
    if agreed.ends_on is not None and ends_on > agreed.ends_on:
        raise CourseError(
            _("the client agreed until %(ends_on)s; choose that day or an earlier one")
            % {"ends_on": in_words(agreed.ends_on)}
        )
    row = Supervision(
        client=treatment.client,
        treatment=treatment,
        supervisor=supervisor,
        invited_by=by,
        purpose=purpose,
        terms={"words": words.strip(), "consent": {"id": str(agreed.id), "words": _as_said(agreed)}},
        from_day=from_day,
        to_day=to_day,
        consented_on=agreed.given_on,
        started_at=now,
        ends_at=ends_at,
    )
    row.save(force_insert=True)
    try:
        vault.share(
            owner=treatment.client_id,
            compartments=SHARED,
            reader=supervisor.id,
            purpose="supervision",
            consent=row.id,
            ends_at=ends_at,
        )
    except NoKey as error:
        raise CourseError(str(error)) from None
    except Tampered as error:
        raise CourseError(str(error)) from None
    _settle_part(supervisor.id, treatment.client_id, practice=treatment.client.practice_id)
    note("supervision.shared", row, by=by)
    return row


def _as_said(agreed: Consent) -> str:
    """The client's words of the answer, where they were written down."""
    words = agreed.words
    return str(words.get("said") or "") if isinstance(words, dict) else ""


def _close_what_ran_out(treatment: Treatment, supervisor: Person) -> None:
    for row in Supervision.objects.filter(
        treatment=treatment, supervisor=supervisor, ended_at=None, ends_at__lte=datetime.now(UTC)
    ):
        Supervision.objects.filter(pk=row.pk).update(ended_at=row.ends_at, ended_by=row.invited_by_id)


@transaction.atomic
def end_supervision(*, supervision: Supervision, by: Person) -> None:
    """At once: the sealed keys are deleted, and a new key stands for all that is written from here on."""
    if not _end(supervision, by=by):
        raise CourseError(_("this was ended before"))
    supervision.refresh_from_db(fields=["ended_at", "ended_by"])
    renew(supervision.client_id)


def end_what_hung_on_it(
    *, client: uuid.UUID, by: Person, reader: uuid.UUID | None = None, agreed_for: str = ""
) -> None:
    """A consent was taken back, or all that one reader had: their courses end with it. Keys are renewed by the caller."""
    rows = Supervision.objects.select_related("client").filter(client=client, ended_at=None)
    if reader is not None:
        rows = rows.filter(supervisor=reader)
    if agreed_for:
        rows = rows.filter(purpose__in=[own for own, asked in AGREED_BY.items() if asked == agreed_for])
    for row in rows:
        _end(row, by=by)


def _end(row: Supervision, *, by: Person) -> bool:
    """The row, the part and the keys of one sharing; what the same person has otherwise stands."""
    now = datetime.now(UTC)
    if not Supervision.objects.filter(pk=row.pk, ended_at=None).update(ended_at=now, ended_by=by):
        return False
    owner, reader = row.client_id, row.supervisor_id
    others = _settle_part(reader, owner, practice=row.client.practice_id)
    if not _reads_otherwise(reader, owner):
        vault.take_back(
            owner=owner, reader=reader, purpose="supervision", **({"consent": row.id} if others else {})
        )
    note("supervision.ended", row, by=by)
    return True


def _settle_part(person: uuid.UUID, client: uuid.UUID, *, practice: uuid.UUID) -> bool:
    """A supervisor's part lasts as long as the last of what is shared with them. Gives whether anything still is."""
    now = datetime.now(UTC)
    stands = Supervision.objects.filter(
        client_id=client, supervisor_id=person, ended_at=None, ends_at__gt=now
    )
    last = stands.order_by("-ends_at").first()
    mine = {"person_id": person, "client": client, "part": Part.SUPERVISOR}
    if last is None:
        Involvement.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), **mine).update(ends_at=now)
    else:
        Involvement.objects.update_or_create(
            **mine, practice=practice, defaults={"purpose": last.purpose, "ends_at": last.ends_at}
        )
    return last is not None


def _reads_otherwise(person: uuid.UUID, client: uuid.UUID) -> bool:
    """Someone who also treats the client keeps their key."""
    return Involvement.objects.filter(
        person_id=person, client=client, part=Part.CLINICIAN, ends_at=None
    ).exists()
