"""Today: the day's hours in order. (The other joined pages have files of their own.)"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import rule


@rule(P.USE_OWN_ACCOUNT)
def today(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/today.html")
