"""Write, sign, add to; keep the plan."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from depthwork.practice.people.models import Person
from depthwork.practice.record.models import Addendum, PlanVersion, ProgressNote
from depthwork.practice.record.signing import sign
from depthwork.practice.treatments.actions.keys import may_write
from depthwork.practice.treatments.actions.note import note as audit
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Session, Treatment

SIGNED = _("this note is signed; write an addendum, which is dated and stands under it")
ELSEWHERE = _("this was changed in another window; both texts are here to compare")


LONGEST_NIGHT = 4 * 60


def in_order(start: str, stop: str) -> bool:
    """Whether an hour stops after it starts; one that begins before midnight may stop the day after."""
    begins, ends = (int(at[:2]) * 60 + int(at[3:5]) for at in (start, stop))
    return begins < ends or 0 < ends + 24 * 60 - begins <= LONGEST_NIGHT


def lines(text: str | None) -> str:
    """A text of a form, whose line ends a browser sends as two signs, with one."""
    return (text or "").replace("\r\n", "\n")


def _cleaned(words: dict[str, Any]) -> dict[str, Any]:
    """The words of a note without empty edges; times only where both ends make sense."""
    unknown = set(words) - {"times", "modality", *ProgressNote.PARTS}
    if unknown:
        raise TypeError(f"a progress note has no {', '.join(sorted(unknown))}")
    times = {key: value for key, value in (words.get("times") or {}).items() if value}
    if len(times) == 2 and not in_order(times["start"], times["stop"]):
        raise CourseError(gettext("the hour stops before it starts; look at the two times"))
    texts = {key: lines(words[key]).strip() or None for key in words if key != "times"}
    return ({"times": times or None} if "times" in words else {}) | texts


@transaction.atomic
def begin_progress_note(
    *,
    treatment: Treatment,
    by: Person,
    on: date,
    session: Session | None = None,
    id: UUID | None = None,
    **words: Any,
) -> ProgressNote:
    """A note of an hour, or of a call or letter between hours. Not signed yet."""
    may_write(by)
    if session is not None and session.status == Session.Status.PLANNED:
        raise CourseError(gettext("this hour is still to come; say first whether it was held"))
    if session is not None and session.treatment_id != treatment.pk:
        raise CourseError(gettext("this hour belongs to another treatment"))
    row = ProgressNote(
        id=id or uuid4(),
        client=treatment.client,
        treatment=treatment,
        session=session,
        on=on,
        created_by=by,
        **_cleaned(words),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Changed(
            gettext("this hour has a progress note already; it is open here beside your words")
        ) from None
    audit("progress_note.written", row, by=by)
    return row


@transaction.atomic
def change_progress_note(*, note: ProgressNote, by: Person, version: int, **words: Any) -> ProgressNote:
    """Change a note that is not signed. `version` is the one that was opened; a lost race writes nothing."""
    may_write(by)
    kept = _cleaned(words)
    done = ProgressNote.objects.filter(pk=note.pk, version=version, signed_at=None).update(
        version=version + 1
    )
    if not done:
        if ProgressNote.objects.filter(pk=note.pk, signed_at__isnull=False).exists():
            raise CourseError(SIGNED)
        raise Changed(ELSEWHERE)
    note.version = version + 1
    for name, value in kept.items():
        setattr(note, name, value)
    note.save(update_fields=list(kept))
    audit("progress_note.changed", note, by=by)
    return note


@transaction.atomic
def sign_progress_note(*, note: ProgressNote, by: Person, version: int) -> ProgressNote:
    """From here on the note stands as it is."""
    now = datetime.now(UTC)
    fresh = ProgressNote.objects.select_related("client").filter(pk=note.pk).first()
    if fresh is None:
        raise CourseError(gettext("this note is gone; it was let go before it was signed"))
    if fresh.is_signed:
        raise CourseError(gettext("this note was signed before; a signature is given once"))
    if not fresh.parts:
        raise CourseError(gettext("the note says nothing yet; write state, plan, risk or medication first"))
    fresh.signed_at, fresh.signed_by = now, by
    signature = sign(fresh)
    done = ProgressNote.objects.filter(pk=note.pk, version=version, signed_at=None).update(
        signed_at=now, signed_by=by
    )
    if not done:
        raise Changed(ELSEWHERE)
    signature.save(force_insert=True)
    audit("progress_note.signed", fresh, by=by)
    return fresh


@transaction.atomic
def add_addendum(*, note: ProgressNote, words: str, by: Person, id: UUID | None = None) -> Addendum:
    """Add to a signed note. The note itself is not touched."""
    may_write(by)
    if not note.is_signed:
        raise CourseError(gettext("this note is not signed yet; change the note itself"))
    if not words.strip():
        raise CourseError(gettext("the addendum is empty; write what is to be added"))
    row = Addendum.objects.create(
        id=id or uuid4(),
        client=note.client,
        note=note,
        words=words.strip(),
        created_at=datetime.now(UTC),
        created_by=by,
    )
    sign(row).save(force_insert=True)
    audit("progress_note.added_to", row, by=by)
    return row


@transaction.atomic
def let_go_progress_note(*, note: ProgressNote, by: Person) -> None:
    """Take out a note that was never signed."""
    fresh = ProgressNote.objects.select_for_update().filter(pk=note.pk).first()
    if fresh is None:
        return
    if fresh.is_signed:
        raise CourseError(SIGNED)
    audit("progress_note.let_go", note, by=by)
    fresh.delete()


@transaction.atomic
def take_into_record(*, session: Session, part: str, words: str, by: Person) -> ProgressNote:
    """A passage that belongs in the record: into the hour's note, or under it as an addendum once that is signed."""
    if part not in (*ProgressNote.PARTS, "modality"):
        raise CourseError(gettext("a progress note has no part “%(part)s”") % {"part": part})
    note = ProgressNote.objects.select_related("client").filter(session=session).first()
    if note is None:
        return begin_progress_note(
            treatment=session.treatment, by=by, on=session.day, session=session, **{part: words}
        )
    if note.is_signed:
        add_addendum(note=note, words=words, by=by)
        return note
    together = "\n".join(filter(None, (getattr(note, part), words.strip())))
    return change_progress_note(note=note, by=by, version=note.version, **{part: together})


@transaction.atomic
def keep_plan(
    *, treatment: Treatment, by: Person, from_date: date, words: dict[str, str], number: int
) -> PlanVersion:
    """A new version of the plan. `number` is the version that was opened, 0 for none."""
    may_write(by)
    kept = {part: (words.get(part) or "").strip() for part in PlanVersion.PARTS}
    if not any(kept.values()):
        raise CourseError(gettext("the plan is empty; write one of its parts"))
    last = (
        PlanVersion.objects.filter(treatment=treatment).order_by("-number").values_list("number", flat=True)
    ).first() or 0
    if last != number:
        raise Changed(ELSEWHERE)
    row = PlanVersion(
        client=treatment.client,
        treatment=treatment,
        number=number + 1,
        from_date=from_date,
        words=kept,
        created_by=by,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Changed(ELSEWHERE) from None
    audit("plan.kept", row, by=by)
    return row
