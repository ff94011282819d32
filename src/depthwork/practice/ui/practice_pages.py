"""The practice: people, keys, sharing, audit, backup, the clinical will, and what is installed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from depthwork.practice.api.actions import TokenError
from depthwork.practice.api.views import typed_again
from depthwork.practice.audit.actions import record
from depthwork.practice.intake.safety_words import sections
from depthwork.practice.keeping.wills import release
from depthwork.practice.people import actions
from depthwork.practice.people.forms import InviteForm, RolesForm
from depthwork.practice.people.models import ELSEWHERE, ENDED, Person, Role
from depthwork.practice.policy.jurisdiction import profile_of
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows, person_of, rule
from depthwork.practice.policy.roles import ROLES
from depthwork.practice.policy.second_factor import ask, is_asked_for, who_has_one
from depthwork.practice.treatments.forms import ClientForm
from depthwork.practice.ui import anew
from depthwork.practice.ui import will as wills
from depthwork.practice.ui.alarm import alarms_for
from depthwork.practice.ui.backup_page import is_late_for
from depthwork.practice.ui.installed import installed, kept
from depthwork.practice.ui.office_page import acts_for
from depthwork.practice.vault import pins
from depthwork.practice.vault.errors import Refused, VaultError
from depthwork.practice.vault.models import KeyPin, Keyring, Will, WillPart
from depthwork.practice.vault.unlocked import current


def person_named(person_id: UUID) -> Person | None:
    """A person by id, for the policy to judge."""
    return Person.objects.select_related("practice").filter(id=person_id).first()


def colleagues_of(person: Person) -> QuerySet[Person]:
    here = Person.objects.filter(practice_id=person.practice_id, client=None)
    return here.exclude(login__startswith=ELSEWHERE).order_by("display_name", "id")


def roles_said(*, staff: bool = False) -> list[tuple[Any, Any]]:
    """Each role by its name, and what it opens; of those who work here, or of clients too."""
    return [
        (Role(role).label, says) for role, says in ROLES.items() if not staff or Role(role) is not Role.CLIENT
    ]


@rule(P.SEE_PRACTICE)
def practice(request: HttpRequest) -> HttpResponse:
    """People and what they do, backup, jurisdiction, what is installed."""
    person = person_of(request)
    people = list(colleagues_of(person))
    for one in people:
        one.does = [Role(role).label for role in one.roles]  # type: ignore[attr-defined]
    context = {
        "people": people,
        "roles": roles_said(),
        "with_second": who_has_one([one.id for one in people]),
        "second_form": SecondForm(initial={"asked": is_asked_for(person.practice)}),
        "may_manage": allows(person, P.MANAGE_PRACTICE, practice=person.practice_id),
        "may_take_in": allows(person, P.ADMIT_CLIENT, practice=person.practice_id),
        "may_study": allows(person, P.EXPORT_RESEARCH, practice=person.practice_id),
        "kept": kept(),
        "alarms": alarms_for(person),
        "backup_late": is_late_for(person),
        "rules": profile_of(person.practice),
        "installed": installed(),
        "word_form": WordForm(initial={"word": person.practice.word_for_client}),
        "names_form": NamesForm(initial={"initials": person.practice.initials_only}),
    }
    return render(request, "ui/practice.html", context)


class WordForm(forms.Form):
    """The practice's own word."""

    word = forms.ChoiceField(
        label=gettext_lazy("The people we treat are"),
        choices=(  # a word with a context is not exchanged for the other
            ("client", pgettext_lazy("the word itself", "clients")),
            ("patient", pgettext_lazy("the word itself", "patients")),
        ),
        widget=forms.RadioSelect,
    )


@rule(P.MANAGE_PRACTICE)
@require_POST
def word(request: HttpRequest) -> HttpResponse:
    """Client or patient: every sentence of the interface follows."""
    form, person = WordForm(request.POST), person_of(request)
    if form.is_valid():
        actions.choose_word(practice=person.practice, word=form.cleaned_data["word"], by=person)
        messages.success(request, _("From now on the pages say so."))
    return redirect("ui:practice")


class NamesForm(forms.Form):
    """How much of a name stands on the pages that open first."""

    initials = forms.BooleanField(
        required=False,
        label=gettext_lazy(
            "Initials instead of names on Today, in the caseload and among what a search finds"
        ),
    )


@rule(P.MANAGE_PRACTICE)
@require_POST
def names(request: HttpRequest) -> HttpResponse:
    """Initials or names on the pages that open first, for everyone of the practice."""
    form, person = NamesForm(request.POST), person_of(request)
    if form.is_valid():
        actions.choose_names(practice=person.practice, initials=form.cleaned_data["initials"], by=person)
        messages.success(request, _("From now on the pages show them so."))
    return redirect("ui:practice")


