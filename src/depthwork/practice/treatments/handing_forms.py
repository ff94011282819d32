"""What is asked when a treatment changes hands, and when a colleague leaves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from depthwork.practice.people.models import Person, Role


def _day(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


class HandOverForm(forms.Form):
    """To whom, from when, what goes along, and what the giver may read on."""

    says_what_is_needed = True
    to = forms.ModelChoiceField(label=_("To whom"), queryset=Person.objects.none(), empty_label="–")
    from_day = _day(_("They treat from"))
    agreed_on = _day(
        _("The client said yes to it on"),
        help_text=_("To the colleague, and to the process notes and transcripts going along."),
    )
    own_notes = forms.BooleanField(
        label=_("My own notes go along too"),
        required=False,
        help_text=_("Left open, they stay sealed, and nobody reads them. What should not stay, burn before."),
    )
    reads = forms.ChoiceField(
        label=_("From that day I may open"),
        choices=[("no", _("nothing of it")), ("record", _("the record, until the day below"))],
        widget=forms.RadioSelect,
        initial="no",
    )
    reads_until = _day(_("I may open the record until"), required=False)
    line = forms.CharField(
        label=_("A line to the colleague"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = Person.objects.filter(practice_id=by.practice_id, is_active=True, client=None).exclude(
            id=by.id
        )
        field: Any = self.fields["to"]
        field.queryset = Person.objects.filter(id__in=[p.id for p in here if p.has_role(Role.CLINICIAN)])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reads") == "record" and not data.get("reads_until"):
            self.add_error("reads_until", _("Say until when; it ends by itself on that day."))
        if data.get("reads") == "no":
            data["reads_until"] = None
        return data


class AnswerForm(forms.Form):
    """A line of whoever declines."""

    line = forms.CharField(label=_("A line, if you decline"), required=False, max_length=400)


class LastDayForm(forms.Form):
    """Who does not treat here after a day."""

    says_what_is_needed = True
    person = forms.ModelChoiceField(label=_("Who leaves"), queryset=Person.objects.none(), empty_label="–")
    last_day = _day(_("The last day on which they treat here"))

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = Person.objects.filter(practice_id=by.practice_id, is_active=True, client=None)
        field: Any = self.fields["person"]
        field.queryset = Person.objects.filter(id__in=[p.id for p in here if p.has_role(Role.CLINICIAN)])
