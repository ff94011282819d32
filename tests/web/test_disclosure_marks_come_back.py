"""What a coder marked elsewhere comes back to the text it was marked on: whole, once, and under the right name."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from depthwork.coding import Mark, Span
from depthwork.coding.marks_file import MarksFile, marks_to_json
from depthwork.interchange.annotations.uima import from_xmi, to_xmi
from depthwork.interchange.annotations.web import to_web, web_bytes
from depthwork.practice.audit.models import Event
from depthwork.practice.casework import actions as casework
from depthwork.practice.casework.models import MarkRow
from depthwork.practice.casework.queries import marks_of_treatment
from depthwork.practice.disclosure.actions import take_in_annotations
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.texts_out import annotation_files, coded_texts
from depthwork.practice.sources import actions as sources
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.vault.unlocked import opened
from depthwork.transcripts import transcript_of
from tests.casework import WORDS, hour_with_words, note_of
from tests.cast import everybody
from tests.moving import standing

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def cast_once(django_db_setup, django_db_blocker):
    with standing(django_db_blocker):
        cast = everybody()
        cast.source = hour_with_words(cast.ana, cast.client)
        yield cast


@pytest.fixture
def cast(cast_once, db):
    """The cast with an hour of words; what a test changes on a row in memory is read again."""
    cast_once.client = Client.objects.select_related("practice").get(id=cast_once.client.id)
    cast_once.treatment = Treatment.objects.select_related("client__practice").get(id=cast_once.treatment.id)
    cast_once.source.refresh_from_db()
    return cast_once


def text_of(cast):
    with opened(cast.ana.unlocked):
        return casework.marks.transcript_for(cast.source)


def coded(cast, phrase="I wanted him to ask me", construct="wish", code="w_being_understood", **more):
    at = text_of(cast).text.index(phrase)
    given = {"origin": "coder:unknown", "status": "confirmed", "codebook_version": ""} | more
    return Mark(
        str(cast.source.id), Span(at, at + len(phrase)), 0, "", construct, code, quote=phrase, **given
    )


def file_of(cast, *marks, **more):
    text = text_of(cast)
    return MarksFile(**{"source": str(cast.source.id), "text_sha256": text.sha256, "marks": marks} | more)


def xmi(cast, *marks):
    return to_xmi(file_of(cast, *marks), text_of(cast))


def take(cast, raw, **more):
    with opened(cast.ana.unlocked):
        return take_in_annotations(raw=raw, client=cast.client, by=cast.ana.person, **more)


def standing_marks(cast):
    with opened(cast.ana.unlocked):
        return marks_of_treatment(cast.treatment)


def own_mark(cast, phrase="It's fine."):
    at = text_of(cast).text.index(phrase)
    with opened(cast.ana.unlocked):
        return casework.make_mark(
            source=cast.source,
            by=cast.ana.person,
            start=at,
            end=at + len(phrase),
            construct="defense",
            code="denial",
        )


def test_marks_made_in_another_tool_stand_on_the_words_under_their_coder(cast):
    taken = take(cast, xmi(cast, coded(cast)), coder="Ida Lund")
    assert (taken.texts, taken.written, taken.stood) == (1, 1, 0)
    (mark,) = standing_marks(cast)
    assert (mark.quote, mark.code, mark.origin) == (
        "I wanted him to ask me",
        "w_being_understood",
        "coder:Ida Lund",
    )
    assert (mark.turn, mark.speaker) == (1, "C")
    assert MarkRow.objects.get().coder is None
    page = cast.ana.browser().get(reverse("casework:hour", args=[cast.source.session_id])).content.decode()
    assert "Ida Lund" in page


def test_without_a_name_they_are_the_codes_of_whoever_takes_them_in(cast):
    take(cast, xmi(cast, coded(cast)))
    row = MarkRow.objects.get()
    assert row.coder == cast.ana.person
    assert row.reading.coder == cast.ana.person
    (mark,) = standing_marks(cast)
    assert mark.origin == f"coder:{cast.ana.id}"
    assert mark.is_unaided


@pytest.mark.parametrize("form", ["web", "uima", "marks"])
def test_what_left_comes_back_equal_to_a_text_without_marks(cast, form):
    own_mark(cast)
    take(cast, xmi(cast, coded(cast, attributes={"expected": True}, intensity=2.5)), coder="Ida")
    before = [replace(mark, id="") for mark in standing_marks(cast)]
    with opened(cast.ana.unlocked):
        files = annotation_files(cast.treatment, form=form)
    MarkRow.objects.all().delete()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, raw in files.items():
            made.writestr(name, raw)
    assert take(cast, out.getvalue()).written == 2
    assert sorted((replace(mark, id="") for mark in standing_marks(cast)), key=str) == sorted(before, key=str)


def test_the_same_file_brings_nothing_the_second_time(cast):
    own_mark(cast)
    with opened(cast.ana.unlocked):
        (one,) = coded_texts(cast.treatment)
    raw = to_xmi(
        replace(one.marks, marks=(*one.marks.marks, coded(cast), coded(cast, id="again"))), one.transcript
    )
    first = take(cast, raw, coder="Ida")
    assert (first.written, first.stood) == (2, 1)
    second = take(cast, raw, coder="Ida")
    assert (second.written, second.stood) == (0, 3)
    assert MarkRow.objects.count() == 3


def test_an_unknown_code_and_construct_are_kept_as_they_are_and_said(cast):
    taken = take(
        cast,
        xmi(cast, coded(cast, code="w_to_vanish"), coded(cast, construct="weather", code="rain")),
        coder="Ida",
    )
    assert taken.written == 2
    assert any("no wish code w_to_vanish" in one for one in taken.findings)
    assert any("no codebook has the construct weather" in one for one in taken.findings)
    assert {(m.construct, m.code) for m in standing_marks(cast)} == {
        ("wish", "w_to_vanish"),
        ("weather", "rain"),
    }
    page = cast.ana.browser().get(reverse("casework:hour", args=[cast.source.session_id])).content.decode()
    assert "w to vanish" in page
    assert "Weather" in page


def test_overlapping_nested_and_equal_marks_all_come(cast):
    phrase = "My father never asked. I wanted him to ask me"
    marks = [coded(cast, phrase), coded(cast), coded(cast, "him to ask me, just once"), coded(cast)]
    assert take(cast, xmi(cast, *marks), coder="Ida").written == 4


def test_a_file_of_another_text_brings_nothing_of_any(cast):
    other = transcript_of([("T", "Another hour."), ("C", "Other words.")])
    wrong = to_xmi(MarksFile("x", other.sha256, (replace(coded(cast), span=Span(0, 7)),)), other)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.xmi", xmi(cast, coded(cast)))
        made.writestr("b.xmi", wrong)
    with pytest.raises(DisclosureError, match=r"b\.xmi: .* on another text"):
        take(cast, out.getvalue())
    with pytest.raises(DisclosureError, match="another text"):
        take(cast, web_bytes(file_of(cast, coded(cast), text_sha256="0" * 64)))
    assert not MarkRow.objects.exists()
    assert not Event.objects.filter(verb="took_in.annotations").exists()


def test_another_clients_text_is_no_text_of_this_one(cast):
    from tests.cast import client_of, treatment_of

    other = client_of(cast.ana, "Nell Orr")
    treatment_of(cast.ana, other, hours=1)
    with opened(cast.ana.unlocked), pytest.raises(DisclosureError, match="another text"):
        take_in_annotations(raw=xmi(cast, coded(cast)), client=other, by=cast.ana.person)


def test_two_texts_of_the_same_words_need_a_name(cast):
    words = "the same few words"
    first, second = (note_of(cast.ana, cast.client, words, number=n) for n in (1, 2))
    sha = transcript_of([("N", words)]).sha256
    mark = Mark("", Span(0, 8), 0, "", "theme", "theme", "coder:unknown", "confirmed", "", quote="the same")
    with pytest.raises(DisclosureError, match="more than one text"):
        take(cast, marks_to_json(MarksFile("note.txt", sha, (mark,))).encode())
    take(cast, marks_to_json(MarksFile(str(second.id), sha, (mark,))).encode())
    assert MarkRow.objects.get().source == second != first


def test_a_tool_that_knows_no_fingerprint_is_held_to_its_quotes(cast):
    made = to_web(file_of(cast, coded(cast), text_sha256="", source="hour"))
    assert take(cast, json.dumps(made).encode(), coder="Ida").written == 1
    made["first"]["items"][0]["target"]["selector"][1]["exact"] = "words that nobody said"
    with pytest.raises(DisclosureError, match="another text"):
        take(cast, json.dumps(made).encode())


def test_a_quote_that_stands_elsewhere_is_found_and_one_that_does_not_is_refused(cast):
    moved = replace(coded(cast), span=Span(3, 25))
    take(cast, web_bytes(file_of(cast, moved)), coder="Ida")
    (mark,) = standing_marks(cast)
    assert mark.span == coded(cast).span
    gone = replace(coded(cast), quote="nothing of the kind was ever said")
    with pytest.raises(DisclosureError, match="words of mark 1 do not stand"):
        take(cast, web_bytes(file_of(cast, gone)))
    outside = replace(coded(cast), span=Span(5, 100_000), quote="")
    with pytest.raises(DisclosureError, match="mark 1 lies outside"):
        take(cast, web_bytes(file_of(cast, outside)))


def test_a_mark_that_its_coder_moved_in_the_tool_is_read_where_it_stands_now(cast):
    stale = replace(coded(cast), quote="an old quote that INCEpTION keeps beside a span that was drawn anew")
    take(cast, xmi(cast, stale), coder="Ida")
    (mark,) = standing_marks(cast)
    assert mark.quote == "I wanted him to ask me"


def test_marks_of_an_earlier_version_stand_on_it_and_are_set_apart_where_the_words_went(cast):
    note = note_of(cast.ana, cast.client, "He sat down. The gate was open.\n\nNothing else.", number=3)
    sha = transcript_of([("N", "He sat down. The gate was open."), ("N", "Nothing else.")]).sha256
    mark = Mark(
        "", Span(13, 30), 0, "", "theme", "theme", "coder:unknown", "confirmed", "", quote="The gate was open"
    )
    with opened(cast.ana.unlocked):
        sources.change_source(source=note, text="Nothing else.", by=cast.ana.person, version=note.version)
    take(cast, marks_to_json(MarksFile("", sha, (mark,))).encode(), coder="Ida")
    assert MarkRow.objects.get().source_version == 1
    page = cast.ana.browser().get(reverse("casework:hour", args=[note.session_id]), {"source": str(note.id)})
    assert "No longer in the text" in page.content.decode()
    assert "The gate was open" in page.content.decode()


def test_a_colleagues_name_is_not_taken_from_a_file(cast):
    taken = take(cast, xmi(cast, coded(cast, origin=f"coder:{cast.ben.id}")), coder="Ida")
    assert taken.renamed == 1
    (mark,) = standing_marks(cast)
    assert mark.origin == "coder:Ida"


@pytest.mark.parametrize("name", ["8d9f6f0c-6d0b-4bb0-9d5e-6b1d0f9a1b11", "unknown", "x" * 61])
def test_a_coder_is_named_as_a_margin_can_call_them(cast, name):
    with pytest.raises(DisclosureError, match="name the coder"):
        take(cast, xmi(cast, coded(cast)), coder=name)


def test_a_mark_changed_elsewhere_stands_beside_the_one_it_came_from(cast):
    own_mark(cast)
    with opened(cast.ana.unlocked):
        (one,) = coded_texts(cast.treatment)
    changed = replace(one.marks.marks[0], code="humor", origin="coder:unknown")
    take(cast, to_xmi(replace(one.marks, marks=(changed,)), one.transcript), coder="Ida")
    assert {(m.code, m.origin) for m in standing_marks(cast)} == {
        ("denial", f"coder:{cast.ana.id}"),
        ("humor", "coder:Ida"),
    }


def test_what_was_taken_away_here_stays_away_and_the_page_says_so(cast):
    row = own_mark(cast)
    with opened(cast.ana.unlocked):
        (one,) = coded_texts(cast.treatment)
        casework.remove_mark(mark=row, by=cast.ana.person, version=row.version)
    taken = take(cast, to_xmi(one.marks, one.transcript))
    assert (taken.written, taken.stood, taken.otherwise) == (0, 1, 1)
    assert MarkRow.objects.get().status == "rejected"


def test_proposals_are_left_out_and_counted(cast):
    cue = coded(cast, origin="engine:x", status="proposed", confidence=0.9)
    taken = take(cast, xmi(cast, cue, coded(cast)))
    assert (taken.written, taken.proposals) == (1, 1)


def test_a_mark_of_danger_from_outside_is_seen_on_the_page(cast):
    take(cast, xmi(cast, coded(cast, "I'd rather not wake up", "risk", "suicide_passive")), coder="Ida")
    page = cast.ana.browser().get(reverse("casework:hour", args=[cast.source.session_id])).content.decode()
    assert "Ida" in page


def test_whoever_treats_takes_an_outside_mark_away_and_back_but_never_changes_it(cast):
    take(cast, xmi(cast, coded(cast)), coder="Ida")
    row = MarkRow.objects.select_related("client__practice", "source").get()
    with opened(cast.ana.unlocked), pytest.raises(casework.marks.MarkError, match="another person"):
        casework.edit_mark(
            mark=row, by=cast.ana.person, version=1, construct="wish", code="w_being_understood"
        )
    browser = cast.ana.browser()
    hour = reverse("casework:hour", args=[cast.source.session_id])
    assert "take away" in browser.get(hour).content.decode()
    assert browser.post(reverse("casework:remove", args=[row.id]), {"version": "1"}).status_code == 302
    assert MarkRow.objects.get().status == "rejected"
    with opened(cast.ana.unlocked):
        casework.undo(source=cast.source, by=cast.ana.person, act="removed", what=row.id)
    assert MarkRow.objects.get().status == "confirmed"


def test_it_leaves_one_line_in_the_audit_without_a_word_of_the_text(cast):
    take(cast, xmi(cast, coded(cast)), coder="Ida")
    event = Event.objects.get(verb="took_in.annotations")
    assert (event.actor, event.client, len(event.reason)) == (cast.ana.id, cast.client.id, 64)


def upload(cast, raw, coder="", who="ana"):
    return getattr(cast, who).browser().post(
        f"/clients/{cast.client.id}/giving-out/marks-in/",
        {"marks-file": SimpleUploadedFile("hour.xmi", raw), "marks-coder": coder},
    )  # fmt: skip


def test_the_page_takes_marks_in_and_says_what_came(cast):
    done = upload(cast, xmi(cast, coded(cast), coded(cast, code="w_to_vanish")), "Ida")
    text = done.content.decode()
    assert done.status_code == 200
    assert "2 marks were taken in." in text
    assert "no wish code w_to_vanish" in text
    again = upload(cast, xmi(cast, coded(cast)), "Ida").content.decode()
    assert "1 stood here already." in again


@pytest.mark.parametrize(
    "raw", [b"", b"x", b"{}", b"PK\x03\x04", b"<a/>", b"\xff\xfe", b'{"marks": [{}]}', b'{"marks": 1}']
)
def test_what_cannot_be_read_is_refused_in_one_line(cast, raw):
    made = upload(cast, raw)
    assert made.status_code == 422
    assert not MarkRow.objects.exists()


@pytest.mark.parametrize("who", ["eve", "ben", "mara", "rui", "dov"])
def test_only_the_clinician_of_the_treatment_takes_marks_in(cast, who):
    assert upload(cast, xmi(cast, coded(cast)), who=who).status_code == 404
    assert not MarkRow.objects.exists()


def test_what_cassis_wrote_after_a_coder_comes_in(cast):
    cassis = pytest.importorskip("cassis", reason="the judge dkpro-cassis is not installed")
    from depthwork.interchange.annotations.uima import MARK, typesystem

    types = cassis.load_typesystem(io.BytesIO(typesystem()))
    cas = cassis.load_cas_from_xmi(io.BytesIO(xmi(cast)), typesystem=types)
    at = text_of(cast).text.index("I made the dinner")
    cas.add(types.get_type(MARK)(begin=at, end=at + 17, construct="response_of_self", code="rs_helpful"))
    raw = cas.to_xmi().encode()
    assert len(from_xmi(raw).marks.marks) == 1
    assert take(cast, raw, coder="Ida").written == 1
    assert standing_marks(cast)[0].quote == "I made the dinner"


def test_the_words_of_this_file_hold_the_phrases_it_marks():
    assert "I'd rather not wake up" in WORDS[5][1]