class SecondForm(forms.Form):
    """Whether staff have to sign in with a second factor."""

    asked = forms.BooleanField(required=False, label=gettext_lazy("Staff sign in with a second factor"))


@rule(P.MANAGE_PRACTICE, fresh=True)
@require_POST
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask everyone who works here for a second factor, or no longer."""
    form, person = SecondForm(request.POST), person_of(request)
    if form.is_valid():
        ask(practice=person.practice, is_asked=form.cleaned_data["asked"], by=person)
        messages.success(request, _("Kept. Who has none yet is led to set one up first."))
    return redirect("ui:practice")


@rule(P.MANAGE_PRACTICE, fresh=True)
def invite(request: HttpRequest) -> HttpResponse:
    """A one-time link for a new colleague."""
    form, link = InviteForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        _row, token = actions.invite(by=person_of(request), **form.cleaned_data)
        # A colleague joins at this machine: the public host has no such page.
        link = request.build_absolute_uri(reverse("people:link", args=[token]))
    context = {"form": form, "link": link, "roles": roles_said(staff=True)}
    return render(request, "ui/practice_invite.html", context)


@rule(P.MANAGE_PRACTICE, of=person_named, needs_keys=False, fresh=True)
def member(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """What one colleague does; close their sign-in."""
    who: Person = request.subject  # type: ignore[attr-defined]
    if who.client is not None:
        raise Http404
    form = RolesForm(request.POST or None, initial={"roles": who.roles})
    if request.method == "POST" and request.POST.get("act") == "close":
        if who.id == person_of(request).id:
            messages.error(request, _("Nobody closes their own sign-in; ask another manager."))
        else:
            actions.disable(person=who, by=person_of(request))
            messages.success(
                request, _("This sign-in is closed. Take back what was shared on the page Sharing.")
            )
        return redirect("ui:practice")
    if request.method == "POST" and request.POST.get("act") == "open" and not who.login.startswith(ENDED):
        actions.enable(person=who, by=person_of(request))
        messages.success(request, _("This sign-in is open again, with the keys and the passphrase it had."))
        return redirect("ui:practice")
    link = ""
    if request.method == "POST" and request.POST.get("act") == "anew" and request.POST.get("sure") == "yes":
        try:
            token = anew.begin_anew(person=who, by=person_of(request))
            link = request.build_absolute_uri(reverse("people:link", args=[token]))
        except VaultError as error:
            messages.error(request, str(error))
            return redirect("ui:member", who.id)
    elif request.method == "POST" and request.POST.get("act") == "anew":
        messages.error(request, _("Tick the box first: the old keys cannot be brought back."))
        return redirect("ui:member", who.id)
    elif request.method == "POST" and form.is_valid():
        roles = form.cleaned_data["roles"]
        if who.id == person_of(request).id and "manager" not in roles:
            form.add_error("roles", _("A practice keeps a manager: give the role to someone else first."))
        else:
            actions.change_roles(person=who, roles=roles, by=person_of(request))
            messages.success(request, _("Kept."))
            return redirect("ui:practice")
    return render(request, "ui/practice_member.html", {"form": form, "who_is": who, "link": link, "alone": len(anew.read_by_nobody_else(who)), "roles": roles_said(staff=True), "is_self": who.id == person_of(request).id, "ended": who.login.startswith(ENDED), "waits": not Keyring.objects.filter(person=who).exists()})  # fmt: skip


@rule(P.SEE_PRACTICE, needs_keys=True)
def keys(request: HttpRequest) -> HttpResponse:
    """Fingerprints: one's own, and those of colleagues, to be read aloud and compared."""
    person, unlocked = person_of(request), current()
    others = colleagues_of(person).exclude(id=person.id).filter(is_active=True)
    if request.method == "POST":
        other = others.filter(id=uuid_of(request.POST.get("other"))).first()
        if other is None:
            raise Http404
        try:
            with transaction.atomic():
                pins.pin(
                    person=person.id,
                    own=unlocked.keys,
                    other=other.id,
                    fingerprint=request.POST.get("fingerprint", ""),
                    compared_at=datetime.now(UTC),
                )
                record(verb="keys.compared", by=person.id, practice=person.practice_id, object_type="person", object_id=other.id)  # fmt: skip
            messages.success(
                request, _("Noted. You can now share with each other once they compared yours too.")
            )
        except VaultError as error:
            messages.error(request, str(error))
        return redirect("ui:keys")
    pinned = {pin.other_id: pin for pin in KeyPin.objects.filter(person=person)}
    with_keys = set(Keyring.objects.filter(person__in=others).values_list("person_id", flat=True))
    rows = []
    for other in others:
        print_ = pins.fingerprint_of(other.id) if other.id in with_keys else ""
        pin = pinned.get(other.id)
        same = bool(pin and print_ and pin.fingerprint == print_)
        rows.append(
            {
                "person": other,
                "fingerprint": print_,
                "pin": pin,
                "same": same,
                "acts": acts_for(other, by=person) if same else (),
            }
        )
    may_invite = allows(person, P.MANAGE_PRACTICE, practice=person.practice_id)
    context = {"own": pins.fingerprint_of(person.id), "rows": rows, "may_invite": may_invite}
    return render(request, "ui/practice_keys.html", context)


