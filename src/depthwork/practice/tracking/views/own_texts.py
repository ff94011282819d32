"""Which forms can be asked here, and the words that the practice brings for those that come without."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from depthwork.measures import Definition, MeasureError, measure, measures, reviews_due
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows, person_of, rule
from depthwork.practice.tracking import actions
from depthwork.practice.tracking.errors import TrackingError
from depthwork.practice.tracking.forms import TextForm
from depthwork.practice.tracking.queries.own_text import own_texts
from depthwork.practice.treatments.consents import today_at


@rule(P.SEE_TODAY)
def texts(request: HttpRequest) -> HttpResponse:
    """Every form: whether its words are at hand, by whose word, and whether its key was read in its source."""
    person = person_of(request)
    own = own_texts(person.practice_id)
    rows = [{"form": one, "own": own.get(one.id), "pack": _pack(one)} for one in measures()]
    rows.sort(key=lambda row: (row["own"] is None, row["form"].has_text, row["form"].name))  # type: ignore[union-attr]
    context = {
        "rows": rows,
        "n": sum(bool(row["own"]) or row["form"].has_text for row in rows),  # type: ignore[union-attr]
        "late": {one.id for one in reviews_due(today_at(person.practice))},
        "may_bring": allows(person, P.BRING_ITEM_TEXT, practice=person.practice_id),
    }
    return render(request, "tracking/texts.html", context)


def _pack(one: Definition) -> str:
    return {
        "core": _("with the program"),
        "noncommercial": _("its words come as a package of their own, for non-commercial use"),
        "scoring_only": _("scoring only: the practice brings the words"),
    }[one.licence.pack]


@rule(P.BRING_ITEM_TEXT)
def text(request: HttpRequest, measure_id: str) -> HttpResponse:
    """Bring the words of one form, with the licence and one's own name to it; or take them out."""
    try:
        one = measure(measure_id)
    except MeasureError:
        raise Http404("no such form") from None
    if one.has_text:
        raise Http404("this form has its words")
    person = person_of(request)
    row = own_texts(person.practice_id).get(one.id)
    today = today_at(person.practice)
    form = TextForm(request.POST or None, definition=one, today=today)
    if request.method == "POST" and "take_out" in request.POST:
        actions.take_out_text(by=person, measure_id=one.id)
        messages.success(request, _("Taken out. The form is asked no more; its scores stay."))
        return redirect("tracking:texts")
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.confirm_text(
                by=person,
                measure_id=one.id,
                words=form.words(),
                licence=data["licence"],
                on=data["confirmed_on"],
                language=data["language"],
            )
        except TrackingError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Kept. The form can be asked now."))
            return redirect("tracking:texts")
    context = {"form": form, "one": one, "row": row}
    return render(request, "tracking/text.html", context, status=422 if form.is_bound else 200)
