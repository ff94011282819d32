"""Forms of coverage. Fields are listed one by one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from depthwork.interchange.x12 import SERVICE_TYPES
from depthwork.practice.coverage.models import Charge, PayerPlan, Payment, Plan, Verification
from depthwork.practice.coverage.services import KINDS, MODIFIERS, TELEHEALTH


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


def _modifier(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[("", _("none written down")), *((one, one) for one in MODIFIERS)],
        required=False,
    )


PLACES = {"10": _("10, at the client’s home"), "02": _("02, elsewhere")}
RELATIONS = [
    ("self", _("the client")),
    ("spouse", _("a spouse")),
    ("child", _("a parent")),
    ("other", _("someone else")),
]


class PlanForm(forms.Form):
    payer = forms.CharField(label=_("Who pays"), max_length=120)
    member_id = forms.CharField(label=_("Member number"), max_length=80, required=False)
    from_date = _day(_("Plan year from"))
    to_date = _day(_("Plan year to"))
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
    deductible_family = _amount(_("Deductible of the family"), required=False)
    out_of_pocket = _amount(_("Out-of-pocket maximum"), required=False)
    out_of_pocket_met = _amount(_("of which reached"), required=False)
    payer_id = forms.CharField(label=_("The payer’s own number"), max_length=80, required=False)
    group = forms.CharField(label=_("Group"), max_length=60, required=False)
    born = _day(_("The client’s day of birth"), required=False)
    sex = forms.ChoiceField(
        label=_("Sex as the payer has it"),
        choices=[("", "–"), ("F", "F"), ("M", "M"), ("U", "U")],
        required=False,
    )
    referring = forms.CharField(label=_("Referred by"), max_length=120, required=False)
    relation = forms.ChoiceField(label=_("The policy is held by"), choices=RELATIONS, required=False)
    insured_family = forms.CharField(label=_("Family name of who holds it"), max_length=60, required=False)
    insured_given = forms.CharField(label=_("Given name"), max_length=35, required=False)
    insured_born = _day(_("Day of birth"), required=False)
    telehealth_place = forms.ChoiceField(
        label=_("Place of hours by video or telephone"),
        choices=[(one, PLACES[one]) for one in TELEHEALTH],
        required=False,
    )
    modifier_video = _modifier(_("Modifier by video"))
    modifier_phone = _modifier(_("Modifier by telephone"))
    further_crisis = forms.ChoiceField(
        label=_("Further half hours of a crisis"),
        choices=[
            ("beyond_74", _("from the first minute beyond 74")),
            ("half_of_next_block", _("from 16 minutes of the next half hour")),
        ],
        required=False,
        help_text=_("Payers differ; ask."),
    )
    part2 = forms.BooleanField(
        label=_("Records of a substance use programme stand behind this plan (42 CFR Part 2)"), required=False
    )
    part2_consent_on = _day(_("The client’s written consent is of"), required=False)
    part2_scope = forms.CharField(
        label=_("What that consent allows, and to whom"),
        max_length=240,
        required=False,
        help_text=_("It is printed on each paper that goes to the payer."),
    )
    TERMS = (
        "deductible", "deductible_met", "deductible_family", "out_of_pocket", "out_of_pocket_met", "copay", "coinsurance",
    )  # fmt: skip
    CLAIMS = (
        "payer_id", "group", "born", "sex", "referring", "relation", "telehealth_place", "modifier_video",
        "modifier_phone", "further_crisis", "part2", "part2_consent_on", "part2_scope",
    )  # fmt: skip
    INSURED = ("family", "given", "born")
    FIELDSETS = (
        (_("The plan"), ("payer", "member_id", "from_date", "to_date", "network", "visit_limit", "used_elsewhere", "diagnosis")),
        (_("What it pays"), TERMS),
        (_("What claims and questions ask"), ("payer_id", "group", "born", "sex", "referring", "relation", *(f"insured_{one}" for one in INSURED))),
        (_("Hours at a distance, and crises"), ("telehealth_place", "modifier_video", "modifier_phone", "further_crisis")),
        (_("Substance use records"), ("part2", "part2_consent_on", "part2_scope")),
    )  # fmt: skip

    def fieldsets(self) -> list[tuple[Any, list[BoundField]]]:
        """The fields in their groups, for the page."""
        return [(legend, [self[name] for name in names]) for legend, names in self.FIELDSETS]

    def facts(self) -> dict[str, Any]:
        """The plan as the action takes it."""
        data = self.cleaned_data
        claims = {
            name: data[name].isoformat() if isinstance(data[name], date) else data[name]
            for name in self.CLAIMS
        }
        if claims["relation"] in ("", "self"):
            claims["relation"] = ""
        else:
            held = {one: data[f"insured_{one}"] for one in self.INSURED}
            claims["insured"] = {
                one: value.isoformat() if isinstance(value, date) else value
                for one, value in held.items()
                if value
            }
        names = ("payer", "member_id", "from_date", "to_date", "network", "visit_limit")
        return {
            **{name: data[name] for name in names},
            "used_elsewhere": data["used_elsewhere"] or 0,
            "diagnosis": listed(data["diagnosis"]),
            "terms": {name: data[name] for name in self.TERMS},
            "claims": claims,
        }

    @classmethod
    def opened(cls, plan: Plan) -> dict[str, Any]:
        """A plan as the form's first values."""
        claims = plan.claims or {}
        held = claims.get("insured") or {}
        names = ("payer", "member_id", "from_date", "to_date", "network", "visit_limit", "used_elsewhere")
        return {
            **{name: getattr(plan, name) for name in names},
            "diagnosis": ", ".join(plan.diagnosis or ()),
            **(plan.terms or {}),
            **{name: claims.get(name) for name in cls.CLAIMS},
            **{f"insured_{one}": held.get(one) for one in cls.INSURED},
        }


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
    file = forms.FileField(label=_("The file"))


