"""What the pages of supervision ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from depthwork.practice.people.models import Person
from depthwork.practice.supervision.models import Supervision


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
        **more,
    )


class InviteForm(forms.Form):
    """Who, for what, with which consent, until when."""

    says_what_is_needed = True
    supervisor = forms.ModelChoiceField(label=_("With whom"), queryset=Person.objects.none(), empty_label="–")
    purpose = forms.ChoiceField(label=_("As"), choices=Supervision.Purpose.choices)
    words = forms.CharField(label=_("For what, in a few words"), max_length=500)
    ends_on = _day(_("Until"), help_text=_("A year at most. On that day the key ends by itself."))
    from_day = _day(_("Only hours from"), required=False)
    to_day = _day(_("and up to"), required=False)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Person.objects.filter(practice_id=by.practice_id, is_active=True).exclude(id=by.id)
        ids = [p.id for p in rows if p.has_role("supervisor", "clinician")]
        field: Any = self.fields["supervisor"]
        field.queryset = Person.objects.filter(id__in=ids).order_by("display_name")


class FingerprintForm(forms.Form):
    """What the other one reads out."""

    fingerprint = forms.CharField(
        label=_("What they read to you"), max_length=200,
        help_text=_("By telephone or side by side, never by a message that came with the request."),
    )  # fmt: skip


class PackForm(forms.Form):
    """What goes into a pack."""

    says_what_is_needed = True
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    audience = forms.CharField(label=_("For whom"), max_length=200, help_text=_("It stands on every sheet."))
    formulation = forms.BooleanField(label=_("The formulation and the focus"), required=False)
    patterns = forms.BooleanField(label=_("What recurs"), required=False)
    kept_lines = forms.BooleanField(label=_("Kept lines"), required=False)
    measures = forms.BooleanField(label=_("Measures that moved"), required=False)
    hours = forms.MultipleChoiceField(label=_("Hours"), required=False, widget=forms.CheckboxSelectMultiple)
    dreams = forms.MultipleChoiceField(
        label=_("Dreams, word for word"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("A dream is like a face. Each is chosen for itself."),
    )  # fmt: skip
    people = forms.CharField(
        label=_("People who are spoken of"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, nicknames after a comma: Desmond Roake, Des = the partner"),
    )  # fmt: skip
    places = forms.CharField(
        label=_("Places and workplaces"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line."),
    )  # fmt: skip

    def choice(self) -> dict[str, Any]:
        """What is kept of it."""
        return dict(self.cleaned_data)
