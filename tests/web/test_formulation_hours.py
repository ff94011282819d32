"""Before the hour, after the hour, kept lines; and a pack that waits until everything was looked at."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import time as clock
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from shutil import which

import pytest
from django.urls import reverse

from depthwork.practice.audit.models import Event
from depthwork.practice.formulation import actions
from depthwork.practice.formulation.before import brief_of
from depthwork.practice.formulation.feelings import checked
from depthwork.practice.formulation.kept import kept_lines
from depthwork.practice.formulation.papers import brief_paper, kept_lines_paper
from depthwork.practice.sources.actions import write_note
from depthwork.practice.sources.actions.keeping import write_turns
from depthwork.practice.sources.models import Source
from depthwork.practice.supervision import packs
from depthwork.practice.supervision.actions import begin_pack, decide, finish_pack
from depthwork.practice.supervision.models import Pack
from depthwork.practice.supervision.packs import cleaned, may_be_made
from depthwork.practice.treatments.actions.consent import answer_consent, revoke_consent
from depthwork.practice.treatments.consents import allows
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Break, Consent, Session
from depthwork.practice.vault.unlocked import opened
from depthwork.reports.pdf import pdf
from tests.bench.brief_page import eighty_hours

pytestmark = pytest.mark.django_db
TURNS = [["T", "And if it isn’t?", 1.0, 2.0], ["C", "Then I’d want you to know I counted.", 2.0, 5.0]]


def planned(cast, day):
    return Session.objects.create(
        client=cast.client, treatment=cast.treatment, clinician=cast.ana.person, day=day, wall_time=time(17),
        zone="Europe/London", starts_at=datetime.combine(day, time(17), tzinfo=UTC),
    )  # fmt: skip


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        cast.last = cast.treatment.sessions.order_by("-starts_at").first()
        cast.next = planned(cast, cast.last.day + timedelta(days=7))
        yield cast


def test_the_page_before_the_hour_ends_as_the_last_one_ended(ana):
    write_turns(session=ana.last, turns=TURNS, by=ana.ana.person, kind="transcript", provenance="verbatim")
    brief = brief_of(ana.next)
    assert (brief.number, brief.lead, brief.hours_left) == (4, "line of hour 3", 13)
    assert brief.ending == (("T", "And if it isn’t?"), ("C", "Then I’d want you to know I counted."))
    assert "turns 1 to 2" in brief.ending_cite


def test_a_coming_break_that_was_not_told_says_so(ana):
    day = ana.next.day
    Break.objects.create(
        client=ana.client,
        treatment=ana.treatment,
        from_date=day + timedelta(days=8),
        to_date=day + timedelta(days=20),
    )
    assert any("not told yet" in said.words for said in brief_of(ana.next).dates)


def test_an_hour_missed_since_stands_open(ana):
    missed = planned(ana, ana.last.day + timedelta(days=3))
    Session.objects.filter(pk=missed.pk).update(status="missed_no_notice")
    assert any("missed, without notice" in said.words for said in brief_of(ana.next).open_between)


def test_a_client_can_be_met_without_memory_or_desire(ana):
    actions.set_brief_page(treatment=ana.treatment, is_on=False, by=ana.ana.person)
    browser = ana.ana.browser()
    page = browser.get(reverse("formulation:before", args=[ana.next.id])).content.decode()
    assert "Without memory or desire" in page
    assert "line of hour 3" not in page
    assert browser.get(reverse("formulation:before_pdf", args=[ana.next.id])).status_code == 302


def test_paper_leaves_out_the_name_and_own_notes_unless_they_are_ticked(ana):
    write_note(session=ana.last, text="I was bored.", by=ana.ana.person, kind=Source.Kind.COUNTERTRANSFERENCE)
    brief = brief_of(ana.next)
    plain = brief_paper(brief, about="", made_on=date(2026, 1, 27), with_own=False, for_whom="Ana")
    own = brief_paper(brief, about="Cleo Marsh", made_on=date(2026, 1, 27), with_own=True, for_whom="Ana")
    assert "bored" not in str(plain)
    assert "Cleo" not in str(plain)
    assert "bored" in str(own)
    assert pdf(plain).startswith(b"%PDF")


def test_the_minute_after_the_hour_leaves_a_usable_trace(ana):
    browser = ana.ana.browser()
    url = reverse("formulation:after", args=[ana.next.id])
    assert browser.get(url).status_code == 200
    sent = {"status": "held", "version": 1, "words": "two words", "line": "She stayed.", "feeling_bored": "3",
            "wished_to": ["run_over"], "question": "Whose haste?"}  # fmt: skip
    assert browser.post(url, sent).status_code == 302
    with opened(ana.ana.unlocked):
        row = Session.objects.get(pk=ana.next.pk)
        assert (row.status, row.number, row.kept_line) == ("held", 4, "She stayed.")
        assert row.after == {"feelings": {"bored": 3}, "wished_to": ["run_over"], "question": "Whose haste?"}
        assert Source.objects.filter(session=row, kind="process_note").count() == 1


def test_after_the_hour_nothing_is_compulsory(ana):
    answer = ana.ana.browser().post(
        reverse("formulation:after", args=[ana.next.id]), {"status": "held", "version": 1}
    )
    assert answer.status_code == 302


def test_an_hour_changed_elsewhere_is_not_overwritten(ana):
    sent = {"status": "held", "version": 7, "line": "Mine."}
    answer = ana.ana.browser().post(reverse("formulation:after", args=[ana.next.id]), sent)
    assert answer.status_code == 409
    assert "Mine." in answer.content.decode()


def test_the_feeling_check_keeps_what_it_knows_and_nothing_else():
    after = {
        "feelings": {"bored": "4", "calm": "9", "rage": "2", "shame": "x"},
        "wished_to": ["extend", "flee"],
    }
    assert checked(after) == {"feelings": {"bored": 4}, "wished_to": ["extend"]}


def test_kept_lines_leave_a_break_blank_and_say_no_number(ana):
    first, second = list(ana.treatment.sessions.order_by("starts_at"))[:2]
    Break.objects.create(
        client=ana.client, treatment=ana.treatment, from_date=first.day + timedelta(days=1),
        to_date=second.day - timedelta(days=1),
    )  # fmt: skip
    lines = kept_lines(ana.treatment)
    assert [bool(one.pause) for one in lines] == [False, True, False]
    document = kept_lines_paper(lines, about="C. M.", made_on=date(2026, 2, 1), for_whom="Ana")
    assert pdf(document).startswith(b"%PDF")


def test_the_page_before_the_eighty_first_hour_is_made_in_time(cast):
    session = eighty_hours(cast)
    browser = cast.ana.browser()
    url = reverse("formulation:before", args=[session.id])
    browser.get(url)
    took = []
    for _ in range(3):
        start = clock.process_time()
        assert browser.get(url).status_code == 200
        took.append(clock.process_time() - start)
    print(f"\nbefore the hour, 80 hours, 3,200 marks: {min(took) * 1000:.0f} ms")
    assert min(took) < 0.3


def _pack(ana, **more):
    if not allows(ana.client, "training", on=date(2026, 2, 1)):
        answer_consent(
            client=ana.client, by=ana.ana.person, purpose="training", is_yes=True, given_on=date(2026, 1, 1)
        )
    choice = {"title": "A case", "audience": "the Tuesday seminar", "hours": [str(ana.last.id)], "kept_lines": True,
              "people": "Rose Tal, Rosie = the sister"} | more  # fmt: skip
    return begin_pack(
        treatment=ana.treatment,
        choice=choice,
        today=date(2026, 2, 1),
        by=ana.ana.person,
    )


def test_a_pack_waits_until_every_spelling_was_looked_at(ana):
    write_note(session=ana.last, text="Cleo rang Rosie from Marsh Lane. Will it hold?", by=ana.ana.person)
    pack = _pack(ana)
    browser = ana.ana.browser()
    assert browser.get(reverse("supervision:pack_pdf", args=[pack.id])).status_code == 422
    with opened(ana.ana.unlocked):
        _, made = cleaned(pack)
        assert any("[the client] rang [the sister]" in t for t in made.texts)
        waiting = made.waiting({})
        assert {i.surface for i in waiting} >= {"Cleo", "Rosie", "Will"}
        with pytest.raises(CourseError, match="not decided"):
            finish_pack(pack=pack, answers=["a b", "c d"], waiting=len(waiting), by=ana.ana.person, version=1)
        pack = decide(
            pack=pack, decisions={i.key: "replace" for i in waiting}, words={}, by=ana.ana.person, version=1
        )
        with pytest.raises(CourseError, match="both questions"):
            finish_pack(pack=pack, answers=["", "c d"], waiting=0, by=ana.ana.person, version=2)
        pack = finish_pack(
            pack=pack, answers=["two colleagues", "yes; asked"], waiting=0, by=ana.ana.person, version=2
        )
    one = browser.get(reverse("supervision:pack_pdf", args=[pack.id]))
    two = browser.get(reverse("supervision:pack_pdf", args=[pack.id]))
    assert one.content[:4] == b"%PDF"
    assert one.content == two.content
    assert Event.objects.filter(verb="pack.made", client=ana.client.id).count() == 2


def test_a_pack_as_files_holds_the_replaced_words_the_codes_and_nothing_else(ana):
    from depthwork.practice.casework.actions import make_mark

    source = write_note(session=ana.last, text="Cleo rang Rosie from Marsh Lane.", by=ana.ana.person)
    make_mark(source=source, by=ana.ana.person, start=0, end=9, construct="wish", code=_wish(), attributes={})
    pack = _pack(ana)
    _, made = cleaned(pack)
    pack = decide(pack=pack, decisions={i.key: "replace" for i in made.waiting({})}, words={},
                  by=ana.ana.person, version=1)  # fmt: skip
    browser, url = ana.ana.browser(), reverse("supervision:pack_files", args=[pack.id])
    assert browser.get(url).status_code == 422
    finish_pack(pack=pack, answers=["two colleagues", "yes"], waiting=0, by=ana.ana.person, version=2)
    one, two = browser.get(url).content, browser.get(url).content
    assert one == two
    with zipfile.ZipFile(io.BytesIO(one)) as parcel:
        files = {name: parcel.read(name) for name in parcel.namelist()}
    assert {name.split("/")[0] for name in files} == {"manifest.json", "pack.pdf", "rows", "hours"}
    plain = b"".join(raw for name, raw in files.items() if not name.endswith(".pdf"))
    assert b"Cleo" not in plain
    assert b"Rosie" not in plain
    assert b"[the client] rang [the sister]" in plain
    (mark,) = [json.loads(line) for line in files["rows/marks.jsonl"].splitlines()]
    assert (mark["construct"], mark["turn"], mark["unaided"]) == ("wish", 1, True)
    assert "quote" not in mark
    listed = json.loads(files["manifest.json"])
    assert listed["says"] == "De-identified, not anonymous"
    for one_file in listed["files"]:
        assert hashlib.sha256(files[one_file["name"]]).hexdigest() == one_file["sha256"]


def _wish():
    from depthwork.coding.shelf import codes_for

    return next(iter(codes_for("wish")))


def test_the_programs_own_words_in_a_pack_are_no_names(ana, monkeypatch):
    told = [
        packs.Passage("sum", "Distress (CORE-10): from 18 to 4."),
        packs.Passage("paragraph", "Cleo came."),
    ]
    pack = _pack(ana)
    monkeypatch.setattr(packs, "passages_of", lambda pack: told)
    passages, made = packs.cleaned(pack)
    assert made.texts == ("Distress (CORE-10): from 18 to 4.", "[the client] came.")
    assert [item.surface for item in made.review] == ["Cleo"]
    assert passages == told


def test_a_pack_needs_a_consent_that_stands(ana):
    with pytest.raises(CourseError, match="choose at least one"):
        _pack(ana, hours=[], kept_lines=False)
    agreed = Consent.objects.get(client=ana.client, purpose="training")
    revoke_consent(consent=agreed, by=ana.ana.person)
    with pytest.raises(CourseError, match="no yes to training or supervision"):
        begin_pack(
            treatment=ana.treatment,
            choice={"audience": "x", "kept_lines": True},
            today=date.today(),
            by=ana.ana.person,
        )


def test_a_finished_pack_is_not_made_again_after_the_client_took_the_yes_back(ana):
    pack = _pack(ana, hours=[])
    _, made = cleaned(pack)
    pack = decide(pack=pack, decisions={i.key: "replace" for i in made.waiting({})}, words={},
                  by=ana.ana.person, version=1)  # fmt: skip
    finish_pack(pack=pack, answers=["two colleagues", "yes"], waiting=0, by=ana.ana.person, version=2)
    browser = ana.ana.browser()
    url = reverse("supervision:pack_pdf", args=[pack.id])
    assert browser.get(url).status_code == 200
    revoke_consent(consent=Consent.objects.get(client=ana.client, purpose="training"), by=ana.ana.person)
    assert browser.get(url).status_code == 422


def test_a_list_changed_in_two_windows_is_not_overwritten(ana):
    pack = _pack(ana)
    decide(pack=pack, decisions={}, words={}, by=ana.ana.person, version=1)
    with pytest.raises(Changed):
        decide(pack=Pack.objects.get(pk=pack.pk), decisions={}, words={}, by=ana.ana.person, version=1)


def test_a_dream_goes_in_only_when_it_was_chosen_for_itself(ana):
    dream = write_note(session=ana.last, text="A coat over me.", by=ana.ana.person, kind="dream")
    _, without = cleaned(_pack(ana))
    _, chosen = cleaned(_pack(ana, dreams=[str(dream.id)]))
    assert not any("coat" in t for t in without.texts)
    assert any("coat" in t for t in chosen.texts)


def test_ones_own_note_never_goes_into_a_pack(ana):
    write_note(session=ana.last, text="My boredom.", by=ana.ana.person, kind="countertransference")
    _, made = cleaned(_pack(ana))
    assert not any("boredom" in t for t in made.texts)


def test_of_five_hundred_cases_none_is_made_without_what_it_needs():
    """T13: consent, the whole list, both answers; anything less makes no pack."""
    import random

    rng, made = random.Random(7), 0
    for _ in range(500):
        agreed = rng.choice([True, False])
        waiting = rng.choice([0, 0, 1, 5])
        answers = rng.choice(
            [None, {}, {"who": "ab"}, {"who": "ab", "self": "cd"}, {"who": "ab", "self": " "}]
        )
        is_whole = agreed and waiting == 0 and (answers or {}).get("self") == "cd"
        allowed = may_be_made(agreed=agreed, waiting=waiting, answers=answers) == ""
        made += allowed and not is_whole
        assert allowed == is_whole
    assert made == 0


def test_the_lines_of_years_stay_on_four_sheets_and_none_is_dropped():
    from depthwork.practice.formulation.kept import KeptLine

    day, lines = date(2021, 1, 5), []
    for n in range(200):
        is_long = bool(n) and n % 40 == 0
        day += timedelta(weeks=5 if is_long else 1)
        words = f"He held the door for me at line {n:03}, and was gone before I had said what I meant."
        lines.append(
            KeptLine(n + 1, day, words, "I nearly did not come", "It is only the stairs" if n % 3 else "",
                     "" if n % 23 else "missed, with notice", "1 to 29 August" if is_long else "", is_long, "")
        )  # fmt: skip
    document = kept_lines_paper(lines, about="C. M.", made_on=date(2026, 2, 1), for_whom="Ana")
    sheets = int(re.search(rb"/Count (\d+)", pdf(document))[1])
    assert sheets <= 4
    (said,) = document.blocks
    held = [one for one in lines if not one.missed]
    assert [row.words for row in said.lines if row.words] == [one.line for one in held]
    assert sum("stairs" in row.quiet for row in said.lines) == sum(bool(one.last_words) for one in held)


@pytest.mark.skipif(not which("pdftotext"), reason="pdftotext reads the PDF back; it is not installed")
def test_every_kept_line_can_be_read_back_from_the_sheets():
    from depthwork.practice.formulation.kept import KeptLine

    lines = [
        KeptLine(
            n + 1, date(2021, 1, 5) + timedelta(weeks=n), f"line number {n:03}", "", "", "", "", False, ""
        )
        for n in range(200)
    ]
    made = pdf(kept_lines_paper(lines, about="C. M.", made_on=date(2026, 2, 1), for_whom="Ana"))
    read = subprocess.run(
        ["pdftotext", "-", "-"], input=made, capture_output=True, check=True
    ).stdout.decode()
    assert set(re.findall(r"line number (\d{3})", " ".join(read.split()))) == {f"{n:03}" for n in range(200)}


def test_a_statement_written_afresh_shows_both_texts_and_no_mosaic():
    from depthwork.practice.formulation.differences import pieces

    before, after = "She answers by leaving without going.", "What stays hers depends on whom she tells it."
    assert [(one.words, one.how) for one in pieces(before, after)] == [(before, "went"), (after, "came")]
    near = pieces("She answers by leaving without going.", "She answers by leaving, and comes back.")
    assert near[0].how == "same"
