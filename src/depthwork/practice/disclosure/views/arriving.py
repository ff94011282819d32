"""Take a treatment in, and what came in the past."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from depthwork.interchange.case_package import CasePackage
from depthwork.interchange.fhir.arriving import BundleRead, LeftOut, is_record, read_bundle
from depthwork.interchange.parcel import packed, sha256
from depthwork.practice.config.names import named
from depthwork.practice.disclosure.actions.arriving import (
    left_in_words,
    open_package,
    read_pack,
    take_in_bundle,
    take_in_package,
)
from depthwork.practice.disclosure.actions.joining import join_package, look_at_joining
from depthwork.practice.disclosure.actions.joining_bundle import join_bundle, look_at_joining_bundle
from depthwork.practice.disclosure.errors import Asked, DisclosureError
from depthwork.practice.disclosure.field_words import chosen
from depthwork.practice.disclosure.forms import StudyForm, TakeInForm
from depthwork.practice.disclosure.joining import Left, day_words, name_of
from depthwork.practice.disclosure.models import Arrival
from depthwork.practice.disclosure.queries import arrival_named, open_consents, treated_by
from depthwork.practice.disclosure.research_out import consented, give_study
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.actions import confirm_consent
from depthwork.practice.treatments.consents import today_at
from depthwork.practice.treatments.models import Client, Session, Treatment
from depthwork.practice.treatments.views.common import head
from depthwork.practice.vault.errors import VaultError
from depthwork.practice.vault.purposes import own_public, package_identity

SHOWN = 50  # faults of a bundle on the page


@rule(P.ADMIT_CLIENT, needs_keys=True)
def take_in(request: HttpRequest) -> HttpResponse:
    """A case package or a FHIR bundle: taken in whole, or refused with the reason."""
    person = person_of(request)
    form = TakeInForm(request.POST or None, request.FILES or None, clients=treated_by(person))
    faults: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    look: dict[str, Any] | None = None
    namesake = ""
    if request.method == "POST" and form.is_valid():
        raw, whose = form.cleaned_data["file"].read(), form.cleaned_data["client"]
        try:
            if is_record(raw):
                read = read_bundle(raw)
                faults = read.faults
                if whose:
                    client = Client.objects.select_related("practice").get(id=whose)
                    digest = sha256(raw)
                    has_looked = form.cleaned_data["looked"] == _token(digest, client)
                    if not has_looked or "same_person" not in request.POST:
                        look = _look_at_bundle(form, read, client, person, _token(digest, client))
                        raise _Looked
                    treatment = join_bundle(
                        read=read, digest=digest, client=client, by=person, is_same_person=True,
                        is_same_course="same_course" in request.POST,
                    )  # fmt: skip
                elif (namesake := _namesake(read, form)) and "someone_else" not in request.POST:
                    raise _Looked
                else:
                    treatment = take_in_bundle(
                        read=read, digest=sha256(raw), by=person, without=form.cleaned_data["without"]
                    )
            else:
                package, digest = open_package(raw, passphrase=form.cleaned_data["passphrase"])
                if package.kind == "deidentified":
                    return _pages(package)
                if whose:
                    client = Client.objects.select_related("practice").get(id=whose)
                    if form.cleaned_data["looked"] != _token(digest, client):
                        look = _look(form, package, client, person, _token(digest, client))
                        raise _Looked
                    treatment = join_package(package=package, digest=digest, client=client, by=person)
                else:
                    treatment = take_in_package(package=package, digest=digest, by=person)
        except _Looked:
            pass
        except (DisclosureError, VaultError) as error:
            form.add_error("file", str(error))
            asked = error.lines if isinstance(error, Asked) else ()
        else:
            arrival = Arrival.objects.filter(client=treatment.client).first()
            assert arrival is not None
            return redirect("disclosure:arrival", arrival.id)
    context = {
        "form": form, "look": look, "namesake": namesake, "faults": faults[1:SHOWN], "more_faults": max(0, len(faults) - SHOWN), "asked": asked, "recipient": package_identity()[1], "fingerprint": own_public()[1],
    }  # fmt: skip
    return render(request, "disclosure/take_in.html", context, status=422 if form.errors else 200)


class _Looked(Exception):
    """Nothing is written yet: the page shows what would be."""


def _token(digest: str, client: Client) -> str:
    """Which file was looked at, and beside whom."""
    return f"{digest}{client.id.hex[:8]}"


def _look_at_bundle(
    form: TakeInForm, read: BundleRead, client: Client, person: Person, token: str
) -> dict[str, Any]:
    """The same of a record: both people side by side, and what would stand here afterwards."""
    found, without = look_at_joining_bundle(read=read, client=client, by=person)
    form.data = form.data.copy()
    form.data["looked"] = token
    assert read.facts is not None
    assert read.facts.client is not None
    theirs, own = read.facts.client, client.details or {}
    return {
        "is_bundle": True, "is_new": found.is_new, "under_way": found.under_way,
        "here": client.name, "there": named(theirs.name), "born_here": _born(own.get("born")), "born_there": _born(theirs.born),
        "came": [(name_of(label), n) for label, n in sorted(found.came.items())], "stood": found.stood,
        "left": [*(one.words() for one in found.left), *map(left_in_words, without)],
    }  # fmt: skip


def _namesake(read: BundleRead, form: TakeInForm) -> str:
    """A client of this person who is called as the record's is: perhaps the same, which nobody but a person says."""
    if read.facts is None or read.facts.client is None:
        return ""
    field: Any = form.fields["client"]
    wanted = read.facts.client.name.casefold()
    named = (str(name) for pk, name in field.choices if pk)
    # Where two here have one name, each stands with the first letters of an id.
    return next((one for one in named if one.casefold().partition(" (")[0] == wanted.partition(" (")[0]), "")


