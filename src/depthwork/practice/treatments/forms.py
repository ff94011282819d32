"""Forms of the course of a treatment. Fields are listed one by one: nothing else is taken from a request."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from depthwork.practice.treatments.models import Adjunct, Ending, Frame, Goal, Session, Treatment
from depthwork.practice.treatments.sending import Once

WEEKDAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]
WHICH = [
    ("", _("as on any day")),
    ("first", _("the first of the two")),
    ("second", _("the second of the two")),
]


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2199, 12, 31))],
        **kwargs,
    )


def _clock(label: Any, **kwargs: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **kwargs
    )


class ClientForm(Once):
    """Name and contact. A name may be initials; only the name is asked."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As the client wishes to be written; initials are enough."),
    )
    called = forms.CharField(
        label=_("Called"),
        max_length=60,
        required=False,
        help_text=_("What you call them; stands at the head of their pages."),
    )
    born = forms.IntegerField(label=_("Year of birth"), required=False, min_value=1900, max_value=2030)
    pronouns = forms.CharField(label=_("Pronouns"), max_length=40, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    emergency = forms.CharField(label=_("Whom to call in an emergency"), max_length=160, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class TreatmentForm(Once):
    """A course of treatment: its format, and the focus of a brief one."""

    starts_on = _day(_("First hour of the treatment"))
    format = forms.ChoiceField(
        label=_("Format"), choices=Treatment.Format.choices, widget=forms.RadioSelect, initial="open_ended"
    )
    hours_agreed = forms.IntegerField(
        label=_("Hours agreed"),
        required=False,
        min_value=1,
        max_value=200,
        help_text=_("For a brief therapy."),
    )
    focus = forms.CharField(
        label=_("Focus"),
        required=False,
        max_length=400,
        help_text=_("In the client’s own words, when you have them."),
    )
    private_core_conflict = forms.CharField(
        label=_("Core conflict, for yourself"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Stands in the process notes; no payer sees it, and the client’s own place does not show it."
        ),
    )


class AgreementForm(TreatmentForm):
    """What was agreed of a treatment, changed from a day on."""

    starts_on = None  # type: ignore[assignment]
    once = None  # type: ignore[assignment]
    on = _day(_("Agreed on"))
    words = forms.CharField(
        label=_("Why it changes"),
        required=False,
        max_length=300,
        help_text=_("A frame event stands on the thread; this line stands beside it."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, opens_conflict: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not opens_conflict:
            del self.fields["private_core_conflict"]


class FrameForm(forms.Form):
    """The frame from a date on."""

    from_date = _day(_("From"))
    frequency = forms.ChoiceField(label=_("How often"), choices=Frame.Frequency.choices, initial="weekly")
    length_minutes = forms.IntegerField(label=_("Length in minutes"), initial=50, min_value=1, max_value=600)
    place = forms.ChoiceField(label=_("Place"), choices=Frame.Place.choices)
    link = forms.CharField(
        label=_("Telephone number or video link"),
        required=False,
        max_length=300,
        help_text=_("For hours by video or by telephone; the client finds it in their own place."),
    )
    seat = forms.ChoiceField(
        label=_("Chair or couch"), choices=[("chair", _("chair")), ("couch", _("couch"))]
    )
    fee = forms.DecimalField(
        label=_("Fee for an hour"), required=False, min_value=0, max_digits=9, decimal_places=2
    )
    missed_session = forms.CharField(
        label=_("Agreement about missed hours"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    words = forms.CharField(
        label=_("Why it changes"),
        required=False,
        max_length=300,
        help_text=_("A frame event stands on the thread; this line stands beside it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, 6):
            required = n == 1
            self.fields[f"day_{n}"] = forms.TypedChoiceField(
                label=_("Day %(n)s") % {"n": n},
                choices=[("", "–"), *WEEKDAYS],
                coerce=int,
                empty_value=None,
                required=required,
            )
            self.fields[f"time_{n}"] = _clock(_("Time %(n)s") % {"n": n}, required=required)
            for name in (f"day_{n}", f"time_{n}"):
                self.fields[name].widget.attrs["class"] = "short"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        slots: list[tuple[int, time]] = []
        for n in range(1, 6):
            day, at = data.get(f"day_{n}"), data.get(f"time_{n}")
            if (day is None) != (at is None):
                self.add_error(f"time_{n}", _("A day needs its time, and a time its day."))
            elif day is not None and at is not None:
                slots.append((day, at))
        data["slots"] = slots
        return data


class SeriesForm(forms.Form):
    """Plan the hours of the frame ahead."""

    until = _day(_("Plan the hours until"))


class HourForm(forms.Form):
    """One hour outside the series."""

    day = _day(_("Day"))
    wall_time = _clock(_("Time"))
    length_minutes = forms.IntegerField(label=_("Length in minutes"), initial=50, min_value=1, max_value=600)
    which = forms.ChoiceField(label=_("If the clocks change that day"), choices=WHICH, required=False)


class MoveForm(forms.Form):
    """Another time for one hour."""

    day = _day(_("Day"))
    wall_time = _clock(_("Time"))
    which = forms.ChoiceField(label=_("If the clocks change that day"), choices=WHICH, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AttendanceForm(forms.Form):
    """What became of an hour."""

    status = forms.ChoiceField(
        label=_("The hour was"),
        choices=[c for c in Session.Status.choices if c[0] != "planned"],
        widget=forms.RadioSelect,
    )
    late_minutes = forms.IntegerField(
        label=_("Minutes late"), required=False, min_value=0, max_value=600, initial=0
    )
    started = _clock(_("Started"), required=False)
    stopped = _clock(_("Stopped"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class BreakForm(forms.Form):
    """Weeks without hours."""

    from_date = _day(_("From"))
    to_date = _day(_("Until and including"))
    announced_on = _day(_("Told to the client on"), required=False)
    cover = forms.ChoiceField(label=_("Covered by"), required=False)
    cover_name = forms.CharField(
        label=_("Or by someone outside the practice"),
        required=False,
        max_length=120,
        help_text=_("Named to the client; opens nothing here, and sees no answer of a form."),
    )
    cover_phone = forms.CharField(label=_("Telephone of whoever covers"), required=False, max_length=60)
    reason = forms.CharField(label=_("Reason, as the client knows it"), required=False, max_length=120)

    def __init__(self, *args: Any, colleagues: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cover"].choices = [("", "–"), *colleagues]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("cover") and data.get("cover_name"):
            self.add_error("cover_name", _("Name one: a colleague of the practice, or someone outside."))
        if data.get("cover_phone") and not (data.get("cover") or data.get("cover_name")):
            self.add_error("cover_phone", _("Whose number is it? Say who covers."))
        return data


class EndingForm(forms.Form):
    """How it ends."""

    on = _day(_("Last day"))
    planned = forms.TypedChoiceField(
        label=_("The ending is"),
        choices=[("yes", _("planned")), ("no", _("early"))],
        coerce=lambda v: v == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )
    ended_by = forms.ChoiceField(label=_("Ended"), choices=Ending.By.choices)
    summary = forms.CharField(
        label=_("Closing summary"),
        required=False,
        widget=forms.Textarea,
        help_text=_(
            "Part of the record. What was worked on, and how it stands; nothing from the process notes."
        ),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, going: list[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if going:  # destroyed with the ending: nobody should learn of it afterwards
            self.fields["going"] = forms.BooleanField(
                label=_("Yes, this goes with the ending"), help_text=" ".join(going)
            )


class ReopenForm(forms.Form):
    """Why an ending is taken back."""

    why = forms.ChoiceField(
        label=_("The ending is taken back because"),
        choices=[("mistake", _("it was a mistake")), ("came_back", _("the client came back"))],
        widget=forms.RadioSelect,
    )


class FollowUpForm(forms.Form):
    """Asked months after the end, with its own No."""

    months = forms.TypedChoiceField(
        label=_("After"),
        choices=[(3, _("3 months")), (6, _("6 months")), (12, _("12 months")), (24, _("24 months"))],
        coerce=int,
    )
    answer = forms.ChoiceField(
        label=_("The client said"),
        choices=[("yes", _("Yes, ask me then")), ("no", _("No, please do not ask"))],
        widget=forms.RadioSelect,
    )


class CameBackForm(forms.Form):
    """What came back of a follow-up, when it came by telephone, by letter or in a visit."""

    answer = forms.ChoiceField(
        label=_("What came back"),
        choices=[("yes", _("an answer")), ("no", _("nothing; it was asked and not answered"))],
        widget=forms.RadioSelect,
        initial="yes",
    )
    words = forms.CharField(
        label=_("In the client’s words, or in yours"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Part of the record."),
    )


class AdjunctForm(Once):
    """What stands beside the therapy."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Adjunct.Kind.choices)
    on = _day(_("Since"))
    until = _day(_("Until"), required=False)
    what = forms.CharField(label=_("What"), max_length=300)


class LifeEventForm(Once):
    """An event of the client's life."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            ("loss", _("a loss")),
            ("birth", _("a birth")),
            ("move", _("a move")),
            ("work", _("work")),
            ("illness", _("illness")),
            ("relapse", _("a relapse")),
            ("relation", _("a relation")),
            ("other", _("something else")),
        ],
    )
    on = _day(_("On"))
    words = forms.CharField(label=_("In a few words"), max_length=200)


class GoalForm(Once):
    """A goal in the client's words."""

    words = forms.CharField(label=_("Goal"), max_length=300)
    is_own = forms.TypedChoiceField(
        label=_("Whose words"),
        choices=[("yes", _("the client’s own")), ("no", _("an aim of the work"))],
        coerce=lambda v: v == "yes",
        initial="yes",
    )
    aim = forms.ChoiceField(label=_("Nearest aim"), choices=[("", "–"), *Goal.Aim.choices], required=False)


class GoalAgain(GoalForm):
    """A goal to be corrected; one that was closed by mistake is opened again."""

    closed_on = _day(_("Closed on"), required=False, help_text=_("Empty: it is still a goal."))
    version = forms.IntegerField(widget=forms.HiddenInput)


class AdjunctAgain(AdjunctForm):
    """What stands beside the therapy, to be corrected."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class LifeEventAgain(LifeEventForm):
    """An event to be corrected."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class RatingForm(forms.Form):
    """How near a goal is."""

    rater = forms.ChoiceField(
        label=_("Who says it"), choices=[("client", _("the client")), ("clinician", _("the clinician"))]
    )
    value = forms.IntegerField(label=_("0 far, 10 reached"), min_value=0, max_value=10)


def first_day(today: date) -> dict[str, date]:
    """Initial values of a form that begins today."""
    return {"from_date": today, "starts_on": today, "on": today, "day": today}
