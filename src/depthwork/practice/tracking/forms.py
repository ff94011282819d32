"""What is typed on the pages of tracking."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from depthwork.measures import Definition
from depthwork.practice.people.models import Person
from depthwork.practice.tracking.models import Request
from depthwork.practice.tracking.queries.own_text import forms_with_words
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


def _with_text(practice: UUID) -> list[tuple[str, str]]:
    """By the name that is read; the order of the ids would put the gravest first."""
    return sorted(
        ((one.id, _(one.name)) for one in forms_with_words(practice)), key=lambda one: one[1].casefold()
    )


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
    answers_for = forms.ChoiceField(
        label=_("Who sees an answer about danger, now that the treatment has ended"),
        required=False,
        help_text=_("Without a name the question about danger is left out. They see it with the alert."),
    )

    def __init__(
        self,
        *args: Any,
        practice: UUID,
        hours: list[tuple[str, str]],
        colleagues: list[Person] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = _with_text(practice)  # type: ignore[attr-defined]
        if colleagues is None:
            del self.fields["answers_for"]
        else:
            people = [(str(p.id), p.display_name) for p in colleagues]
            self.fields["answers_for"].choices = [("", _("nobody")), *people]  # type: ignore[attr-defined]
        self.fields["for_hour"].choices = [("", _("no hour")), *hours]  # type: ignore[attr-defined]


class ScheduleForm(forms.Form):
    """One row a form: when it is asked."""

    def __init__(
        self, *args: Any, practice: UUID, lines: dict[str, set[str]], shown: set[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = _with_text(practice)
        for name, label in choices:
            self.fields[f"when_{name}"] = forms.MultipleChoiceField(
                label=label,
                required=False,
                choices=[(when, WHEN_WORDS[when]) for when in WHEN],
                initial=sorted(lines.get(name, ())),
                widget=forms.CheckboxSelectMultiple({"aria-describedby": f"row-when_{name}"}),
            )
        self.fields["shown"] = forms.MultipleChoiceField(
            label=_("What the client sees in their own place"),
            required=False,
            choices=choices,
            initial=sorted(shown),
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Nothing is shown to the client unless it stands here."),
        )
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def columns(self) -> list[str]:
        """When a form can be asked, in the order of the boxes of a row."""
        return [WHEN_WORDS[when] for when in WHEN]

    def rows(self) -> list[forms.BoundField]:
        """A row of boxes for each form."""
        return [self[name] for name in self.fields if name.startswith("when_")]


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
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
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
        label=_("Nobody reads from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_(
            "Said to the client on the form, and nothing more: an answer is shown, and goes on to the colleague, "
            "after the same minutes by day and by night."
        ),
    )
    quiet_to = forms.TimeField(
        label=_("until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )


class NudgeForm(forms.Form):
    """Where a mail goes that says only: look into Depthwork."""

    address = forms.EmailField(
        label=_("My address for a mail without content"),
        required=False,
        help_text=_("It says that something waits, and no more: no name, no answer. Empty: no mail."),
    )


class TextForm(forms.Form):
    """The words of a form, with the licence under which the practice may use them."""

    says_what_is_needed = True
    licence = forms.CharField(
        label=_("The licence or agreement"),
        max_length=300,
        help_text=_("With whom, of which day, where it is kept."),
    )
    items = forms.CharField(label=_("The questions"), widget=forms.Textarea(attrs={"rows": 12}))
    answers = forms.CharField(
        label=_("The answers that can be chosen"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "One a line, value first: 1 = Seldom. They hold for every question; for one alone, put its name before: "
            "q3: 1 = Seldom. Left empty, the numbers themselves are offered."
        ),
    )
    instructions = forms.CharField(
        label=_("What stands above the questions"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    notice = forms.CharField(label=_("The line that the holder wants shown"), required=False, max_length=400)
    language = forms.CharField(
        label=_("Language"),
        max_length=12,
        initial="en",
        help_text=_("Its short name: en, de, es, pt-BR. A translation needs a licence of its own."),
    )
    confirmed_on = forms.DateField(
        label=_("Confirmed on"),
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
    )
    confirms = forms.BooleanField(
        label=_("I have read the licence: this practice may use these words, as they stand here")
    )

    def __init__(self, *args: Any, definition: Definition, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.definition, self.today = definition, today
        self.fields["confirmed_on"].initial = today
        ids = [item.id for item in definition.items]
        in_a_row = len(ids) > 4 and ids == [f"q{n}" for n in range(1, len(ids) + 1)]
        names = f"q1 – q{len(ids)}" if in_a_row else ", ".join(ids)
        self.fields["items"].help_text = _("One a line, in the order of the form: %(names)s.") % {
            "names": names
        }

    def clean_confirmed_on(self) -> date:
        on: date = self.cleaned_data["confirmed_on"]
        if on > self.today:
            raise forms.ValidationError(_("This day lies ahead; a licence is confirmed once it is there."))
        return on

    def clean_items(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]
        if len(lines) != len(self.definition.items):
            raise forms.ValidationError(
                _("The form has %(all)s questions and %(n)s lines stand here; one question a line.")
                % {"all": len(self.definition.items), "n": len(lines)}
            )
        return lines

    def clean_answers(self) -> dict[str, list[list[Any]]]:
        found: dict[str, list[list[Any]]] = {}
        names = {item.id for item in self.definition.items}
        for number, line in enumerate(self.cleaned_data["answers"].splitlines(), start=1):
            if not line.strip():
                continue
            head, equals, label = line.partition("=")
            item, colon, value = head.rpartition(":")
            if not (equals and label.strip() and value.strip().lstrip("-").isdigit()) or (
                colon and item.strip() not in names
            ):
                raise forms.ValidationError(
                    _("Line %(n)s is no answer; write the value, an equals sign and the words: 1 = Seldom.")
                    % {"n": number}
                )
            found.setdefault(item.strip(), []).append([int(value), label.strip()])
        return found

    def words(self) -> dict[str, Any]:
        """What is kept."""
        data, ids = self.cleaned_data, [item.id for item in self.definition.items]
        general = data["answers"].pop("", [])
        options = {name: data["answers"].get(name, general) for name in ids}
        return {
            "items": dict(zip(ids, data["items"], strict=True)),
            "options": {name: pairs for name, pairs in options.items() if pairs},
            "instructions": data["instructions"].strip(),
            "notice": data["notice"].strip(),
        }


class DeputyForm(forms.Form):
    """Who sees a risk answer of this client if the clinician has not."""

    colleague = forms.ChoiceField(label=_("The colleague"))
    agreed_on = forms.DateField(
        label=_("The client agreed on"),
        help_text=_("The colleague can then open the record when an answer is handed on."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, colleagues: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].choices = [(str(p.id), p.display_name) for p in colleagues]  # type: ignore[attr-defined]