class WillForm(forms.Form):
    """Who opens the little that is needed, and what becomes of the notes."""

    trustees = forms.MultipleChoiceField(
        label=gettext_lazy("Trustees"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("One or two colleagues whose keys you compared."),
    )
    together = forms.BooleanField(label=gettext_lazy("Both are needed together"), required=False)
    process_notes = forms.ChoiceField(
        label=gettext_lazy("Your process notes are then"),
        choices=Will.Notes.choices,
        widget=forms.RadioSelect,
    )


@rule(P.SEE_PRACTICE, needs_keys=True, fresh=True)
def will(request: HttpRequest) -> HttpResponse:
    """One's own clinical will, and those that name one."""
    person = person_of(request)
    pinned = KeyPin.objects.filter(person=person).values("other")
    choices = [(str(one.id), str(one)) for one in colleagues_of(person).filter(id__in=pinned, is_active=True)]
    own = Will.objects.filter(person=person).prefetch_related("parts__trustee").first()
    first = None
    if own is not None:
        first = {
            "trustees": [str(part.trustee_id) for part in own.parts.all()],
            "together": own.together,
            "process_notes": own.process_notes,
        }
    form = WillForm(request.POST or None, initial=first)
    form.fields["trustees"].choices = choices  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            wills.write(
                trustees=[UUID(one) for one in data["trustees"]],
                together=data["together"],
                process_notes=data["process_notes"],
                by=person,
            )
        except VaultError as error:
            form.add_error("trustees", str(error))
        else:
            messages.success(
                request, _("Your will is sealed. Its facts are renewed once a day while you work.")
            )
            return redirect("ui:will")
    named = WillPart.objects.filter(trustee=person).select_related("will__person")
    context = {"form": form, "own": own, "named": named, "anybody": bool(choices)}
    # The facts of a will are those of the clients one treats.
    context["may_write"] = own is not None or person.has_role(Role.CLINICIAN)
    return render(request, "ui/practice_will.html", context)


@rule(P.SEE_PRACTICE, needs_keys=True, fresh=True)
@require_POST
def will_of(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A trustee opens a will, releases a share to the other, or carries out what was chosen for the notes."""
    person = person_of(request)
    part = WillPart.objects.select_related("will__person").filter(trustee=person, will_id=person_id).first()
    if part is None:
        raise Http404
    asked, row = request.POST.get("act"), part.will
    try:
        if asked == "release":
            release(row)
            record(verb="will.released", by=person.id, practice=person.practice_id, object_type="will", object_id=row.person_id)  # fmt: skip
            messages.success(request, _("Your share is with the other trustee, sealed to them."))
            return redirect("ui:will")
        if asked == "destroy":
            return _destroy(request, row)
        facts = wills.open_as_trustee(row, by=person)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("ui:will")
    for one in facts:
        plan = (one.get("safety_plan") or {}).get("parts")
        one["plan"] = sections(plan)
        labels = ClientForm.base_fields
        one["ways"] = [(labels[name].label, said) for name, said in one["contact"].items() if name in labels]
    return render(request, "ui/practice_will_open.html", {"will": row, "facts": facts})


class DestroyForm(forms.Form):
    """How many clients it is of, that nothing brings it back, and the passphrase."""

    number = forms.IntegerField(label=gettext_lazy("The number of clients, as it stands above"))
    sure = forms.BooleanField(label=gettext_lazy("I know that nothing brings these notes back"))
    passphrase = forms.CharField(
        label=gettext_lazy("Your passphrase"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def _destroy(request: HttpRequest, row: Will) -> HttpResponse:
    """Say first of how many clients; then, with the number typed and the passphrase, carry it out."""
    person, (n, held) = person_of(request), wills.whose_notes(row)
    form = DestroyForm(request.POST if "number" in request.POST else None)
    if form.is_bound and form.is_valid():
        try:
            if form.cleaned_data["number"] != n:
                form.add_error("number", _("This is not the number above."))
            else:
                typed_again(request, form.cleaned_data["passphrase"])
        except TokenError as error:
            form.add_error("passphrase", str(error))
        if form.is_valid():
            done = wills.carry_out(row, by=person)
            messages.success(
                request, _("The process notes of %(n)s clients are destroyed, unread.") % {"n": done}
            )
            return redirect("ui:will")
    context = {"will": row, "form": form, "n": n, "held": held}
    return render(request, "ui/practice_will_destroy.html", context, status=422 if form.errors else 200)


def uuid_of(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
