"""A client's consents: each purpose by itself, with what stands, since when, and how to take it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from depthwork.practice.intake.consent_words import FAMILIES, ConsentForm, questions
from depthwork.practice.intake.queries import profile_of, today_at
from depthwork.practice.people.models import Person
from depthwork.practice.policy.confirming import matters_of, unchecked
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows_row, person_of, rule
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.consents import transcripts_to_burn
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client, Consent
from depthwork.practice.treatments.queries import client_named
from depthwork.practice.treatments.views.common import head
from depthwork.practice.vault import actions as vault


def consent_named(consent_id: UUID) -> Consent | None:
    """A consent by id, for the policy to judge."""
    return Consent.objects.select_related("client__practice", "person").filter(id=consent_id).first()


@rule(P.READ_RECORD, of=client_named, reads="consents.read")
def consents(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Every purpose: what was answered, and what that means."""
    client: Client = request.subject  # type: ignore[attr-defined]
    profile = profile_of(client.practice)
    rows = list(
        Consent.objects.filter(client=client)
        .select_related("person", "revoked_by", "waits")
        .order_by("-created_at")
    )
    families = dict(FAMILIES)
    purposes = []
    for question in questions().values():
        own = [row for row in rows if row.purpose == question.id]
        if question.id not in profile.ask and not own:
            continue
        standing = [row for row in own if row.is_open]
        purposes.append(
            {
                "question": question,
                "label": Consent.Purpose(question.id).label,
                "standing": [
                    {
                        "row": row,
                        "families": [families.get(f, f) for f in (row.words or {}).get("families") or []],
                    }
                    for row in standing
                ],
                "earlier": [row for row in own if not row.is_open],
                "notice": profile.notices.get(question.id, ""),
                "is_possible": question.id != "cues" or profile.cues_possible,
            }
        )
    to_burn = transcripts_to_burn([client.id], on=today_at(client.practice))
    return render(
        request,
        "intake/consents.html",
        head(
            request,
            client,
            purposes=purposes,
            profile=profile,
            review_is_due=profile.review.is_due(today_at(client.practice)),
            unchecked=[
                one
                for one in unchecked(
                    client.practice, matters_of(client.practice), on=today_at(client.practice)
                )
                if one.id.startswith("jurisdiction:")
            ],
            may_write=allows_row(person_of(request), P.WRITE_RECORD, client),
            is_held=bool(to_burn) and vault.is_held(client.id),
            to_burn=to_burn,
        ),
    )


def _people(client: Client) -> list[tuple[str, str]]:
    rows = Person.objects.filter(practice=client.practice, is_active=True)
    return [(str(p.id), p.display_name) for p in rows if p.has_role("supervisor")]


def client_asked(client_id: UUID, purpose: str) -> Client | None:
    """Whose answer it is, whatever the question."""
    return client_named(client_id)


@rule(P.WRITE_RECORD, of=client_asked)
def answer(request: HttpRequest, client_id: UUID, purpose: str) -> HttpResponse:
    """Put one question, and write the answer down."""
    client: Client = request.subject  # type: ignore[attr-defined]
    question = questions().get(purpose)
    profile = profile_of(client.practice)
    if question is None or (question.id == "cues" and not profile.cues_possible):
        raise Http404("not asked here")
    people = _people(client)
    form = ConsentForm(
        request.POST or None,
        question=question,
        people=people,
        initial={"given_on": today_at(client.practice), "how": Consent.How.ROOM},
    )
    if request.method == "POST" and form.is_valid():
        data: dict[str, Any] = form.cleaned_data
        person = None
        if data.get("person"):
            person = Person.objects.filter(practice=client.practice, id=data["person"]).first()
        try:
            actions.answer_consent(
                client=client,
                by=person_of(request),
                purpose=question.id,
                is_yes=data["answer"] == "yes",
                given_on=data["given_on"],
                person=person,
                how=data["how"],
                ends_on=data["ends_on"],
                lives=data.get("lives") or "",
                words=form.words(),
            )
        except CourseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Written down."))
            return redirect("intake:consents", client.id)
    return render(
        request,
        "intake/consent.html",
        head(request, client, form=form, question=question, notice=profile.notices.get(question.id, "")),
    )


@rule(P.WRITE_RECORD, of=consent_named)
@require_POST
def revoke(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """The client takes it back: from the next request on."""
    row: Consent = request.subject  # type: ignore[attr-defined]
    try:
        actions.revoke_consent(consent=row, by=person_of(request))
    except CourseError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken back. It is not used from now on."))
    return redirect("intake:consents", row.client_id)
