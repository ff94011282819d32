"""The parts of a safety plan, as they are asked and as they are printed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from depthwork.practice.intake.actions.safety import LISTS
from depthwork.practice.treatments.forms import _day

HEADS = {
    "warning_signs": _("How I notice that it is coming"),
    "on_my_own": _("What I can do by myself"),
    "people_and_places": _("People and places that take my mind off it"),
    "people_to_ask": _("Whom I can ask for help"),
    "professionals": _("Professionals, and when they can be reached"),
    "making_it_safer": _("What makes it safer around me"),
    "reason": _("What I stay for"),
}
WITH_NUMBERS = ("people_to_ask", "professionals")


class SafetyPlanForm(forms.Form):
    """One line for each thing. Made together; in the client's words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in LISTS:
            self.fields[name] = forms.CharField(
                label=HEADS[name],
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text=_("One a line: name, telephone, when or anything else.")
                if name in WITH_NUMBERS
                else _("One a line."),
            )
        self.fields["reason"] = forms.CharField(label=HEADS["reason"], required=False, max_length=600)
        self.fields["made_on"] = _day(_("Made on"))
        self.fields["based_on"] = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def parts(self) -> dict[str, Any]:
        """Lines to lists."""
        found: dict[str, Any] = {}
        for name in LISTS:
            lines = [line.strip() for line in self.cleaned_data[name].splitlines() if line.strip()]
            found[name] = [contact(line) for line in lines] if name in WITH_NUMBERS else lines
        found["reason"] = self.cleaned_data["reason"].strip()
        return {name: value for name, value in found.items() if value}


def contact(line: str) -> dict[str, str]:
    """Name, telephone, the rest: what stands between the commas."""
    bits = [bit.strip() for bit in line.split(",", 2)]
    found = {"name": bits[0]}
    if len(bits) > 1:
        has_number = sum(c.isdigit() for c in bits[1]) >= 3
        if has_number:
            found["phone"] = bits[1]
            if len(bits) > 2:
                found["note"] = bits[2]
        else:
            found["note"] = ", ".join(bits[1:])
    return found


def as_lines(parts: dict[str, Any]) -> dict[str, str]:
    """Lists to lines, for the form."""
    found: dict[str, str] = {}
    for name, value in parts.items():
        if name == "reason":
            found[name] = value
        elif name in WITH_NUMBERS:
            found[name] = "\n".join(
                ", ".join(bit for bit in (one.get("name"), one.get("phone"), one.get("note")) if bit)
                for one in value
            )
        else:
            found[name] = "\n".join(value)
    return found


def sections(parts: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The plan as a page prints it: head, lines, and telephone links where there are numbers."""
    found = []
    for name, head in HEADS.items():
        value = (parts or {}).get(name)
        if not value:
            continue
        if name == "reason":
            lines = [{"words": value}]
        elif name in WITH_NUMBERS:
            lines = [
                {
                    "words": one.get("name", ""),
                    "phone": one.get("phone", ""),
                    "href": "tel:" + "".join(c for c in one.get("phone", "") if c.isdigit() or c == "+"),
                    "note": one.get("note", ""),
                }
                for one in value
            ]
        else:
            lines = [{"words": one} for one in value]
        found.append({"id": name, "head": head, "lines": lines})
    return found
