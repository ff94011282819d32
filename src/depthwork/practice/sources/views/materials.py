"""A drawing, a photograph, a song: the thing itself, sealed, with the client's words about it."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.sources import actions
from depthwork.practice.sources.models import SourceVersion
from depthwork.practice.sources.things import KINDS, thing_of
from depthwork.practice.sources.views.common import hour_url, page, source_of, whole_number
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Session
from depthwork.practice.treatments.queries import session_named
from depthwork.practice.vault.errors import Refused


class WordsForm(forms.Form):
    """What was said about it."""

    described = forms.CharField(
        label=gettext_lazy("What it is, in a few words"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("For whoever cannot see or hear it: “a house without a door, in pencil”."),
    )
    words = forms.CharField(
        label=gettext_lazy("The client’s words about it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class MaterialForm(WordsForm):
    """The thing and what was said about it."""

    file = forms.FileField(
        label=gettext_lazy("The picture or sound"),
        help_text=gettext_lazy("%(kinds)s, up to 15 MB.") % {"kinds": KINDS},
    )
    field_order = ("file", "described", "words")


@rule(P.WRITE_PROCESS_NOTES, of=session_named)
@require_http_methods(["GET", "POST"])
def material(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Bring something that was shown or played in the hour."""
    session: Session = request.subject  # type: ignore[attr-defined]
    form = MaterialForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data["file"].read()
        try:
            thing = thing_of(data)
            actions.add_material(
                session=session,
                file=data,
                words=form.cleaned_data["words"],
                about={
                    "type": thing.type,
                    "ending": thing.ending,
                    "described": form.cleaned_data["described"],
                },
                by=person_of(request),
            )
        except (CourseError, Refused) as error:
            form.add_error("file", str(error)[:1].upper() + str(error)[1:] + ".")
        else:
            messages.success(request, _("Kept with this hour."))
            return redirect(hour_url(session))
    status = 422 if request.method == "POST" else 200
    return render(request, "sources/material.html", page(request, session, form=form), status=status)


def edit_material(request: HttpRequest) -> HttpResponse:
    """Other words about the same thing."""
    source, person = source_of(request)
    assert source.session is not None
    source.session.client = source.client
    now = SourceVersion.objects.defer("file").get(source=source, number=source.version)
    about = dict(now.about or {})
    form = WordsForm(
        request.POST or None, initial={"words": now.text, "described": about.get("described", "")}
    )
    base = source.version
    status = 200
    if request.method == "POST" and form.is_valid():
        base = whole_number(request.POST.get("base"))
        about["described"] = form.cleaned_data["described"]
        try:
            actions.change_source(
                source=source, by=person, version=base, text=form.cleaned_data["words"], about=about
            )
        except Changed:
            form.add_error(None, _("Changed in another window, which wrote: “%(text)s”") % {"text": now.text})
            base, status = source.version, 409
        except (CourseError, Refused) as error:
            form.add_error(None, str(error))
            status = 422
        else:
            messages.success(request, _("Kept."))
            return redirect("sources:source", source.id)
    context = page(request, source.session, form=form, source=source, base=base)
    return render(request, "sources/material.html", context, status=status)
