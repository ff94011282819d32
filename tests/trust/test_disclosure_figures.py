"""T13, T20 and T25: what leaves holds what it may, cells stay words, and process notes stay where they are."""

import csv
import io
import json
import random
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from depthwork.interchange.cells import csv_bytes
from depthwork.interchange.fhir.bundle import bundle
from depthwork.interchange.parcel import members_of
from depthwork.practice.coverage.documents import make as make_paper
from depthwork.practice.disclosure import carried, making
from depthwork.practice.disclosure.actions.giving import FITS
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.fhir_out import facts_of
from depthwork.practice.disclosure.models import Disclosure, Release
from depthwork.practice.policy.jurisdiction import profile
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.fields import SealedField
from depthwork.practice.vault.unlocked import opened
from tests.cast import client_of, treatment_of
from tests.moving import ALL, everything
from tests.treatments_made import fill_treatment
from tests.trust.figures import Tried, figure

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 17)
CANARY = "the-word-of-the-hour"


def hold_notes(treatment, by):
    """A word of process notes in a transcript, a kept line and the core conflict."""
    source = Source.objects.create(
        client=treatment.client, treatment=treatment, kind="transcript", provenance="verbatim", created_by=by
    )
    SourceVersion.objects.create(
        source=source, client=treatment.client, text=CANARY, turns=[["C", CANARY, None, None]]
    )
    hour = Session.objects.filter(treatment=treatment).first()
    hour.kept_line = CANARY
    hour.save()
    treatment.private_core_conflict = CANARY
    treatment.save()


def texts_of(raw):
    try:
        return b"\n".join(members_of(raw, 10**9).values())
    except ValueError:
        return raw


@figure(
    "T13",
    tried="exports of every kind with a release that is missing, wrong, over or right",
    passes="notes without a valid release: 0 of 500; same bytes twice: all",
)
def test_no_export_holds_process_notes_without_a_valid_release(cast):
    draw = random.Random(13)
    with opened(cast.ana.unlocked):
        hold_notes(cast.treatment, cast.ana.person)
        other = client_of(cast.ana, "Noor Idris")
        wrong = held = same = made = 0
        for _ in range(500):
            cast.practice.jurisdiction = draw.choice(("default", "uk", "eu", "us", "illinois"))
            cast.practice.save()
            client = cast.client
            client.refresh_from_db()
            client.practice.refresh_from_db()
            release, valid_for = None, set()
            if draw.random() < 0.85:
                names = [one for one in ALL if draw.random() < 0.6]
                signed = TODAY + timedelta(days=draw.choice((-400, -3, 0, 5)))
                ends = draw.choice((None, signed + timedelta(days=draw.choice((1, 500)))))
                revoked = draw.random() < 0.2
                whose = other if draw.random() < 0.1 else client
                release = Release.objects.create(
                    client=whose, purpose=draw.choice(Release.Purpose.values), compartments=names, to_whom="x", signed_on=signed,
                    ends_on=ends, revoked_at=datetime.now(UTC) if revoked else None, revoked_by=cast.ana.person if revoked else None,
                )  # fmt: skip
                if whose == client and not revoked and signed <= TODAY and (ends is None or ends >= TODAY):
                    valid_for = set(names)
            kind = draw.choice(("case", "access", "fhir", "annotations"))
            parts = [one for one in ALL[:3] if draw.random() < 0.6]
            asked = {"release": release, "by": cast.ana.person, "on": TODAY}
            if kind == "case":
                act = partial(making.give_case, cast.treatment, compartments=parts, **asked)
            elif kind == "access":
                act = partial(making.give_access, client, **asked)
            elif kind == "fhir":
                act = partial(making.give_fhir, client, None, **asked)
            else:
                form = draw.choice(("web", "uima", "elan", "chat"))
                act = partial(making.give_annotations, cast.treatment, form=form, **asked)
            try:
                given = act()
            except DisclosureError:
                continue
            made += 1
            notes = CANARY.encode() in texts_of(given.raw)
            fits = release is not None and release.purpose in FITS.get(kind, ())
            allowed = fits and "process_notes" in valid_for and kind != "fhir"
            if kind == "access":
                allowed = allowed and profile(cast.practice.jurisdiction).notes_in_access_export
            wrong += notes and not allowed
            held += notes
            same += act().raw == given.raw
            row = Disclosure.objects.get(pk=given.disclosure.pk)
            assert ("process_notes" in row.compartments) == notes
    assert wrong == 0
    assert same == made
    assert held > 10, "the control: with a valid release the word is found"
    return Tried(500, f"{wrong} without, {held} with one; {same} of {made} the same twice")


HOSTILE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", " =", "\x00=", "\ufeff=", '"=', ",=", ";=", "'=")


def read_cells(raw):
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def calculates(cell):
    return cell.lstrip(" \x00\u00a0\ufeff").startswith(
        ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
    )


