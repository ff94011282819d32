"""The questions of consent as they are put to a person, and the form that takes down the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from depthwork.practice.intake.considering import DATA
from depthwork.practice.policy.dated import read_yaml
from depthwork.practice.treatments.forms import _day
from depthwork.practice.treatments.models import Consent

FAMILIES = (
    ("relations", _("people and what passes between them")),
    ("defenses", _("ways of keeping something at a distance")),
    ("alliance", _("strain between the two of you")),
    ("dreams", _("dreams")),
)


@dataclass(frozen=True, slots=True)
class Question:
    """One purpose as a question with its real No."""

    id: str
    asks: str
    if_no: str
    has_life: bool
    has_person: bool
    has_families: bool


@cache
def questions() -> dict[str, Question]:
    """Every purpose, in the order of asking."""
    return {
        one["id"]: Question(
            one["id"],
            _(one["asks"]),
            _(one["if_no"]),
            one.get("has_life", False),
            one.get("has_person", False),
            one.get("has_families", False),
        )
        for one in read_yaml(DATA / "consents.yaml")["purposes"]
    }


class ConsentForm(forms.Form):
    """One answer. Neither yes nor no stands ready: the person says it."""

    answer = forms.ChoiceField(
        label=_("The answer"), choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.RadioSelect
    )
    given_on = _day(_("Said on"))
    how = forms.ChoiceField(label=_("How"), choices=Consent.How.choices)
    said = forms.CharField(label=_("In their own words"), max_length=600, required=False)

    def __init__(self, *args: Any, question: Question, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        if question.has_person and people:
            self.fields["person"] = forms.ChoiceField(
                label=_("For whom"), choices=[("", _("in general")), *people], required=False
            )
        if question.has_families:
            self.fields["families"] = forms.MultipleChoiceField(
                label=_("It may look for"),
                choices=FAMILIES,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        if question.has_life:
            self.fields["lives"] = forms.ChoiceField(
                label=_("It is kept"),
                choices=Consent.Lives.choices,
                required=False,
                initial=Consent.Lives.TREATMENT,
                help_text=_("Until the treatment ends: it is burned with the ending, for good."),
            )
        if question.id == Consent.Purpose.RESEARCH:
            self.fields["with_text"] = forms.BooleanField(
                label=_("Their words may go too"),
                required=False,
                help_text=_(
                    "With names, places, dates and workplaces replaced. Otherwise only numbers and codes go."
                ),
            )
        self.fields["ends_on"] = _day(
            _("This answer holds until"), required=False, help_text=_("Empty: until it is taken back.")
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given: date | None = data.get("given_on")
        if data.get("ends_on") and given and data["ends_on"] < given:
            self.add_error("ends_on", _("This day lies before the day of the answer."))
        if data.get("lives") == Consent.Lives.DAY and not data.get("ends_on"):
            self.add_error("ends_on", _("Say until which day it is kept."))
        return data

    def words(self) -> dict[str, Any]:
        """What is kept sealed beside the answer."""
        found = {"said": self.cleaned_data.get("said"), "families": self.cleaned_data.get("families")}
        found["with_text"] = bool(self.cleaned_data.get("with_text")) and self.cleaned_data["answer"] == "yes"
        return {key: value for key, value in found.items() if value}
