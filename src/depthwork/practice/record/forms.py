"""Forms of the record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.record.actions import in_order, lines
from depthwork.practice.treatments.sending import Once


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "low"})


class ProgressForm(Once):
    """What the record asks of an hour, and nothing more."""

    on = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    start = forms.TimeField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    stop = forms.TimeField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    modality = forms.CharField(label=gettext_lazy("Modality and frequency"), required=False, max_length=300)
    state = forms.CharField(
        label=gettext_lazy("State and progress"),
        required=False,
        help_text=gettext_lazy(
            "Symptoms, functioning, what was found. Nothing of what was said in the room."
        ),
        widget=_area(3),
    )
    plan = forms.CharField(label=gettext_lazy("Plan"), required=False, widget=_area(2))
    risk = forms.CharField(
        label=gettext_lazy("Risk"),
        required=False,
        help_text=gettext_lazy("What was asked, what was answered, what was done."),
        widget=_area(2),
    )
    medication = forms.CharField(label=gettext_lazy("Medication"), required=False, widget=_area(2))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, stop = cleaned.get("start"), cleaned.get("stop")
        if start and stop and not in_order(f"{start:%H:%M}", f"{stop:%H:%M}"):
            self.add_error("stop", _("The hour stops before it starts; look at the two times."))
        return cleaned

    def texts(self) -> dict[str, str | None]:
        """The texts as a note keeps them."""
        names = ("modality", "state", "plan", "risk", "medication")
        return {name: lines(self.cleaned_data[name]).strip() or None for name in names}

    def words(self) -> dict[str, Any]:
        """The cells of a progress note."""
        data = self.cleaned_data
        times = {key: data[key].strftime("%H:%M") for key in ("start", "stop") if data.get(key)}
        texts = ("modality", "state", "plan", "risk", "medication")
        return {"times": times, **{name: data[name] for name in texts}}


class AddendumForm(Once):
    """What is added to a signed note."""

    words = forms.CharField(label=gettext_lazy("Addendum"), widget=_area(3))


class PlanForm(forms.Form):
    """The plan of treatment, in four plain parts."""

    from_date = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    difficulties = forms.CharField(
        label=gettext_lazy("What the client comes with"), required=False, widget=_area(3)
    )
    aims = forms.CharField(label=gettext_lazy("What the work aims at"), required=False, widget=_area(3))
    approach = forms.CharField(
        label=gettext_lazy("How: kind, frequency, length"), required=False, widget=_area(2)
    )
    review = forms.CharField(
        label=gettext_lazy("When and by what it is looked at again"), required=False, widget=_area(2)
    )
