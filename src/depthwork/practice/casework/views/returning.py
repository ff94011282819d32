"""Words that return, folded into Patterns or as a page of their own."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from depthwork.practice.casework.returning import may_propose, words_that_return
from depthwork.practice.casework.views.patterns import of_client
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.queries import client_named


@rule(P.READ_PROCESS_NOTES, of=client_named, reads="patterns.read")
@require_GET
def returning(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Nothing where cues are closed: then Depthwork only counts what was marked."""
    client, treatment, context = of_client(request)
    person = person_of(request)
    fold = "fold" in request.GET
    if treatment is None or not may_propose(client, treatment, person):
        if fold:  # what Patterns asks for once it stands: the gate costs that page nothing
            return HttpResponse("")
        raise Http404("cues are closed")
    if fold:
        return render(request, "casework/returning_fold.html", context)
    context |= {"treatment": treatment, "words": words_that_return(client, treatment, person)}
    whole = not request.headers.get("HX-Request")
    return render(request, f"casework/returning{'_page' if whole else ''}.html", context)
