"""Ask for a form, and take the asking back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from depthwork.measures import Definition, MeasureError
from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person
from depthwork.practice.tracking.errors import MayNotAsk, TrackingError
from depthwork.practice.tracking.models import Request
from depthwork.practice.tracking.queries.own_text import form_of
from depthwork.practice.tracking.queries.watch import reasons_now
from depthwork.practice.tracking.schedule import INSTEAD
from depthwork.practice.tracking.sheet import sealed_told
from depthwork.practice.tracking.watching import REASONS
from depthwork.practice.treatments.calendar import day_in
from depthwork.practice.treatments.consents import allows, answered
from depthwork.practice.treatments.models import Client, FollowUp, Session, Treatment
from depthwork.practice.vault.tokens import fresh_token, token_name

GOOD_FOR: Final = timedelta(hours=72)
DRAFTS_LIVE: Final = timedelta(days=14)
BY_A_PERSON: Final = ("clinician_administered", "therapist")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request just made. `token` is given once and kept nowhere; `instead_of` names the form that was meant."""

    request: Request
    token: str | None
    measure: str
    instead_of: str | None = None
    reasons: tuple[str, ...] = ()


def links_work(client: Client) -> bool:
    """Whether a link would reach this practice: it needs a public address (or is the demo)."""
    return bool(settings.PUBLIC_ORIGIN) or client.practice.is_demo


@transaction.atomic
def ask(
    *,
    client: Client,
    by: Person,
    measure_id: str,
    mode: str,
    treatment: Treatment | None = None,
    session: Session | None = None,
    followup: FollowUp | None = None,
    on: date | None = None,
    good_for: timedelta = GOOD_FOR,
    answers_for: Person | None = None,
    at: datetime | None = None,
) -> Asked:
    """Ask a client for one form. Between the hours a risk question goes out only where someone will see the answer."""
    at = at or datetime.now(UTC)
    between = mode in (Request.Mode.LINK, Request.Mode.PLACE)
    if followup is not None and (
        followup.answer == FollowUp.Answer.DECLINED or answered(client, "follow_up") == "no"
    ):
        raise TrackingError(_("the client declined to be asked after the end; nothing is asked"))
    definition = _definition(client, measure_id)
    instead_of, reasons = None, ()
    if between:
        _may_go_out(client, definition, mode)
        if definition.risk_items:
            reasons = reasons_now(
                client_id=client.id,
                practice_id=client.practice_id,
                treatment_id=treatment.id if treatment else None,
                named=answers_for.id if answers_for else None,
                now=at,
                until=at + good_for,
            )
            if reasons:
                if definition.id not in INSTEAD:
                    raise MayNotAsk(
                        _("this form has a question about danger, and is asked in the room for now: %(why)s")
                        % {"why": "; ".join(str(REASONS[name]) for name in reasons)},
                        reasons,
                    )
                instead_of, definition = definition.id, form_of(client.practice_id, INSTEAD[definition.id])
    if not definition.has_text:
        raise TrackingError(
            _("the words of this form are not at hand; add the text that the practice is licensed to use")
        )
    _clear_the_way(client, definition.id, mode, session, followup, at=at, by=by)
    request = Request(
        client=client,
        treatment=treatment,
        session=session,
        followup=followup,
        asked_by=by,
        answers_for=answers_for,
        mode=mode,
        on=on or (session.day if session else day_in(client.practice.time_zone, at)),
        asked_at=at,
        expires_at=at + good_for if between else None,
    )
    what: dict[str, Any] = {
        "measure": definition.id,
        "version": definition.version,
        "hash": definition.hash,
        "asked_by": by.display_name,
    }
    request.what = what
    token = None
    if mode == Request.Mode.LINK:
        token = fresh_token()
        request.token_name = token_name(token)
        request.told = sealed_told(token, request, what)
    request.save(force_insert=True)
    record(
        verb="form.asked",
        by=by.id,
        practice=client.practice_id,
        object_type="tracking.request",
        object_id=request.id,
        client=client.id,
        reason=mode,
    )
    return Asked(request, token, definition.id, instead_of, reasons)


def _definition(client: Client, measure_id: str) -> Definition:
    try:
        return form_of(client.practice_id, measure_id)
    except MeasureError as error:
        raise TrackingError(str(error)) from None


def _may_go_out(client: Client, definition: Definition, mode: str) -> None:
    if definition.rater in BY_A_PERSON:
        raise TrackingError(_("this form is asked by a person; fill it in on your own screen"))
    if not allows(client, "forms"):
        raise TrackingError(_("the client has not agreed to forms between the hours; ask in the room"))
    if mode == Request.Mode.LINK and not links_work(client):
        raise TrackingError(_("links need a public address of this practice; ask in the room"))


def _clear_the_way(
    client: Client,
    measure_id: str,
    mode: str,
    session: Session | None,
    followup: FollowUp | None,
    *,
    at: datetime,
    by: Person,
) -> None:
    """The same form asked again replaces the one still open, unless somebody is filling it in."""
    for row in Request.objects.filter(
        client=client, state=Request.State.ASKED, mode=mode, session=session, followup=followup
    ):
        if (row.what or {}).get("measure") != measure_id:
            continue
        if row.saved_at is not None and (row.expires_at is None or row.expires_at > at):
            raise TrackingError(_("this form is being filled in; take it back first if you want to ask anew"))
        _finish(row, Request.State.WITHDRAWN, at=at)


@transaction.atomic
def take_back(*, request: Request, by: Person, at: datetime | None = None) -> Request:
    """Take the asking back; the link opens nothing from now on."""
    if not request.is_open:
        raise TrackingError(_("this form is finished already"))
    _finish(request, Request.State.WITHDRAWN, at=at or datetime.now(UTC))
    record(
        verb="form.taken_back",
        by=by.id,
        practice=request.client.practice_id,
        object_type="tracking.request",
        object_id=request.id,
        client=request.client_id,
    )
    return request


def _finish(request: Request, state: str, *, at: datetime) -> None:
    request.state, request.finished_at = state, at
    request.draft = request.told = request.kept_draft = None
    request.save(update_fields=["state", "finished_at", "draft", "told", "kept_draft"])


@transaction.atomic
def close_late(*, at: datetime) -> int:
    """Forms past their time are left open. What was saved on them is forgotten two weeks later."""
    closed = Request.objects.filter(state=Request.State.ASKED, expires_at__lte=at).update(
        state=Request.State.LEFT_OPEN, finished_at=at
    )
    drafts = Q(draft__isnull=False) | Q(kept_draft__isnull=False)
    old = Request.objects.filter(drafts, state=Request.State.LEFT_OPEN, finished_at__lte=at - DRAFTS_LIVE)
    of = list(old.values_list("id", "client__practice_id"))
    if of:
        Request.objects.filter(id__in=[one for one, _of in of]).update(draft=None, kept_draft=None, told=None)
    for practice in sorted({practice for _one, practice in of}):
        record(
            verb="forms.forgotten",
            by=None,
            practice=practice,
            object_type="tracking.request",
        )
    return closed
