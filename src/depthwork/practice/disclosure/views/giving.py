"""What may leave of one client, on whose word, and what has left."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from depthwork.practice.disclosure import actions, making
from depthwork.practice.disclosure.access import compartments_for, looked_at, rule_in_words
from depthwork.practice.disclosure.actions import studying
from depthwork.practice.disclosure.actions.giving import FITS, Given
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.forms import CaseForm, MarksInForm, ReleaseForm, SealForm
from depthwork.practice.disclosure.models import Disclosure, Release
from depthwork.practice.disclosure.queries import (
    arrivals_of,
    given_out,
    release_named,
    releases_of,
    standing_release,
)
from depthwork.practice.disclosure.texts_out import FORMS
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.supervision.models import Pack
from depthwork.practice.supervision.package import contents
from depthwork.practice.supervision.packs import cleaned, pack_paper, why_not
from depthwork.practice.treatments.calendar import day_in
from depthwork.practice.treatments.consents import agreement
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.treatments.queries import client_named, current_treatment
from depthwork.practice.treatments.views.common import head, today_of
from depthwork.practice.vault.errors import VaultError
from depthwork.reports.pdf import pdf

K = Disclosure.Kind
ALWAYS_GOES = ("you", "given")  # who it is about, and what was given out


def _into_studies(client: Client, person: Person) -> dict[str, Any]:
    """Who can count the client in; looked up only where the client agreed to research."""
    if agreement(client, "research") is None:
        return {"may_study": False}
    return {
        "may_study": True,
        "researchers": studying.researchers_of(person),
        "counted_in": studying.counted_in_by(client),
    }


def _others(client: Client, treatment: Treatment | None) -> list[Treatment]:
    """Further treatments of a client: what holds one must not pass for what holds all."""
    if treatment is None:
        return []
    rows = Treatment.objects.filter(client=client).exclude(pk=treatment.pk).select_related("ending")
    rows = rows.defer("ending__summary")
    return list(rows.order_by("-starts_on", "id"))


def _page(request: HttpRequest, client: Client, *, status: int = 200, **more: Any) -> HttpResponse:
    today, treatment = today_of(client), current_treatment(client)
    releases = releases_of(client)
    for_case = standing_release(client, FITS[K.CASE], on=today)
    context = head(
        request, client, compartment=_("Administration"), releases=releases, treatment=treatment, today=today,
        log=given_out(client), arrivals=arrivals_of(client), rule=rule_in_words(client), copy_has_notes="process_notes" in compartments_for(client),
        copy_release=_copy_release(client), others=_others(client, treatment),
        text_release=next((one for one in standing_release(client, FITS[K.ANNOTATIONS], on=today)
                           if "process_notes" in one.compartments), None),
        **_into_studies(client, person_of(request)),
        forms=FORMS,
        **{"case_form": CaseForm(releases=for_case) if for_case else None, "marks_form": MarksInForm(), **more},
    )  # fmt: skip
    return render(request, "disclosure/client.html", context, status=status)


@rule(P.EXPORT_CLIENT, of=client_named, reads="giving_out.read", fresh=True)
@require_GET
def client(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Everything that may leave, and everything that has."""
    return _page(request, request.subject)  # type: ignore[attr-defined]


