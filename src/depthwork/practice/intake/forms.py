"""Forms of the first conversations. Fields are listed one by one: nothing else is taken from a request."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from depthwork.practice.intake.considering import DATA, LEFT_OPEN, facts, readings
from depthwork.practice.intake.models import Inquiry
from depthwork.practice.intake.words import FORMATS, PLACES, PROBLEMS, TIMES
from depthwork.practice.policy.dated import read_yaml
from depthwork.practice.treatments.forms import WEEKDAYS

SALT = "depthwork.inquiry"
TOO_SOON_SECONDS = 3
TOO_LATE_SECONDS = 24 * 3600


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _words(value: str) -> list[str]:
    return [one.strip() for one in value.replace(";", ",").split(",") if one.strip()][:12]


def fresh_token() -> str:
    """A token for one form: signed, dated, and the name under which a second send is recognised."""
    return signing.TimestampSigner(salt=SALT).sign(secrets.token_urlsafe(24))


class InquiryForm(forms.Form):
    """Ask for a first conversation. Only a name and one way to be reached are needed."""

    name = forms.CharField(label=_("Your name, or what we may call you"), max_length=120)
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    contact_wishes = forms.CharField(
        label=_("How may we reach you?"),
        max_length=300,
        required=False,
        help_text=_("When, and where not. Whether we may leave a message."),
    )
    brings = forms.CharField(
        label=_("What brings you?"),
        max_length=4000,
        required=False,
        widget=_area(5),
        help_text=_("A line is enough. You can also leave it for the conversation."),
    )
    hopes = forms.CharField(
        label=_("What do you hope for?"), max_length=2000, required=False, widget=_area(3)
    )
    problems = forms.MultipleChoiceField(
        label=_("Is it about"), choices=PROBLEMS, required=False, widget=forms.CheckboxSelectMultiple
    )
    formats = forms.MultipleChoiceField(
        label=_("Do you have something in mind?"),
        choices=FORMATS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("You need not know."),
    )
    times = forms.MultipleChoiceField(
        label=_("When could you come?"), choices=TIMES, required=False, widget=forms.CheckboxSelectMultiple
    )
    times_said = forms.CharField(label=_("Anything more about times"), max_length=200, required=False)
    places = forms.MultipleChoiceField(
        label=_("Where would you like to talk?"),
        choices=PLACES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    languages = forms.CharField(label=_("Languages"), max_length=120, required=False)
    plan = forms.CharField(
        label=_("Insurance"), max_length=120, required=False, help_text=_("Its name, if you know it.")
    )
    self_pay = forms.BooleanField(label=_("I would pay myself"), required=False)
    step_free = forms.BooleanField(label=_("I need a way in without steps"), required=False)
    access = forms.CharField(
        label=_("What else should we know for your visit?"), max_length=400, required=False
    )
    found_us = forms.CharField(label=_("How did you find us?"), max_length=200, required=False)
    token = forms.CharField(widget=forms.HiddenInput, max_length=200)
    # Nobody sees this field. What is typed into it was not typed by a person reading the page.
    second_name = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    says_what_is_needed = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("phone") and not data.get("email"):
            self.add_error(
                "phone", _("One way to reach you is needed: a telephone number or an e-mail address.")
            )
        if data.get("second_name"):
            self._send_again(
                _("A field that should stay empty was filled in. It is empty again; please send once more.")
            )
        signer = signing.TimestampSigner(salt=SALT)
        try:
            signer.unsign(data.get("token", ""), max_age=TOO_LATE_SECONDS)
        except signing.BadSignature:
            self._send_again(
                _("This page had been open for long. Your words are still here; please send once more.")
            )
            return data
        try:
            signer.unsign(data["token"], max_age=TOO_SOON_SECONDS)
        except signing.SignatureExpired:
            return data  # it was read before it was sent
        self._send_again(_("That was quick. Your words are still here; please send once more."))
        return data

    def _send_again(self, words: Any) -> None:
        self.add_error(None, words)

    def letter(self) -> dict[str, Any]:
        """What is sealed: the answers, without the form's own fields."""
        data = {key: value for key, value in self.cleaned_data.items() if key not in ("token", "second_name")}
        data["languages"] = _words(data.get("languages") or "")
        return {key: value for key, value in data.items() if value not in ("", [], None, False)}


