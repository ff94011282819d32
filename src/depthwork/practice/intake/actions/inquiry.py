"""Receive what is asked while nobody is signed in, and work through it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.intake.actions.consultation import begin_consultation
from depthwork.practice.intake.models import Consultation, Desk, Inquiry, InquiryStep
from depthwork.practice.intake.reading import next_reading
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions import admit_client
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Client
from depthwork.practice.vault.unlocked import put_in_inbox

# What someone wrote and is not asked again; how they are called and reached stands with the client.
CARRIED = (
    "brings", "hopes", "problems", "formats", "times", "times_said", "places", "plan", "self_pay", "step_free",
    "access", "found_us",
)  # fmt: skip


def carried(words: dict[str, Any]) -> dict[str, Any]:
    """The part of an inquiry that goes with its writer into the consultation."""
    return {key: words[key] for key in CARRIED if words.get(key)}


def receive_inquiry(*, desk: Desk, token: str, words: dict[str, Any], at: datetime) -> Inquiry:
    """Seal an inquiry to the practice's inbox. The same token twice gives the first one back."""
    once = hashlib.sha256(token.encode()).hexdigest()
    found = Inquiry.objects.filter(once=once).first()
    if found is not None:
        return found
    local = at.astimezone(zone_of(desk.practice.time_zone))
    raw = json.dumps(words, ensure_ascii=False).encode()
    data_key, box = put_in_inbox(owner=desk.practice_id, compartment="administration", raw=raw)
    try:
        with transaction.atomic():
            row = Inquiry.objects.create(
                practice=desk.practice,
                arrived_at=at,
                due_on=next_reading(local, weekdays=desk.weekdays, until=desk.read_until),
                once=once,
                data_key=data_key,
                box=box,
            )
            record(
                verb="inquiry.received",
                by=None,
                practice=desk.practice_id,
                object_type="intake.inquiry",
                object_id=row.pk,
            )
    except IntegrityError:  # the same form, sent by two tabs in the same moment
        return Inquiry.objects.get(once=once)
    return row


@transaction.atomic
def take_step(
    *, inquiry: Inquiry, by: Person, words: str, state: str = "", version: int | None = None
) -> InquiryStep:
    """What was done about it, and where it stands now."""
    if state and state not in Inquiry.State.values:
        raise CourseError(_("an inquiry is one of: %(values)s") % {"values": ", ".join(Inquiry.State.values)})
    if state == Inquiry.State.CLIENT:
        raise CourseError(_("an inquiry becomes a client by opening their pages"))
    if not words.strip() and not state:
        raise CourseError(_("say in a few words what was done"))
    expected = inquiry.version if version is None else version
    done = Inquiry.objects.filter(pk=inquiry.pk, version=expected).update(
        state=state or inquiry.state, version=expected + 1
    )
    if not done:
        raise Changed(_("someone else has worked on this inquiry in the meantime; nothing was overwritten"))
    inquiry.refresh_from_db(fields=["state", "version"])
    step = InquiryStep.objects.create(
        inquiry=inquiry,
        practice_id=inquiry.practice_id,
        by=by,
        at=datetime.now(UTC),
        state=state,
        words=words.strip() or None,
    )
    record(
        verb="inquiry.step",
        by=by.id,
        practice=by.practice_id,
        object_type="intake.inquiry",
        object_id=inquiry.pk,
    )
    return step


@transaction.atomic
def become_client(*, inquiry: Inquiry, words: dict[str, Any], by: Person) -> tuple[Client, Consultation]:
    """Someone is met: their pages are opened, and what they asked for stands at the head of the consultation."""
    taken = Inquiry.objects.filter(pk=inquiry.pk, client=None).exclude(state=Inquiry.State.CLIENT)
    if not taken.update(state=Inquiry.State.CLIENT, version=inquiry.version + 1):
        raise Changed(_("this inquiry became a client before; look at the caseload"))
    contact = {key: words[key] for key in ("phone", "email") if words.get(key)}
    if words.get("contact_wishes"):
        contact["wishes"] = words["contact_wishes"]
    client = admit_client(
        name=str(words.get("name") or "").strip() or "?",
        by=by,
        details={"languages": words.get("languages") or []},
        contact=contact,
        state=Client.State.CONSULTATION,
    )
    Inquiry.objects.filter(pk=inquiry.pk).update(client=client)
    inquiry.refresh_from_db(fields=["state", "client", "version"])
    consultation = begin_consultation(
        client=client,
        by=by,
        asked_for=carried(words),
    )
    record(
        verb="inquiry.became_client",
        by=by.id,
        practice=by.practice_id,
        object_type="intake.inquiry",
        object_id=inquiry.pk,
        client=client.id,
    )
    return client, consultation
