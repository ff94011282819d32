"""What the palette sends."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from depthwork.practice.casework.errors import MarkError

LONGEST = 4_000


class MarkForm(forms.Form):
    """Some words, a construct, a code, and what qualifies it."""

    start = forms.IntegerField(min_value=0)
    end = forms.IntegerField(min_value=1)
    construct = forms.CharField(max_length=64)
    code = forms.CharField(max_length=64)
    attributes = forms.CharField(max_length=LONGEST, required=False)
    version = forms.IntegerField(min_value=1, required=False)

    def clean_attributes(self) -> dict[str, Any]:
        """A small flat mapping; anything else is refused, and never repeated in the message."""
        text = self.cleaned_data["attributes"]
        if not text:
            return {}
        try:
            given = json.loads(text)
        except (ValueError, RecursionError):
            raise forms.ValidationError(_("the attributes could not be read; open the page again")) from None
        if not isinstance(given, dict) or len(given) > 12:
            raise forms.ValidationError(_("the attributes could not be read; open the page again"))
        for value in given.values():
            items = value if isinstance(value, list) else [value]
            if len(items) > 8 or any(not isinstance(v, (str, int, float, bool)) for v in items):
                raise forms.ValidationError(_("the attributes could not be read; open the page again"))
        return given


def read_mark(data: Any) -> dict[str, Any]:
    """The cleaned fields, or MarkError with what is to be mended."""
    form = MarkForm(data)
    if not form.is_valid():
        name, faults = next(iter(form.errors.items()))
        if name in ("start", "end"):
            raise MarkError(_("select some words first"))
        if name in ("construct", "code"):
            raise MarkError(_("choose a construct and a code first"))
        raise MarkError(str(faults[0]))
    return dict(form.cleaned_data)