class ChargeForm(forms.Form):
    session = forms.ChoiceField(label=_("The hour that was missed"), required=False)
    on = _day(_("On"))
    kind = forms.ChoiceField(label=_("For"), choices=[one for one in Charge.Kind.choices if one[0] != "hour"])
    amount = _amount(_("Amount"))
    words = forms.CharField(label=_("What for, as it stands on the paper"), max_length=120, required=False)

    def __init__(self, *args: Any, missed: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["session"].choices = [("", "–"), *missed]  # type: ignore[attr-defined]
        if not missed:
            self.fields["session"].widget = forms.HiddenInput()


class ChangeChargeForm(forms.Form):
    amount = _amount(_("Amount"))
    words = forms.CharField(label=_("What for, as it stands on the paper"), max_length=120, required=False)
    kind = forms.ChoiceField(
        label=_("Kind of hour"),
        choices=[("", _("individual"))]
        + [(one, one.replace("_", " ")) for one in KINDS if one != "individual"],
        required=False,
    )
    place = forms.ChoiceField(
        label=_("Place, by video or telephone"),
        choices=[("", _("as the plan says"))] + [(one, PLACES[one]) for one in TELEHEALTH],
        required=False,
    )
    modifier = forms.ChoiceField(
        label=_("Modifier"),
        choices=[("", _("as the plan says")), *((one, one) for one in MODIFIERS)],
        required=False,
    )
    complexity = forms.BooleanField(label=_("Interactive complexity, add-on 90785"), required=False)
    SERVICE = ("kind", "place", "modifier", "complexity")

    def __init__(self, *args: Any, charge: Charge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if charge.kind != Charge.Kind.HOUR or charge.session is None:
            for name in self.SERVICE:
                del self.fields[name]
        elif charge.session.place == "office":
            del self.fields["place"], self.fields["modifier"]

    def service(self) -> dict[str, Any]:
        """How the hour is counted, where it is one."""
        return {name: self.cleaned_data.get(name) for name in self.SERVICE if name in self.fields}


class PaymentForm(forms.Form):
    on = _day(_("On"))
    amount = _amount(_("Amount"))
    source = forms.ChoiceField(label=_("From"), choices=Payment.Source.choices)


class PeriodForm(forms.Form):
    first = _day(_("From"))
    last = _day(_("To"))


class YearForm(forms.Form):
    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2100)


class AskForm(forms.Form):
    """What a 270 asks about."""

    services = forms.MultipleChoiceField(
        label=_("Ask about"),
        choices=[(code, f"{code}, {words}") for code, words in SERVICE_TYPES.items()],
        initial=["30"],
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Ask about 30 first; every medical payer answers it. Mental health may be carved out to another payer."
        ),
    )
    on = _day(_("For hours on"))


