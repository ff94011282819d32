"""The page of tokens: those that hold, a new one, its words once."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from depthwork.practice.api.actions import OPEN_TO_TOKENS, TokenError, make_token, revoke_token
from depthwork.practice.api.door import A_MINUTE
from depthwork.practice.api.forms import TokenForm
from depthwork.practice.api.queries import today_in, tokens_for, what_opens, why_closed
from depthwork.practice.people.fresh import wrong_with
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.queries import clients_for
from depthwork.practice.vault.models import Compartment
from depthwork.practice.vault.unlocked import current

ADDRESSES = (
    "/api/clients", "/api/clients/<id>/treatments", "/api/treatments/<id>/sessions", "/api/treatments/<id>/measures",
    "/api/fhir/Observation?patient=<id>", "/api/openapi.json", "/api/fhir/metadata",
)  # fmt: skip


@rule(P.MAKE_TOKENS, needs_keys=True)
def tokens(request: HttpRequest) -> HttpResponse:
    """Everything about tokens. The words of a new one are on the answer to its form and nowhere else."""
    person = person_of(request)
    today = today_in(person.practice)
    rows = [one for one in clients_for(person) if current().held(one.id, Compartment.ADMINISTRATION)]
    rows.sort(key=lambda one: (one.called or "").casefold())
    parts = {part for part in OPEN_TO_TOKENS if any(current().held(one.id, part) for one in rows)}
    form = TokenForm(request.POST or None, clients=rows, parts=parts, today=today)
    words, made = "", None
    if request.method == "POST" and form.is_valid():
        asked = dict(form.cleaned_data)
        try:
            typed_again(request, asked.pop("passphrase"))
            made, words = make_token(by=person, today=today, **asked)
        except TokenError as error:
            form.add_error(None, str(error))
        else:
            form = TokenForm(clients=rows, parts=parts, today=today)
    listed = list(tokens_for(person))
    opens = what_opens(one for one in listed if one.person_id == person.id and not why_closed(one))
    for one in listed:
        one.opens = opens[one.id].words() if one.id in opens else ""  # type: ignore[attr-defined]
    context = {
        "form": form, "made": made, "words": words, "today": today, "rows": listed,
        "may_make": bool(rows), "a_minute": A_MINUTE, "own_id": person.id, "addresses": ADDRESSES,
        "base": request.build_absolute_uri("/").rstrip("/"),
    }  # fmt: skip
    return render(request, "api/tokens.html", context, status=422 if form.errors else 200)


def typed_again(request: HttpRequest, passphrase: str) -> None:
    """An open window is not enough to send keys away for months. Raises TokenError."""
    if problem := wrong_with(request, person_of(request), passphrase):
        raise TokenError(problem)


@rule(P.MAKE_TOKENS, needs_keys=False)
@require_POST
def revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """Take a token back: one's own, or anybody's for who manages the practice."""
    row = tokens_for(person_of(request)).filter(id=token_id).first()
    if row is None:
        raise Http404("not theirs")
    revoke_token(token=row, by=person_of(request))
    return redirect("api:tokens")
