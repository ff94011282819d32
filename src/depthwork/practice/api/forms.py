"""The form of a new token."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from depthwork.practice.treatments.models import Client


class TokenForm(forms.Form):
    """What for, what it may read, of whom, until when."""

    purpose = forms.CharField(
        label=_("What it is for"), max_length=80, help_text=_("Stands in the audit. No name of a client.")
    )
    compartments = forms.MultipleChoiceField(
        label=_("What it may read"), widget=forms.CheckboxSelectMultiple,
        choices=(
            ("administration", _("administration: names, hours")),
            ("record", _("record: measures, plan, progress notes")),
            ("process_notes", _("process notes: marks and the lines they quote")),
        ),
    )  # fmt: skip
    clients = forms.MultipleChoiceField(label=_("Of whom"), widget=forms.CheckboxSelectMultiple)
    ends_on = forms.DateField(
        label=_("Its last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    passphrase = forms.CharField(
        label=_("Your passphrase, once more"), strip=False,
        help_text=_("A token opens what you open, without you."),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, clients: list[Client], parts: Collection[str], today: date, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", {"ends_on": today + timedelta(days=30)})
        super().__init__(*args, **kwargs)
        self._rows = {str(row.id): row for row in clients}
        # What the maker's own keys do not open is not offered: a manager holds no record.
        self.fields["compartments"].choices = [  # type: ignore[attr-defined]
            (key, says)
            for key, says in self.fields["compartments"].choices
            if key in parts  # type: ignore[attr-defined]
        ]
        self.fields["clients"].choices = [(key, row.called or "?") for key, row in self._rows.items()]  # type: ignore[attr-defined]

    def clean_clients(self) -> list[Client]:
        return [self._rows[key] for key in self.cleaned_data["clients"]]
