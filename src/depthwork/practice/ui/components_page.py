"""A page that shows every part, so that a change of the sheet is seen in one place."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import rule
from depthwork.practice.ui.sample_charts import sample_charts

TOKENS = (
    ("ink", "Text"),
    ("quiet", "Captions, references"),
    ("link", "Links, the primary button, focus"),
    ("code", "A code: solid line"),
    ("cue", "A cue: dotted line"),
    ("alert", "An answer that needs a person; an error"),
    ("edge", "Control borders, chart lines"),
    ("hair", "Rules that only separate; never read"),
    ("wash", "Bands in charts, the private note"),
)


class Sample(forms.Form):
    """Each kind of field, one of them with something to mend."""

    focus = forms.CharField(help_text="One sentence, in the client’s words where you have them.")
    last_hour = forms.DateField(help_text="Year, month, day.")
    format = forms.ChoiceField(
        choices=[("brief", "Brief, with a number of hours and one focus"), ("open", "Open-ended")],
        widget=forms.RadioSelect,
    )
    place = forms.ChoiceField(choices=[("chair", "Chair"), ("couch", "Couch")])
    shared = forms.BooleanField(label="Share with the supervisor", required=False)
    note = forms.CharField(widget=forms.Textarea, required=False, help_text="Two words are enough.")


@rule(P.USE_OWN_ACCOUNT)
def components(request: HttpRequest) -> HttpResponse:
    """The components page. Needs nobody's data and shows nobody's."""
    form = Sample({"focus": "I make myself useful instead", "last_hour": "4 Augst", "format": "brief"})
    return render(request, "ui/components.html", {"form": form, "tokens": TOKENS, "charts": sample_charts()})
