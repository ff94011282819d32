"""The practice in sum, for the clinicians themselves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.tracking.queries.practice_sum import summed


@rule(P.SEE_PRACTICE_SUM, needs_keys=True)
def practice_sum(request: HttpRequest) -> HttpResponse:
    """How many began, ended, came back; what changed, with intervals; no clinician is named or ranked."""
    made = summed(person_of(request))
    return render(request, "tracking/practice_sum.html", {"made": made})
