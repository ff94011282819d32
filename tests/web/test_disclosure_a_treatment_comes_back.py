"""A treatment of the demo leaves in every form there is, and comes back equal."""

import io
from datetime import date

import polars as pl
import pytest

from depthwork.interchange.annotations.uima import from_xmi, to_xmi
from depthwork.interchange.annotations.web import read_web, web_bytes
from depthwork.interchange.fhir.arriving import read_bundle
from depthwork.interchange.fhir.bundle import bundle
from depthwork.interchange.research.files import study_files
from depthwork.interchange.research.study import study
from depthwork.practice.casework.models import MarkRow
from depthwork.practice.disclosure.actions import give, give_release, seal, take_in_bundle, take_in_package
from depthwork.practice.disclosure.actions.arriving import open_package
from depthwork.practice.disclosure.actions.giving import sha256
from depthwork.practice.disclosure.fhir_out import facts_of
from depthwork.practice.disclosure.packing import package_of
from depthwork.practice.disclosure.research_out import _cases
from depthwork.practice.disclosure.texts_out import coded_texts
from depthwork.practice.tracking.queries.answers import asked_of
from depthwork.practice.treatments.models import Session
from depthwork.practice.ui.fiction.book import Book
from depthwork.practice.vault.purposes import package_identity, sign
from tests.moving import ALL, everything, fill_rooms, forget, small_fiction, standing

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The fictional practice, filled once for this file and taken away after it."""
    with standing(django_db_blocker):
        yield fill_rooms(
            Book(small_fiction(tmp_path_factory.mktemp("fiction") / "demo", "brief"), today=TODAY)
        )


@pytest.fixture
def brief(demo):
    """The brief therapy, with its clinician's keys open."""
    treatment = demo.treatments["brief"]
    with demo.as_clinician("brief") as by:
        yield type("Brief", (), {"treatment": treatment, "client": treatment.client, "by": by, "book": demo})


def packed(brief):
    from depthwork.interchange.case_package import write_package

    made = package_of(brief.treatment, compartments=ALL, by=brief.by, made_on=TODAY, to_whom="myself")
    return write_package(made, sign=sign)


def test_as_a_case_package_every_row_and_every_file_comes_back_equal(brief):
    before = everything(brief.treatment, brief.by)
    release = give_release(
        client=brief.client,
        by=brief.by,
        purpose="transfer",
        compartments=ALL,
        to_whom="myself",
        signed_on=TODAY,
    )
    given = give(
        kind="case", client=brief.client, compartments=ALL, release=release, by=brief.by, on=TODAY,
        make=lambda: packed(brief), treatment=brief.treatment,
    )  # fmt: skip
    sealed = seal(given.raw, recipients=[package_identity()[1]])
    forget(brief.client.id)
    package, digest = open_package(sealed)
    assert digest == given.disclosure.sha256
    back = take_in_package(package=package, digest=digest, by=brief.by)
    after = everything(back, brief.by)
    assert set(after[0]) == set(before[0])
    for label in before[0]:
        assert after[0][label] == before[0][label], label
    assert after[1] == before[1]


def test_as_fhir_the_record_comes_back_equal(brief):
    before = bundle(facts_of(brief.client, brief.treatment))
    read = read_bundle(before)
    assert read.faults == ()
    assert read.left_out == {}
    forget(brief.client.id)
    back = take_in_bundle(read=read, digest=sha256(b""), by=brief.by)
    after = bundle(facts_of(back.client, back))
    for was, stands in zip(before["entry"], after["entry"], strict=True):
        assert stands == was
    assert after == before


def test_as_annotations_every_mark_comes_back_equal_on_the_same_text(brief):
    texts = coded_texts(brief.treatment)
    assert sum(len(one.marks.marks) for one in texts) > 100
    for one in texts:
        assert read_web(web_bytes(one.marks)) == one.marks
        back = from_xmi(to_xmi(one.marks, one.transcript), text=one.transcript.text)
        assert back.marks == one.marks
        assert back.text == one.transcript.text


def test_as_parquet_every_hour_mark_and_score_is_there(brief):
    """One client alone is too few for a practice to give out; the tables of one are looked at here."""
    made = study(_cases(brief.client), key=b"k" * 32, smallest=1)
    held = {
        name[:-8]: pl.read_parquet(io.BytesIO(raw))
        for name, raw in study_files(made, project="p").items()
        if name.endswith(".parquet")
    }
    for name, table in held.items():
        assert table.to_dicts() == list(made.tables[name])
    hours = Session.objects.filter(treatment=brief.treatment).exclude(status="planned")
    assert held["hours"].height == hours.count()
    codes = MarkRow.objects.filter(treatment=brief.treatment).exclude(status="rejected")
    assert held["marks"].height == codes.count()
    given = [a for a in asked_of(brief.client.id, treatment=brief.treatment) if a.result]
    assert held["scores"].height == sum(len(a.result["scores"]) for a in given)
    assert held["turns"]["words"].sum() > 14_000
    assert held["turns"]["text"].null_count() == held["turns"].height
