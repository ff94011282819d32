"""What is typed on the pages of tracking."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from depthwork.measures import measures
from depthwork.practice.people.models import Person
from depthwork.practice.tracking.models import Request
from depthwork.practice.tracking.schedule import WHEN

WHEN_WORDS = {
    "intake": _("at the beginning"),
    "every_hour": _("every hour"),
    "every_4": _("every four hours"),
    "every_12": _("every twelve hours"),
    "end": _("at the end"),
    "follow_up": _("after the end"),
}
TOPICS = (
    ("wish", _("a wish to be dead, or not to wake up")),
    ("thoughts", _("thoughts of killing oneself")),
    ("plan", _("a plan or a day")),
    ("means", _("means at hand")),
    ("past", _("attempts before")),
    ("now", _("right now, at this moment")),
    ("drink", _("alcohol or drugs today")),
    ("holds", _("what holds: people, reasons, tomorrow")),
)
STEPS = (
    ("safety_plan", _("the safety plan was read or mended")),
    ("means_safe", _("means were made safe")),
    ("someone_there", _("someone is with the client")),
    ("other_told", _("another person was told, with consent")),
    ("extra_hour", _("an extra hour was agreed")),
    ("emergency", _("an emergency service was called")),
)


def _with_text() -> list[tuple[str, str]]:
    return [(one.id, one.name) for one in measures() if one.has_text]


class AskForm(forms.Form):
    """Ask for a form."""

    measure = forms.ChoiceField(label=_("Which form"))
    mode = forms.ChoiceField(
        label=_("How"),
        widget=forms.RadioSelect,
        choices=[
            (Request.Mode.ROOM, _("in the room: hand over this screen")),
            (Request.Mode.LINK, _("by link to the client’s phone")),
            (Request.Mode.PLACE, _("in the client’s own place")),
            (Request.Mode.CLINICIAN, _("I fill it in myself")),
        ],
        initial=Request.Mode.ROOM,
    )
    for_hour = forms.ChoiceField(label=_("It belongs to"), required=False)

    def __init__(self, *args: Any, hours: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = _with_text()  # type: ignore[attr-defined]
        self.fields["for_hour"].choices = [("", _("no hour")), *hours]  # type: ignore[attr-defined]


class ScheduleForm(forms.Form):
    """One row a form: when it is asked."""

    def __init__(self, *args: Any, lines: dict[str, set[str]], shown: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in _with_text():
            self.fields[f"when_{name}"] = forms.MultipleChoiceField(
                label=label,
                required=False,
                choices=[(when, WHEN_WORDS[when]) for when in WHEN],
                initial=sorted(lines.get(name, ())),
                widget=forms.CheckboxSelectMultiple,
            )
        self.fields["shown"] = forms.MultipleChoiceField(
            label=_("What the client sees in their own place"),
            required=False,
            choices=_with_text(),
            initial=sorted(shown),
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Nothing is shown to the client unless it stands here."),
        )
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AnswerAlertForm(forms.Form):
    """What was asked and what was done."""

    topics = forms.MultipleChoiceField(
        label=_("Asked about"), choices=TOPICS, required=False, widget=forms.CheckboxSelectMultiple
    )
    asked = forms.CharField(
        label=_("What was asked, and what was said"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In the words that were used."),
    )
    steps = forms.MultipleChoiceField(
        label=_("Done"), choices=STEPS, required=False, widget=forms.CheckboxSelectMultiple
    )
    done = forms.CharField(
        label=_("What was done, and what comes next"), widget=forms.Textarea(attrs={"rows": 4})
    )
    spoken_at = forms.DateTimeField(
        label=_("Spoken with, if so: day and time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )


class WatchForm(forms.Form):
    """How risk answers are seen between the hours."""

    is_always_on = forms.BooleanField(
        label=_("The machine that serves this practice is on day and night"), required=False
    )
    immediate_minutes = forms.IntegerField(
        label=_("Minutes until the colleague sees an urgent answer"), min_value=1, max_value=1440
    )
    same_day_minutes = forms.IntegerField(
        label=_("Minutes until the colleague sees any other answer about danger"), min_value=1, max_value=1440
    )
    quiet_from = forms.TimeField(
        label=_("Nobody reads from"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    quiet_to = forms.TimeField(
        label=_("until"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )


class DeputyForm(forms.Form):
    """Who sees a risk answer of this client if the clinician has not."""

    colleague = forms.ChoiceField(label=_("The colleague"))
    agreed_on = forms.DateField(
        label=_("The client agreed on"),
        help_text=_("The colleague can then open the record when an answer is handed on."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, colleagues: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].choices = [(str(p.id), p.display_name) for p in colleagues]  # type: ignore[attr-defined]
