"""A record of someone who stands here comes as FHIR: a person says that they are one; nothing comes twice or gives way."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from depthwork.cli import cli
from depthwork.interchange.fhir.arriving import read_bundle
from depthwork.interchange.fhir.bundle import bundle
from depthwork.practice.audit.models import Event
from depthwork.practice.disclosure.actions.arriving import take_in_bundle
from depthwork.practice.disclosure.actions.joining_bundle import join_bundle, look_at_joining_bundle
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.fhir_out import facts_of
from depthwork.practice.disclosure.models import Arrival
from depthwork.practice.people.actions import admit
from depthwork.practice.record.models import ProgressNote
from depthwork.practice.tracking.models import Response
from depthwork.practice.treatments.actions import answer_consent
from depthwork.practice.treatments.models import Client, Consent, Session, Treatment
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.unlocked import opened
from tests.cast import Actor, client_of, treatment_of
from tests.foreign_record import FIRST, PATIENT, foreign_bundle
from tests.packages import counts

pytestmark = pytest.mark.django_db
PASSPHRASE = "salt rope lantern quarter"
EPISODE = "urn:uuid:00000000-0000-4000-8000-000000000500"


@pytest.fixture
def noor(cast):
    """Noor, known at Harbour Rooms since this year: Ana treats her, and has her own two hours."""
    cast.noor = Client.objects.select_related("practice").get(id=client_of(cast.ana, "Noor Ekman").id)
    cast.course = treatment_of(cast.ana, cast.noor, hours=2, start=date(2026, 3, 3))
    return cast


def with_episode(made, status="finished", **more):
    """The same record with its treatment named."""
    period = {"start": "2026-02-01"} | ({"end": "2026-03-01"} if status == "finished" else {})
    resource = {
        "resourceType": "EpisodeOfCare",
        "status": status,
        "patient": {"reference": PATIENT},
        "period": period,
    }
    for entry in made["entry"]:
        if entry["resource"]["resourceType"] == "Encounter":
            entry["resource"]["episodeOfCare"] = [{"reference": EPISODE}]
    made["entry"].append({"fullUrl": EPISODE, "resource": resource | more})
    return made


def hour_at(made, start, end, url="urn:uuid:00000000-0000-4000-8000-000000000600"):
    found = next(one["resource"] for one in made["entry"] if one["fullUrl"] == FIRST)
    made["entry"].append({"fullUrl": url, "resource": {**found, "period": {"start": start, "end": end}}})
    return made


def join(cast, made, *, client=None, who="ana", same_person=True, same_course=True):
    actor = getattr(cast, who)
    with opened(actor.unlocked):
        return join_bundle(
            read=read_bundle(json.dumps(made).encode()), digest="0" * 64, client=client or cast.noor,
            by=actor.person, is_same_person=same_person, is_same_course=same_course,
        )  # fmt: skip


def look(cast, made, client=None):
    with opened(cast.ana.unlocked):
        return look_at_joining_bundle(
            read=read_bundle(json.dumps(made).encode()), client=client or cast.noor, by=cast.ana.person
        )[0]


def refused(cast, made, **more):
    before = counts()
    with pytest.raises(DisclosureError) as told:
        join(cast, made, **more)
    assert counts() == before
    return str(told.value)


def send(browser, made, client, **more):
    upload = SimpleUploadedFile("r.json", json.dumps(made).encode())
    return browser.post("/take-in/", {"file": upload, "client": str(client.id), **more}, follow=True)


def numbers(course):
    rows = Session.objects.filter(treatment=course, status="held").order_by("starts_at")
    return list(rows.values_list("number", flat=True))


def test_both_people_are_shown_side_by_side_before_anything_is_written(noor):
    before = counts()
    page = send(noor.ana.browser(), foreign_bundle(), noor.noor).content.decode()
    assert counts() == before
    assert "<td>Noor Ekman</td><td>Noor Ekman</td>" in page
    assert "<td>1988</td><td>1990</td>" in page
    assert "a kind of resource that is not kept here" in page
    assert "are one and the same person." in page


def test_it_comes_in_once_a_person_has_said_so(noor):
    browser, made = noor.ana.browser(), foreign_bundle()
    page = send(browser, made, noor.noor)
    looked = page.context["form"].data["looked"]
    before = counts()
    unsaid = send(browser, made, noor.noor, looked=looked, same_course="1")
    assert "are one and the same person." in unsaid.content.decode()
    assert counts() == before
    done = send(browser, made, noor.noor, looked=looked, same_person="1", same_course="1")
    assert "What the client agreed to there" not in done.content.decode()  # it brought no answer
    assert "Taken in with someone who stood here" in done.content.decode()
    assert "a kind of resource that is not kept here" in done.content.decode()
    assert counts()["treatments.client"] == before["treatments.client"]
    assert Event.objects.filter(verb="took_in.fhir", client=noor.noor.id, actor=noor.ana.id).count() == 1


def test_another_file_than_the_one_that_was_looked_at_is_looked_at_first(noor):
    browser = noor.ana.browser()
    looked = send(browser, foreign_bundle(), noor.noor).context["form"].data["looked"]
    before = counts()
    other = hour_at(foreign_bundle(), "2026-02-17T10:00:00+01:00", "2026-02-17T10:50:00+01:00")
    send(browser, other, noor.noor, looked=looked, same_person="1", same_course="1")
    assert counts() == before


def test_its_hours_are_counted_with_those_of_the_course_under_way(noor):
    course = join(noor, foreign_bundle())
    assert course.id == noor.course.id
    assert numbers(course) == [1, 2, 3, 4]
    with opened(noor.ana.unlocked):
        assert [one.on for one in ProgressNote.objects.filter(client=noor.noor)] == [date(2026, 2, 3)]
        assert Response.objects.get(client=noor.noor).session.treatment_id == course.id
    assert not Session.objects.filter(client=noor.noor, status="planned", day=date(2026, 12, 10)).exists()


def test_without_that_word_nothing_is_written(noor):
    assert "say first that it is the same person" in refused(noor, foreign_bundle(), same_person=False)


def test_a_treatment_open_there_is_not_taken_for_the_one_here_unasked(noor):
    assert "say that they are the same" in refused(noor, foreign_bundle(), same_course=False)


def test_a_treatment_that_ended_there_comes_as_a_further_course(noor):
    course = join(noor, with_episode(foreign_bundle()), same_course=False)
    assert course.id != noor.course.id
    assert course.client_id == noor.noor.id
    assert course.state == Treatment.State.ENDED
    assert numbers(course) == [1, 2]
    assert numbers(noor.course) == [1, 2]


@pytest.mark.parametrize("made", [foreign_bundle, lambda: with_episode(foreign_bundle())])
def test_the_same_bundle_twice_doubles_nothing(noor, made):
    join(noor, made())
    assert "stands here already" in refused(noor, made())
    found = look(noor, made())
    assert not found.is_new
    assert found.stood > 4
    assert [one.label for one in found.left if one.why == "changed"] == []


def test_a_bundle_that_grew_brings_what_is_new_alone(noor):
    join(noor, foreign_bundle())
    before = counts()
    join(noor, hour_at(foreign_bundle(), "2026-02-17T10:00:00+01:00", "2026-02-17T10:50:00+01:00"))
    after = counts()
    grown = {label for label in after if after[label] != before[label]}
    assert grown == {"treatments.session", "disclosure.arrival"} & set(after)
    assert numbers(noor.course) == [1, 2, 3, 4, 5]


def test_an_hour_that_stands_here_under_another_name_is_not_doubled(noor):
    mine = Session.objects.filter(client=noor.noor).order_by("starts_at").first()
    Session.objects.filter(id=mine.id).update(starts_at=datetime(2026, 2, 3, 9, tzinfo=UTC))
    join(noor, foreign_bundle())
    assert (
        Session.objects.filter(client=noor.noor, starts_at=datetime(2026, 2, 3, 9, tzinfo=UTC)).count() == 1
    )
    assert ProgressNote.objects.get(client=noor.noor).session_id == mine.id


def test_a_note_of_an_hour_that_has_one_comes_beside_it(noor):
    mine = Session.objects.filter(client=noor.noor).order_by("starts_at").first()
    Session.objects.filter(id=mine.id).update(starts_at=datetime(2026, 2, 3, 9, tzinfo=UTC))
    with opened(noor.ana.unlocked):
        ProgressNote.objects.create(
            client=noor.noor, treatment=noor.course, session=mine, on=date(2026, 2, 3), state="My own words.",
            created_by=noor.ana.person,
        )  # fmt: skip
        join(noor, foreign_bundle())
        notes = {row.session_id: row.state for row in ProgressNote.objects.filter(client=noor.noor)}
    assert notes[mine.id] == "My own words."
    assert "Came late, stayed." in notes[None]


def test_what_stands_here_of_the_person_is_never_overwritten(noor):
    with opened(noor.ana.unlocked):
        answer_consent(
            client=noor.noor, by=noor.ana.person, purpose="research", is_yes=False, given_on=date(2026, 1, 6)
        )
        facts = facts_of(noor.noor)
    made = with_episode(foreign_bundle())
    yes = next(e for e in bundle(facts)["entry"] if e["resource"]["resourceType"] == "Consent")["resource"]
    made["entry"].append(
        {"fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000700",
         "resource": json.loads(json.dumps(yes).replace('"deny"', '"permit"').replace(f"Patient/{noor.noor.id}", PATIENT)) | {"id": "c1"}}
    )  # fmt: skip
    left = {(one.label, one.why) for one in look(noor, made).left}
    assert ("treatments.client", "stays") in left
    assert ("treatments.consent", "answer") in left
    course = join(noor, made)
    with opened(noor.ana.unlocked):
        row = Client.objects.get(id=noor.noor.id)
        assert (row.name, row.details) == ("Noor Ekman", {"born": 1990})
        assert not Consent.objects.get(client=noor.noor, purpose="research").is_yes
        assert Arrival.objects.get(treatment=course.id).origin["left"]


def test_the_same_year_of_birth_is_no_difference(noor):
    made = foreign_bundle()
    made["entry"][0]["resource"]["birthDate"] = "1990"
    assert "treatments.client" not in {one.label for one in look(noor, made).left}


def test_what_was_given_out_from_here_stands_here_when_it_comes_home(cast):
    with opened(cast.ana.unlocked):
        facts = facts_of(cast.client)
        made = bundle(facts)
    assert "stands here already" in refused(cast, made, client=cast.client)
    assert [one for one in look(cast, made, client=cast.client).left if one.why == "changed"] == []


def test_a_record_that_came_as_someone_new_stands_with_them_afterwards(cast):
    made = foreign_bundle()
    with opened(cast.ana.unlocked):
        read = read_bundle(json.dumps(made).encode())
        course = take_in_bundle(read=read, digest="0" * 64, by=cast.ana.person, without=True)
        client = Client.objects.select_related("practice").get(id=course.client_id)
    assert "stands here already" in refused(cast, made, client=client)


def test_the_record_of_another_client_of_here_is_refused(noor):
    with opened(noor.ana.unlocked):
        made = bundle(facts_of(noor.client))
    assert "of another client who stands here" in refused(noor, made)


def test_only_whoever_treats_the_client_takes_it_in(noor):
    for who in ("eve", "mara", "ben"):
        assert refused(noor, foreign_bundle(), who=who)
    before = counts()
    page = send(noor.eve.browser(), foreign_bundle(), noor.noor, same_person="1", same_course="1")
    assert page.status_code == 422
    assert "Noor Ekman</td>" not in page.content.decode()
    assert counts() == before


def test_what_came_lies_sealed(noor):
    join(noor, foreign_bundle())
    with connection.cursor() as cursor:
        cursor.execute("select state from record_progress_note")
        assert all(b"Came late" not in bytes(cell) for (cell,) in cursor.fetchall() if cell)


def test_a_file_with_faults_is_refused_whole(noor):
    made = foreign_bundle()
    made["entry"].append({"resource": {"resourceType": "Encounter", "status": "finished", "class": 4}})
    assert refused(noor, made)


def test_a_namesake_is_asked_about_and_never_taken_for_the_same(noor):
    browser, before = noor.ana.browser(), counts()
    raw = json.dumps(foreign_bundle()).encode()

    def give(**more):
        upload = SimpleUploadedFile("r.json", raw)
        return browser.post("/take-in/", {"file": upload, "without": "on", **more}).content.decode()

    assert "It is somebody else of the same name." in give()
    assert counts() == before
    give(someone_else="1")
    assert counts()["treatments.client"] == before["treatments.client"] + 1


# By the command line.


def test_the_command_line_shows_both_people_and_waits_for_the_word(cast, tmp_path):
    ida = clinician_with_passphrase(cast, "ida")
    client = client_of(ida, "Noor Ekman")
    file = tmp_path / "r.json"
    file.write_text(json.dumps(with_episode(foreign_bundle())))
    asked = ("take-in", "--login", "ida", "--client", "Noor Ekman", str(file))
    before = counts()
    first = run(*asked)
    assert first.exit_code == 2
    assert "Noor Ekman, 1988" in first.stderr
    assert "Noor Ekman, 1990" in first.stderr
    assert "--same-person" in first.stderr
    second = run(*asked, "--same-person")
    assert second.exit_code == 2
    assert "--without-unknown" in second.stderr
    assert counts() == before
    done = run(*asked, "--same-person", "--without-unknown", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["client"] == client.id.hex
    again = run(*asked, "--same-person", "--without-unknown")
    assert again.exit_code == 2
    assert "stands here already" in again.stderr


def clinician_with_passphrase(cast, name):
    person, unlocked, code = admit(
        practice=cast.practice, address=name, passphrase=PASSPHRASE, display_name=name.title(),
        roles=["clinician"], by=None,
    )  # fmt: skip
    vault.confirm_recovery(person=person.id, code=code)
    return Actor(person, unlocked, code)


def run(*arguments):
    return CliRunner().invoke(cli, [*arguments], input=f"{PASSPHRASE}\n")
