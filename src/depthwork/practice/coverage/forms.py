"""Forms of coverage. Fields are listed one by one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from depthwork.practice.coverage.models import Charge, Payment, Plan, Verification


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs
    )


def _amount(label: Any, **kwargs: Any) -> forms.DecimalField:
    # Below zero is refused by the action, in its own words.
    return forms.DecimalField(label=label, max_digits=9, decimal_places=2, **kwargs)


def listed(text: str) -> list[str]:
    """Codes written with commas or spaces between them."""
    return text.upper().replace(",", " ").split()


class PlanForm(forms.Form):
    payer = forms.CharField(label=_("Who pays"), max_length=120)
    member_id = forms.CharField(label=_("Member number"), max_length=80, required=False)
    from_date = _day(_("Plan year from"))
    to_date = _day(_("to"))
    network = forms.ChoiceField(label=_("Network"), choices=Plan.Network.choices, initial="unknown")
    visit_limit = forms.IntegerField(
        label=_("Visits in the plan year"), min_value=1, max_value=999, required=False
    )
    used_elsewhere = forms.IntegerField(
        label=_("Used with others this plan year"), min_value=0, max_value=999, initial=0, required=False
    )
    deductible = _amount(_("Deductible"), required=False)
    deductible_met = _amount(_("of which met"), required=False)
    copay = _amount(_("Co-payment for an hour"), required=False)
    coinsurance = forms.DecimalField(
        label=_("Coinsurance in percent"), max_value=100, max_digits=5, decimal_places=2, required=False
    )
    diagnosis = forms.CharField(
        label=_("Diagnosis codes for the payer"),
        max_length=120,
        required=False,
        help_text=_("As in F33.1. Whoever keeps the office can read them here."),
    )
    TERMS = ("deductible", "deductible_met", "copay", "coinsurance")


class AuthorisationForm(forms.Form):
    number = forms.CharField(label=_("Number"), max_length=60)
    codes = forms.CharField(label=_("Codes"), max_length=80, help_text=_("As in 90834, 90832."))
    units = forms.IntegerField(label=_("Hours authorised"), min_value=1, max_value=999)
    from_date = _day(_("From"))
    to_date = _day(_("To, that day included"))


class VerificationForm(forms.Form):
    on = _day(_("On"))
    how = forms.ChoiceField(
        label=_("How it is known"), choices=[one for one in Verification.How.choices if one[0] != "file"]
    )
    spoke_with = forms.CharField(label=_("With whom"), max_length=120, required=False)
    reference = forms.CharField(label=_("Reference"), max_length=80, required=False)
    time = forms.CharField(label=_("At what time"), max_length=20, required=False)
    note = forms.CharField(
        label=_("What was said"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(forms.Form):
    file = forms.FileField(
        label=_("The payer’s answer"),
        help_text=_("A file of the kind 271. It is read here; nothing is sent."),
    )


class ChargeForm(forms.Form):
    on = _day(_("On"))
    kind = forms.ChoiceField(label=_("For"), choices=[one for one in Charge.Kind.choices if one[0] != "hour"])
    amount = _amount(_("Amount"))
    words = forms.CharField(label=_("What for, as it stands on the paper"), max_length=120, required=False)


class PaymentForm(forms.Form):
    on = _day(_("On"))
    amount = _amount(_("Amount"))
    source = forms.ChoiceField(label=_("From"), choices=Payment.Source.choices)


class PeriodForm(forms.Form):
    first = _day(_("From"))
    last = _day(_("To"))


class LetterheadForm(forms.Form):
    legal_name = forms.CharField(label=_("Your name as on the licence"), max_length=120)
    licence = forms.CharField(label=_("Licence"), max_length=60, required=False)
    npi = forms.CharField(label=_("NPI"), max_length=10, required=False)
    practice_name = forms.CharField(label=_("Legal name of the practice"), max_length=120, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    tax_id = forms.CharField(label=_("Tax number"), max_length=20, required=False)