def _born(said: Any) -> str:
    """A day of birth in words, or the year or month as it stands."""
    return day_words(str(said)) if said else ""


def _look(
    form: TakeInForm, package: CasePackage, client: Client, person: Person, token: str
) -> dict[str, Any]:
    """What joining would do, for the eyes of whoever decides; the form remembers which file was looked at."""
    found = look_at_joining(package=package, client=client, by=person)
    form.data = form.data.copy()
    form.data["looked"] = token
    theirs, course = package.rows["treatments.client"][0], package.rows["treatments.treatment"][0]
    hours, details = package.rows.get("treatments.session", ()), theirs.get("details")
    return {
        "here": client.name, "there": named(str(theirs.get("name") or "")), "born_here": (client.details or {}).get("born"),
        "born_there": details.get("born") if isinstance(details, dict) else None, "practice": named(str(package.about["from"]["practice"])),
        "starts_on": day_words(str(course.get("starts_on"))),
        "state": chosen(Treatment, "state", course.get("state")) or "",
        "hours": sum(one.get("status") == Session.Status.HELD for one in hours),
        "came": [(name_of(label), n) for label, n in sorted(found.came.items())], "stood": found.stood,
        "left": [one.words() for one in found.left],
    }  # fmt: skip


def _pages(package: CasePackage) -> HttpResponse:
    """A de-identified pack is read, never taken in."""
    response = HttpResponse(packed(read_pack(package), {"what": "a pack"}), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="pack.zip"'
    response["Cache-Control"] = "no-store"
    return response


@rule(P.READ_RECORD, of=arrival_named, reads="arrival.read")
@require_GET
def arrival(request: HttpRequest, arrival_id: UUID) -> HttpResponse:
    """What came, from whom, and what was checked."""
    row: Arrival = request.subject  # type: ignore[attr-defined]
    origin = row.origin or {}
    origin = {
        **origin,
        **{name: named(str(origin[name])) for name in ("practice", "person") if name in origin},
    }
    left = [left_in_words(LeftOut(kind, why, n)) for kind, why, n in origin.get("without") or ()]
    came = [(name_of(label), n) for label, n in sorted((origin.get("came") or {}).items())]
    if origin.get("joined"):
        left = [*(Left(*one).words() for one in origin.get("left") or ()), *left]
    brought_none = origin.get("joined") and "treatments.consent" not in (origin.get("came") or {})
    consents = [] if brought_none else open_consents(row.client)
    context = head(
        request, row.client, compartment=_("Administration"), arrival=row, origin=origin, left=left, came=came, made_on=day_words(str(origin.get("made_on") or "")),
        consents=consents, some_wait=any(hasattr(one, "waits") for one in consents),
    )  # fmt: skip
    return render(request, "disclosure/arrival.html", context)


@rule(P.WRITE_RECORD, of=arrival_named)
@require_POST
def confirm(request: HttpRequest, arrival_id: UUID) -> HttpResponse:
    """What the client said here again counts from now on."""
    row: Arrival = request.subject  # type: ignore[attr-defined]
    asked = set(request.POST.getlist("consent"))
    for one in open_consents(row.client):
        if str(one.id) in asked and hasattr(one, "waits"):
            confirm_consent(consent=one, by=person_of(request))
    return redirect("disclosure:arrival", row.id)


@rule(P.EXPORT_RESEARCH, needs_keys=True, fresh=True)
def research(request: HttpRequest) -> HttpResponse:
    """De-identified data of everyone who agreed."""
    person = person_of(request)
    form, today = StudyForm(request.POST or None), today_at(person.practice)
    if request.method == "POST" and form.is_valid():
        try:
            made = give_study(by=person, project=form.cleaned_data["project"], on=today)
        except (DisclosureError, VaultError) as error:
            form.add_error(None, str(error))
        else:
            response = HttpResponse(made.raw, content_type="application/zip")
            response["Content-Disposition"] = f'attachment; filename="study-{today.isoformat()}.zip"'
            response["Cache-Control"] = "no-store"
            return response
    clients, without = consented(person, on=today)
    context = {"form": form, "agreed": len(clients), "without": without}
    return render(request, "disclosure/research.html", context, status=422 if form.errors else 200)