@figure(
    "T20",
    tried="hostile strings in every table that leaves as CSV, read back cell by cell",
    passes="0 formulas of 5,000; numbers unchanged",
)
def test_no_cell_of_a_table_begins_as_a_formula():
    draw = random.Random(20)
    formulas = changed = 0
    for _ in range(5000 // 20):
        words = [
            draw.choice(HOSTILE)
            + "".join(draw.choice("cmd|' /C!A0=+-@\t\r\n\",;") for _ in range(draw.randint(0, 12)))
            for _ in range(20)
        ]
        numbers = [draw.choice((-1.5, 0, -7, 3.25e-4, 10**9)) for _ in range(20)]
        rows = read_cells(csv_bytes(["words", "=number"], zip(words, numbers, strict=True)))
        formulas += sum(calculates(row[0]) for row in rows[1:]) + calculates(rows[0][1])
        changed += sum(float(row[1]) != number for row, number in zip(rows[1:], numbers, strict=True))
    assert (formulas, changed) == (0, 0)
    return Tried(5000, f"{formulas} formulas, {changed} numbers changed")


@figure(
    "T20",
    tried="the client's own copy of a treatment full of such strings, every table of it",
    passes="0 formulas",
)
def test_no_table_of_the_clients_own_copy_holds_a_formula(cast):
    cast.practice.jurisdiction = "uk"
    cast.practice.save()
    with opened(cast.ana.unlocked):
        fill_treatment(cast.treatment, by=cast.ana.person, other=cast.ben.person, seed=20)
        cast.client.refresh_from_db()
        cast.client.name, cast.client.contact = "=cmd|' /C calc'!A0", {"email": "@SUM(1)", "phone": "+44 1"}
        cast.client.save()
        release = Release.objects.create(
            client=cast.client, purpose="own_access", compartments=list(ALL), to_whom="self", signed_on=TODAY
        )
        raw = making.give_access(cast.client, release=release, by=cast.ana.person, on=TODAY).raw
    tables = {name: one for name, one in members_of(raw, 10**9).items() if name.endswith(".csv")}
    cells = [cell for one in tables.values() for row in read_cells(one) for cell in row]
    # A negative number is a number.
    found = [
        cell for cell in cells if calculates(cell) and not cell.lstrip("-").replace(".", "", 1).isdigit()
    ]
    assert found == []
    assert any(cell.startswith("'=cmd") for cell in cells), "the control: the string is there, as words"
    return Tried(len(cells), f"{len(found)} formulas in {len(tables)} tables")


# 45 CFR 164.501 takes these out of the meaning of psychotherapy notes: they stand in the record or administration.
NEVER_NOTES = (
    "treatments.adjunct", "treatments.frame", "treatments.goal", "treatments.goalrating", "treatments.ending",
    "treatments.endingbefore",
    "treatments.followup", "treatments.consent", "record.progressnote", "record.addendum", "record.planversion",
    "tracking.request", "tracking.response", "tracking.score", "tracking.alert", "tracking.assessment", "intake.safetyplan",
    "intake.consultation", "coverage.plan", "coverage.authorisation", "coverage.charge", "coverage.payment",
)  # fmt: skip
TIMES = ("day", "wall_time", "starts_at", "started_at", "stopped_at", "length_minutes", "status")


@figure(
    "T25",
    tried="models and sealed fields of a client in the map of what travels",
    passes="100% mapped; nothing that 164.501 excludes lies in process notes",
)
def test_every_field_of_a_client_has_a_compartment_and_a_place_in_the_map():
    labels = carried.of_clients()
    assert set(labels) == {*carried.TRAVELS, *carried.STAYS}
    fields = 0
    for label in labels:
        model = carried.model_of(label)
        for field in model._meta.concrete_fields:
            fields += 1
            if isinstance(field, SealedField):
                assert field.compartment_of(model) in ALL, (label, field.name)
                if label in NEVER_NOTES:
                    assert field.compartment_of(model) in ("administration", "record"), (label, field.name)
    session = carried.model_of("treatments.session")
    assert carried.compartment_of(session) == "administration"
    assert not [name for name in TIMES if isinstance(session._meta.get_field(name), SealedField)]
    return Tried(fields, f"{len(labels)} of {len(labels)} models mapped")


def leaves(value):
    if isinstance(value, dict):
        return [one for pair in value.items() for part in pair for one in leaves(part)]
    if isinstance(value, list):
        return [one for part in value for one in leaves(part)]
    return [value] if isinstance(value, str) else []


@figure(
    "T25",
    tried="words of process notes in FHIR bundles and payers' papers of generated treatments",
    passes="0 of all",
)
def test_no_word_of_process_notes_stands_in_fhir_or_a_payers_paper(cast):
    cast.practice.country = "US"
    cast.practice.save()
    looked = found = 0
    with opened(cast.ana.unlocked):
        for seed in range(12):
            client = client_of(cast.ana, "Cleo Marsh")
            treatment = treatment_of(cast.ana, client, hours=2)
            fill_treatment(treatment, by=cast.ana.person, other=cast.ben.person, seed=seed, mark=f"W{seed}-")
            rows, _files = everything(treatment, cast.ana.person)
            hidden = set()
            for label, told in rows.items():
                model = carried.model_of(label)
                for field in model._meta.concrete_fields:
                    if isinstance(field, SealedField) and field.compartment_of(model) == "process_notes":
                        hidden |= {
                            word for row in told for word in leaves(row[field.attname]) if f"W{seed}-" in word
                        }
            assert len(hidden) > 50
            made = json.dumps(bundle(facts_of(client, treatment)), ensure_ascii=False)
            paper = repr(
                make_paper(
                    client, by=cast.ana.person, first=date(2025, 1, 1), last=date(2028, 1, 1), made_on=TODAY
                )
            )
            tokens = {token for word in hidden for token in word.split() if token.startswith(f"W{seed}-")}
            looked += len(tokens)
            found += sum(token in made or token in paper for token in tokens)
            assert f"W{seed}-" in made, "the control: words of the record are there"
    assert found == 0
    return Tried(looked, f"{found} found")
