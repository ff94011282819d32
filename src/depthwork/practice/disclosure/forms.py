"""What the pages of giving out and taking in ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from depthwork.practice.disclosure.models import Release

MOST_MB = 24
COMPARTMENTS = (
    ("administration", _("Administration: name, contact, appointments, fees")),
    ("record", _("Record: progress notes, measures, plan, goals, consents")),
    ("process_notes", _("Process notes: transcripts, own notes, dreams, marks, formulation")),
)


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
        **more,
    )


class ReleaseForm(forms.Form):
    """The client's signed word."""

    says_what_is_needed = True
    purpose = forms.ChoiceField(label=_("What for"), choices=Release.Purpose.choices)
    to_whom = forms.CharField(
        label=_("To whom"), max_length=200, help_text=_("A person or a practice, as the client named it.")
    )
    compartments = forms.MultipleChoiceField(
        label=_("What may go"),
        choices=COMPARTMENTS,
        widget=forms.CheckboxSelectMultiple,
        initial=["administration", "record"],
        help_text=_("Process notes go only where the client named them."),
    )
    signed_on = _day(_("Signed on"))
    ends_on = _day(_("Holds until"), required=False, help_text=_("Empty: until it is taken back."))
    words = forms.CharField(
        label=_("In their words"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class SealForm(forms.Form):
    """To whom a package is sealed."""

    recipient = forms.CharField(
        label=_("Receiving key"), max_length=400, required=False,
        help_text=_("Begins with age1. The receiving clinician finds it on their page “Take in”."),
    )  # fmt: skip
    passphrase = forms.CharField(
        label=_("Or a passphrase"), max_length=200, required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("15 characters or more; tell it by telephone, never with the file."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("recipient", "").strip()) == bool(data.get("passphrase")):
            raise forms.ValidationError(_("Give a receiving key or a passphrase, one of the two."))
        return data


class CaseForm(SealForm):
    """Which release a case package rests on."""

    release = forms.ModelChoiceField(
        label=_("On which word"), queryset=Release.objects.none(), empty_label=None
    )
    field_order = ("release", "recipient", "passphrase")

    def __init__(self, *args: Any, releases: list[Release], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["release"]
        field.queryset = Release.objects.filter(id__in=[one.id for one in releases])
        field.label_from_instance = lambda one: f"{one.to_whom}, {one.signed_on:%d.%m.%Y}"


class _OfAFile(forms.Form):
    """A form with a file of bounded size."""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_MB * 1024 * 1024:
            raise forms.ValidationError(_("This file is larger than 24 MB; take it in by the command line."))
        return file


class TakeInForm(_OfAFile):
    """A package or a bundle from elsewhere; `clients` are those with whom a further course may be taken in."""

    file = forms.FileField(
        label=_("The file"),
        help_text=_(
            "A case package (.age) or another program’s record (FHIR R4, .json), up to 24 MB; a larger one by the command line."
        ),
    )
    passphrase = forms.CharField(
        label=_("Passphrase"), required=False, max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Only if the package was sealed with one."),
    )  # fmt: skip
    without = forms.BooleanField(
        label=_("Leave out what is not kept here"), required=False,
        help_text=_("Of a FHIR bundle of someone new. What was left out is listed afterwards."),
    )  # fmt: skip
    client = forms.ChoiceField(
        label=_("A client who stands here"), required=False,
        help_text=_("If the file is of somebody whom you treat here already. You see both side by side, and what comes in, before anything is written."),
    )  # fmt: skip
    looked = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    field_order = ("file", "client", "passphrase", "without", "looked")

    def __init__(self, *args: Any, clients: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["client"]
        field.choices = [("", _("Nobody: someone new")), *clients]


class MarksInForm(_OfAFile):
    """What a coder marked elsewhere."""

    prefix = "marks"
    file = forms.FileField(
        label=_("The file"),
        help_text=_(
            "Marks of INCEpTION (UIMA CAS XMI), web annotations (.jsonld) or a marks file, one or several in a zip; up to 24 MB."
        ),
    )
    coder = forms.CharField(
        label=_("Who coded"), max_length=60, required=False,
        help_text=_("Somebody outside, by the name that the margin should show. Empty: you did."),
    )  # fmt: skip


class StudyForm(forms.Form):
    """A project."""

    project = forms.CharField(
        label=_("Project"), max_length=80,
        help_text=_("The same name gives the same pseudonyms, so that a later export can be joined; another name others."),
    )  # fmt: skip