@rule(P.EXPORT_CLIENT, of=client_named)
def new_release(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """The client's word, written down."""
    row: Client = request.subject  # type: ignore[attr-defined]
    form = ReleaseForm(request.POST or None, initial={"signed_on": today_of(row)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.give_release(client=row, by=person_of(request), **form.cleaned_data)
        except DisclosureError as error:
            form.add_error(None, str(error))
        else:
            return redirect("disclosure:client", row.id)
    context = head(request, row, compartment=_("Record"), form=form)
    return render(request, "disclosure/release.html", context, status=422 if form.errors else 200)


@rule(P.EXPORT_CLIENT, of=client_named, fresh=True)
@require_POST
def count_in(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """A researcher of the practice may count this client in."""
    row: Client = request.subject  # type: ignore[attr-defined]
    person = person_of(request)
    asked = request.POST.get("researcher", "")
    other = next((one for one in studying.researchers_of(person) if str(one.id) == asked), None)
    if other is None:
        raise Http404("no such researcher here")
    try:
        studying.count_in(client=row, researcher=other, by=person)
    except DisclosureError as error:
        return _page(request, row, refused=str(error), status=422)
    return redirect("disclosure:client", row.id)


@rule(P.EXPORT_CLIENT, of=release_named)
@require_POST
def revoke(request: HttpRequest, release_id: UUID) -> HttpResponse:
    """The client takes it back."""
    row: Release = request.subject  # type: ignore[attr-defined]
    try:
        actions.revoke_release(release=row, by=person_of(request))
    except DisclosureError as error:
        return _page(request, row.client, refused=str(error), status=422)
    return redirect("disclosure:client", row.client_id)


@rule(P.EXPORT_CLIENT, of=client_named, fresh=True)
@require_POST
def give_case(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """A whole treatment, sealed to another practice."""
    row: Client = request.subject  # type: ignore[attr-defined]
    form = CaseForm(request.POST, releases=standing_release(row, FITS[K.CASE], on=today_of(row)))
    treatment = current_treatment(row)
    if not form.is_valid() or treatment is None:
        return _page(request, row, case_form=form, status=422)
    release: Release = form.cleaned_data["release"]
    try:
        # Sealing first: a key that is mistyped leaves no trace of something given out.
        to = _to(form)
        actions.seal(b"", **to)
        given = making.give_case(
            treatment,
            compartments=release.compartments,
            release=release,
            by=person_of(request),
            on=today_of(row),
        )
        sealed = actions.seal(given.raw, **to)
    except (DisclosureError, VaultError) as error:
        form.add_error(None, str(error))
        return _page(request, row, case_form=form, status=422)
    return _file(given, "case.age", sealed)


def _to(form: SealForm) -> dict[str, Any]:
    recipient, passphrase = form.cleaned_data["recipient"].split(), form.cleaned_data["passphrase"]
    return {"recipients": recipient, "passphrase": passphrase}


@rule(P.EXPORT_CLIENT, of=client_named, fresh=True)
@require_POST
def give_access(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """The client's own copy, to be handed over in person or on paper."""
    row: Client = request.subject  # type: ignore[attr-defined]
    release = _copy_release(row)
    goes, had = set(request.POST.getlist("goes")), request.POST.getlist("had")
    without = {key: request.POST.get(f"why {key}", "").strip() for key in had if key not in goes}
    if had and not all(without.values()):
        return _looked(request, row, kept=goes, reasons=without, status=422)
    return _given(
        request, row, "own-copy.zip",
        lambda: making.give_access(row, release=release, by=person_of(request), on=today_of(row), without=without),
    )  # fmt: skip


def _copy_release(client: Client) -> Release | None:
    return next(iter(standing_release(client, FITS[K.ACCESS], on=today_of(client))), None)


@rule(P.EXPORT_CLIENT, of=client_named, reads="own_copy.looked_at", fresh=True)
@require_GET
def look(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """The copy before it is given: what would stand in it, with a tick for what goes."""
    return _looked(request, request.subject)  # type: ignore[attr-defined]


def _looked(
    request: HttpRequest,
    client: Client,
    *,
    kept: set[str] | None = None,
    reasons: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    parts = compartments_for(client, _copy_release(client))
    try:
        chapters = looked_at(client, compartments=parts, on=today_of(client))
    except (DisclosureError, VaultError) as error:
        return _page(request, client, refused=str(error), status=422)

    def asked(key: str) -> dict[str, Any]:
        return {"key": key, "goes": kept is None or key in kept, "why": (reasons or {}).get(key, ""),
                "is_wanting": reasons is not None and reasons.get(key) == ""}  # fmt: skip

    shown = [
        {
            "title": one.title,
            "asked": asked(one.key) if one.key not in ALWAYS_GOES else None,
            "entries": [(asked(entry.key) if one.one_by_one else None, entry) for entry in one.entries],
        }
        for one in chapters
    ]
    context = head(
        request, client, compartment=_("Record"), chapters=shown, rule=rule_in_words(client),
        is_wanting=reasons is not None, has_notes="process_notes" in parts,
    )  # fmt: skip
    return render(request, "disclosure/look.html", context, status=status)


@rule(P.EXPORT_CLIENT, of=client_named, fresh=True)
@require_POST
def give_fhir(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """The record as FHIR."""
    row: Client = request.subject  # type: ignore[attr-defined]
    return _given(
        request, row, "record.fhir.json",
        lambda: making.give_fhir(
            row, None, release=None, by=person_of(request), on=today_of(row),
            is_for_insurer=request.POST.get("for") == "insurer",
        ),
    )  # fmt: skip


@rule(P.EXPORT_CLIENT, of=client_named, fresh=True)
@require_POST
def give_annotations(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Texts and codes for a coder's tool."""
    row: Client = request.subject  # type: ignore[attr-defined]
    treatment, form = current_treatment(row), request.POST.get("form", "")
    release = next((one for one in standing_release(row, FITS[K.ANNOTATIONS], on=today_of(row))
                    if "process_notes" in one.compartments), None)  # fmt: skip
    if treatment is None or form not in FORMS:
        return _page(request, row, refused=_("Choose one of the forms."), status=422)
    return _given(
        request, row, f"annotations-{form}.zip",
        lambda: making.give_annotations(treatment, form=form, release=release, by=person_of(request), on=today_of(row)),
    )  # fmt: skip


@rule(P.EXPORT_CLIENT, of=client_named)
@require_POST
def take_marks_in(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """What a coder marked elsewhere comes back to the texts it was marked on."""
    row: Client = request.subject  # type: ignore[attr-defined]
    form = MarksInForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, row, marks_form=form, status=422)
    try:
        taken = actions.take_in_annotations(
            raw=form.cleaned_data["file"].read(),
            client=row,
            by=person_of(request),
            coder=form.cleaned_data["coder"],
        )
    except DisclosureError as error:
        form.add_error("file", str(error))
        return _page(request, row, marks_form=form, status=422)
    return _page(request, row, taken=taken)


def _given(request: HttpRequest, client: Client, name: str, make: Any) -> HttpResponse:
    try:
        given: Given = make()
    except DisclosureError as error:
        return _page(request, client, refused=str(error), status=422)
    return _file(given, name)


def _file(given: Given, name: str, raw: bytes | None = None) -> HttpResponse:
    """The file; its name says nothing of the client but the code that the audit uses."""
    code = given.disclosure.client_id.hex[:6]
    response = HttpResponse(given.raw if raw is None else raw, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{code}-{name}"'
    response["Cache-Control"] = "no-store"
    return response


def pack_named(pack_id: UUID) -> Pack | None:
    """A pack by id, for the policy to judge."""
    rows = Pack.objects.select_related("client__practice", "treatment__clinician", "made_by")
    return rows.filter(id=pack_id).first()


@rule(P.EXPORT_CLIENT, of=pack_named, fresh=True)
def pack(request: HttpRequest, pack_id: UUID) -> HttpResponse:
    """A de-identified pack, sealed to whoever will read it."""
    row: Pack = request.subject  # type: ignore[attr-defined]
    form, today = SealForm(request.POST or None), today_of(row.client)
    if request.method == "POST" and form.is_valid():
        passages, made = cleaned(row)
        why = why_not(row, made, today=today)
        try:
            if why:
                raise DisclosureError(why)
            to, choice, person = _to(form), row.choice or {}, person_of(request)
            on = day_in(row.client.practice.time_zone, row.finished_at)
            actions.seal(b"", **to)

            def raw() -> bytes:
                sheets = pdf(pack_paper(passages, made.texts, title=choice.get("title") or "", audience=choice["audience"], made_on=on))  # fmt: skip
                return making.pack_package(
                    contents(row, passages, made.texts, sheets=sheets), _about_pack(on, choice["audience"])
                )

            given = actions.give(
                kind=K.PACK, client=row.client, compartments=("deidentified",), release=None, by=person, on=today,
                make=raw, to_whom=str(choice["audience"]), treatment=row.treatment,
            )  # fmt: skip
            return _file(given, "pack.age", actions.seal(given.raw, **to))
        except (DisclosureError, VaultError) as error:
            form.add_error(None, str(error))
    context = head(request, row.client, compartment=_("Process notes"), form=form, pack=row)
    return render(request, "disclosure/pack.html", context, status=422 if form.errors else 200)


def _about_pack(on: Any, audience: str) -> dict[str, Any]:
    """Nothing of the practice or the client stands in a pack's manifest; the signature is by the sender's keys."""
    import base64

    from depthwork.practice.vault.purposes import own_public

    public, fingerprint = own_public()
    sender = {
        "practice": "",
        "person": "",
        "sign_public": base64.b64encode(public).decode(),
        "fingerprint": fingerprint,
    }
    return {"from": sender, "made_on": on.isoformat(), "to": audience}
