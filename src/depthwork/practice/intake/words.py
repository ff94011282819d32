"""The few fixed choices of an inquiry and a profile, in the words that both sides read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PROBLEMS = (
    ("depression", _("low mood, emptiness")),
    ("anxiety", _("fear, panic")),
    ("relations", _("relations that go wrong the same way")),
    ("loss", _("loss and grief")),
    ("trauma", _("something that happened")),
    ("identity", _("who I am, what I want")),
    ("body", _("the body, pain, eating")),
    ("addiction", _("alcohol, drugs, something I cannot leave")),
    ("work", _("work, study")),
)
FORMATS = (
    ("brief", _("a brief therapy with a number of hours")),
    ("open_ended", _("open-ended, once or twice a week")),
    ("analysis", _("psychoanalysis, several times a week")),
    ("consultation", _("one or two conversations to find out")),
)
TIMES = (
    ("early", _("before work")),
    ("morning", _("in the morning")),
    ("afternoon", _("in the afternoon")),
    ("evening", _("in the evening")),
    ("weekend", _("at the weekend")),
)
PLACES = (("office", _("in the room")), ("video", _("by video")), ("phone", _("by telephone")))
LABELS = {id: label for group in (PROBLEMS, FORMATS, TIMES, PLACES) for id, label in group}
