"""What the pages of this room ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from depthwork.practice.formulation.feelings import FEELINGS, WISHES
from depthwork.practice.treatments.models import Session
from depthwork.practice.treatments.sending import Once


def _words(label: Any, rows: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": rows}), **more)


class AfterForm(Once):
    """The minute after the hour. Nothing of it has to be filled in."""

    status = forms.ChoiceField(
        label=_("The hour was"),
        choices=[c for c in Session.Status.choices if c[0] != "planned"],
        widget=forms.RadioSelect,
    )
    late_minutes = forms.IntegerField(label=_("Late, minutes"), min_value=0, max_value=240, required=False)
    words = _words(_("Two words, or more"), 3)
    line = forms.CharField(
        label=_("One line to keep"), required=False, max_length=500,
        help_text=_("Read in sequence, the treatment in a few pages."),
    )  # fmt: skip
    first_words = forms.CharField(label=_("First words"), required=False, max_length=300)
    last_words = forms.CharField(label=_("Last words"), required=False, max_length=300)
    feeling_words = forms.CharField(label=_("In my own words"), required=False, max_length=300)
    wished_to = forms.MultipleChoiceField(
        label=_("Did I wish"), choices=WISHES, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("It may be a question for supervision."),
    )  # fmt: skip
    question = forms.CharField(label=_("A question I leave for myself"), required=False, max_length=500)
    next = forms.CharField(label=_("Next"), required=False, max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput)

    MAIN = ("status", "late_minutes", "words", "line")
    MORE = ("first_words", "last_words", "wished_to", "question", "next")

    def after(self) -> dict[str, Any]:
        """What is kept beside the line."""
        data = self.cleaned_data
        return {
            "feelings": {
                n: self.data.get(f"feeling_{n}") for n, _w in FEELINGS if self.data.get(f"feeling_{n}")
            },
            "feeling_words": data.get("feeling_words"),
            "wished_to": data.get("wished_to"),
            "question": data.get("question"),
            "next": data.get("next"),
        }

    def feelings(self) -> list[dict[str, Any]]:
        """One row a feeling, with what is chosen."""
        given = self.data if self.is_bound else self.initial.get("feelings") or {}
        key = "feeling_%s" if self.is_bound else "%s"
        return [
            {"name": name, "label": label, "value": str(given.get(key % name, "")), "steps": "01234"}
            for name, label in FEELINGS
        ]


class PredictionForm(forms.Form):
    """What one expects, before it comes."""

    words = forms.CharField(label=_("I expect"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    by_date = forms.DateField(
        label=_("By"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
    )


class CameForm(forms.Form):
    """What came of it."""

    words = forms.CharField(label=_("What came"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.IntegerField(widget=forms.HiddenInput)


class HeadingsForm(forms.Form):
    """The title of a version and its headings."""

    title = forms.CharField(label=_("Title"), required=False, max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput)


class OutlineForm(forms.Form):
    """The practice's own headings."""

    text = forms.CharField(
        label=_("Headings, one a line"), widget=forms.Textarea(attrs={"rows": 10}), max_length=4000
    )
