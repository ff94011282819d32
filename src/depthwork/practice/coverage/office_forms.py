"""Forms of what the practice says of itself on its papers: its numbers, its programme, its letterhead."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class OfficeForm(forms.Form):
    us_parts = forms.ChoiceField(
        label=_("Plans, codes and claims of the United States"),
        choices=[
            ("", _("by the practice’s country")),
            ("yes", _("shown")),
            ("no", _("switched off; invoices stay")),
        ],
        required=False,
    )
    npi = forms.CharField(label=_("NPI of the practice, if it has one"), max_length=10, required=False)
    sender = forms.CharField(label=_("Sender number at the clearing house"), max_length=15, required=False)
    receiver = forms.CharField(
        label=_("Receiver number at the clearing house"), max_length=15, required=False
    )
    is_part2 = forms.BooleanField(
        label=_("The practice is a federally assisted substance use programme (42 CFR Part 2)"),
        required=False,
    )


class LetterheadForm(forms.Form):
    legal_name = forms.CharField(label=_("Your name as on the licence"), max_length=120)
    licence = forms.CharField(label=_("Licence"), max_length=60, required=False)
    npi = forms.CharField(label=_("NPI"), max_length=10, required=False)
    practice_name = forms.CharField(label=_("Legal name of the practice"), max_length=120, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    tax_id = forms.CharField(label=_("Tax number"), max_length=20, required=False)