class StepForm(forms.Form):
    """What was done about an inquiry."""

    words = forms.CharField(label=_("What was done"), required=False, max_length=2000, widget=_area(3))
    state = forms.ChoiceField(label=_("It stands now"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            ("", _("as before")),
            *((id, label) for id, label in Inquiry.State.choices if id not in ("new", "client")),
        ]


class ReferForm(forms.Form):
    """A letter to the one who asked: where else they might go. Nothing is sent from here."""

    where = forms.CharField(label=_("To whom, or where"), max_length=300)
    letter = forms.CharField(label=_("The letter"), max_length=4000, widget=_area(12))
    version = forms.IntegerField(widget=forms.HiddenInput)


class DeskForm(forms.Form):
    """What the public form promises."""

    is_open = forms.BooleanField(label=_("People can ask by form"), required=False)
    read_by = forms.CharField(
        label=_("Who reads it"),
        max_length=160,
        help_text=_("As the person who asks will read it: a name, or two."),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which days"), choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    read_until = forms.TimeField(
        label=_("Last reading of the day"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("What comes later is read on the next of these days."),
    )
    phone = forms.CharField(label=_("Telephone of the practice"), max_length=40, required=False)
    words = forms.CharField(label=_("A line of your own"), max_length=400, required=False, widget=_area(2))


class ProfileForm(forms.Form):
    """A clinician's own page."""

    is_public = forms.BooleanField(label=_("Show my page to people who ask"), required=False)
    has_room = forms.BooleanField(label=_("I have a place free"), required=False)
    about = forms.CharField(label=_("About my work"), max_length=600, required=False, widget=_area(3))
    training = forms.CharField(label=_("Training"), max_length=400, required=False)
    licence = forms.CharField(label=_("Licence"), max_length=120, required=False)
    languages = forms.CharField(
        label=_("Languages"), max_length=160, required=False, help_text=_("With commas between.")
    )
    problems = forms.MultipleChoiceField(
        label=_("I work with"), choices=PROBLEMS, required=False, widget=forms.CheckboxSelectMultiple
    )
    formats = forms.MultipleChoiceField(
        label=_("I offer"), choices=FORMATS, required=False, widget=forms.CheckboxSelectMultiple
    )
    times = forms.MultipleChoiceField(
        label=_("My hours"), choices=TIMES, required=False, widget=forms.CheckboxSelectMultiple
    )
    places = forms.MultipleChoiceField(
        label=_("I see people"), choices=PLACES, required=False, widget=forms.CheckboxSelectMultiple
    )
    plans = forms.CharField(
        label=_("Insurance plans"), max_length=400, required=False, help_text=_("With commas between.")
    )
    takes_self_pay = forms.BooleanField(label=_("Can be paid privately"), required=False)
    fees = forms.CharField(label=_("Fees"), max_length=200, required=False)
    step_free = forms.NullBooleanField(label=_("A way in without steps"), required=False)
    may_ask = forms.CharField(
        label=_("What people may ask me"),
        max_length=600,
        required=False,
        widget=_area(2),
        help_text=_(
            "For instance: how I was trained, whether I have treated this before, what I do when I am away."
        ),
    )

    def said(self) -> dict[str, Any]:
        """The answers as the page keeps them."""
        data = dict(self.cleaned_data)
        for name in ("languages", "plans"):
            data[name] = _words(data[name])
        return data


class FactsForm(forms.Form):
    """Every fact in three states, and what the questionnaires gave."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for fact in facts():
            self.fields[f"fact_{fact.id}"] = forms.ChoiceField(
                label=fact.words,
                choices=[("unknown", _("not known")), ("confirmed", _("yes")), ("denied", _("no"))],
                widget=forms.RadioSelect,
                required=False,
            )
        for one in readings():
            self.fields[f"reading_{one.id}"] = forms.IntegerField(
                label=one.words, min_value=one.low, max_value=one.high, required=False
            )
            self.fields[f"open_{one.id}"] = forms.BooleanField(label=_("asked, left open"), required=False)
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput)

    def groups(self) -> list[tuple[str, list[Any]]]:
        """The facts as the page sets them: group by group."""
        found: dict[str, list[Any]] = {}
        for fact in facts():
            found.setdefault(fact.group, []).append(self[f"fact_{fact.id}"])
        return list(found.items())

    def figures(self) -> list[tuple[Any, Any]]:
        """Each figure with its box for an answer left open."""
        return [(self[f"reading_{one.id}"], self[f"open_{one.id}"]) for one in readings()]

    def known(self) -> dict[str, str]:
        """Fact by fact."""
        return {f.id: self.cleaned_data.get(f"fact_{f.id}") or "unknown" for f in facts()}

    def values(self) -> dict[str, int | str]:
        """Figure by figure; what was not asked is left out."""
        found: dict[str, int | str] = {}
        for one in readings():
            value = self.cleaned_data.get(f"reading_{one.id}")
            if value is not None:
                found[one.id] = value
            elif self.cleaned_data.get(f"open_{one.id}"):
                found[one.id] = LEFT_OPEN
        return found


@cache
def preference_questions() -> tuple[tuple[str, str], ...]:
    """Our own questions, by id."""
    return tuple((one["id"], _(one["asks"])) for one in read_yaml(DATA / "preferences.yaml")["questions"])


class PreferencesForm(forms.Form):
    """How someone would like to work, in words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for id, asks in preference_questions():
            self.fields[id] = forms.CharField(label=asks, max_length=1000, required=False, widget=_area(2))
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput)


class NotesForm(forms.Form):
    """What was asked in the first hours, and what was answered."""

    ROWS = 8

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, self.ROWS + 1):
            self.fields[f"question_{n}"] = forms.CharField(
                label=_("Asked, %(n)s") % {"n": n}, max_length=300, required=False
            )
            self.fields[f"answer_{n}"] = forms.CharField(
                label=_("Answered, %(n)s") % {"n": n}, max_length=2000, required=False, widget=_area(2)
            )
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput)

    def notes(self) -> list[dict[str, str]]:
        """Pairs, in order."""
        return [
            {"question": self.cleaned_data[f"question_{n}"], "answer": self.cleaned_data[f"answer_{n}"]}
            for n in range(1, self.ROWS + 1)
        ]


class AcknowledgeForm(forms.Form):
    """What was done about something that comes first."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=400)
    how = forms.CharField(label=_("What was done, or will be today"), max_length=1000, widget=_area(2))


class DecisionForm(forms.Form):
    """What the two of you decided. The page never decides."""

    decision = forms.CharField(
        label=_("Decided"),
        max_length=2000,
        widget=_area(3),
        help_text=_("In your words; it need not be one of the options."),
    )
    set_aside = forms.MultipleChoiceField(
        label=_("Points heard, and not followed"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reasons = forms.CharField(
        label=_("Reasons"),
        max_length=2000,
        required=False,
        widget=_area(3),
        help_text=_("Needed where a point was not followed."),
    )
    with_client = forms.BooleanField(
        label=_("Decided together with the client"), required=False, initial=True
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, points: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if points:
            self.fields["set_aside"].choices = points  # type: ignore[attr-defined]
        else:
            del self.fields["set_aside"]