class PayerPlanForm(forms.Form):
    """The plan in the payer's words; a goal for each aim, and two more."""

    from_date = _day(_("From"))
    review_on = _day(_("Looked at again on"))
    HEADS = {
        "problems": _("Problems and diagnosis, and what each rests on"),
        "symptoms": _("Symptoms and how severe they are"),
        "impairment": _("What they prevent: work, relations, self-care"),
        "risk": _("Risk, asked and answered"),
        "frequency": _("Why this frequency and length"),
        "interventions": _("Interventions"),
        "duration": _("Expected duration"),
        "progress": _("Progress since the last plan"),
        "barriers": _("What stands in the way"),
        "coordination": _("Co-ordination with others who treat"),
        "discharge": _("When treatment will have done its work"),
        "participation": _("The client’s part in this plan"),
    }

    def __init__(self, *args: Any, goals: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in PayerPlan.PARTS:
            self.fields[part] = forms.CharField(
                label=self.HEADS[part], required=part == "problems", max_length=4000,
                widget=forms.Textarea(attrs={"rows": 3, "class": "low"}),
            )  # fmt: skip
        self.goals = goals
        for n in range(goals):
            self.fields[f"aim_{n}"] = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
            for name, label in (
                ("goal", _("Measurable goal")),
                ("seen", _("How it is seen")),
                ("now", _("Now")),
            ):
                self.fields[f"{name}_{n}"] = forms.CharField(
                    label=label, required=False, max_length=300,
                    widget=forms.Textarea(attrs={"rows": 2, "class": "low"}),
                )  # fmt: skip

    def written(self) -> dict[str, Any]:
        """The plan as the action takes it."""
        data = self.cleaned_data
        names = ("aim", "goal", "seen", "now")
        return {
            "from_date": data["from_date"],
            "review_on": data["review_on"],
            "words": {part: data[part] for part in PayerPlan.PARTS},
            "goals": [{name: data[f"{name}_{n}"] for name in names} for n in range(self.goals)],
        }


class EstimateForm(forms.Form):
    booked_on = _day(_("Booked on"))
    asked_on = _day(_("The client asked for it on"), required=False)
    first_day = _day(_("First hour"))
    last_day = _day(_("Last hour, a year on at most"))
    code = forms.CharField(label=_("Code"), max_length=5, initial="90834")
    units = forms.IntegerField(label=_("Hours expected"), min_value=1, max_value=400)
    fee = _amount(_("Fee of an hour"))
    diagnosis = forms.CharField(
        label=_("Diagnosis codes, where there are any"), max_length=120, required=False
    )


class LetterForm(forms.Form):
    limit = forms.ChoiceField(
        label=_("The limit"),
        choices=[
            ("visits", _("a limit on visits")),
            ("authorisation", _("prior authorisation")),
            ("share", _("the client’s share of the cost")),
            ("review", _("concurrent review")),
        ],
    )
    applies = forms.CharField(
        label=_("How it is applied here"),
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 3, "class": "low"}),
    )
    compared = forms.CharField(
        label=_("What holds for medical and surgical care in the same plan"),
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 3, "class": "low"}),
        help_text=_("From the plan’s own papers: visits, co-payments, authorisation."),
    )
    hours = forms.IntegerField(label=_("Further hours asked for"), min_value=1, max_value=400, required=False)
    reference = forms.CharField(label=_("Reference of the decision"), max_length=80, required=False)
    decided_on = _day(_("Day of the decision"), required=False)
