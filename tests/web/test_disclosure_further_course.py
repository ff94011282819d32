"""A client who stands here already brings a further course from elsewhere: it joins them, and nothing here gives way."""

import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from depthwork.practice.audit.models import Event
from depthwork.practice.disclosure import carried, unpacking
from depthwork.practice.disclosure.actions.arriving import open_package, take_in_package
from depthwork.practice.disclosure.actions.joining import join_package, look_at_joining
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.models import Arrival
from depthwork.practice.disclosure.packing import package_of
from depthwork.practice.intake.models import SafetyPlan
from depthwork.practice.tracking.models import Schedule
from depthwork.practice.treatments.actions import answer_consent
from depthwork.practice.treatments.models import Client, Consent, Treatment, Unconfirmed
from depthwork.practice.vault.unlocked import opened
from tests.cast import client_of, treatment_of
from tests.moving import ALL, everything
from tests.packages import TODAY, counts, sealed_for

pytestmark = pytest.mark.django_db
CHANGED = {
    ("treatments.treatment", "clinician_id"), ("sources.draft", "person_id"), ("treatments.session", "clinician_id"),
    ("tracking.request", "receipt"), ("tracking.request", "token_name"), ("supervision.supervision", "ended_at"),
    ("supervision.supervision", "ended_by_id"),
}  # fmt: skip


@pytest.fixture
def known(filled):
    """Cleo, whom Ana treats at Harbour Rooms, is known at Hill House too: Dov has spoken with her."""
    filled.here = Client.objects.select_related("practice").get(id=client_of(filled.dov, "Cleo Marsh").id)
    return filled


def package(cast, treatment=None, who="ana"):
    actor = getattr(cast, who)
    with opened(actor.unlocked):
        return package_of(treatment or cast.treatment, compartments=ALL, by=actor.person, made_on=TODAY)


def join(cast, made=None, client=None, who="dov"):
    actor = getattr(cast, who)
    made = made or package(cast)
    with opened(actor.unlocked):
        return join_package(package=made, digest="0" * 64, client=client or cast.here, by=actor.person)


def refused(cast, made=None, **more):
    before = counts()
    with pytest.raises(DisclosureError) as told:
        join(cast, made, **more)
    assert counts() == before
    return str(told.value)


def test_every_row_of_the_course_stands_under_the_client_who_was_here(known):
    made = package(known)
    with opened(known.ana.unlocked):
        before, files = everything(known.treatment, known.ana.person)
    back = join(known, made)
    assert back.client_id == known.here.id
    with opened(known.dov.unlocked):
        after, files_there = everything(back, known.dov.person)
    assert files_there == files
    space = uuid.uuid5(known.elsewhere.id, str(known.treatment.id))
    names = [row["id"] for rows in made.rows.values() for row in rows] + [
        p["id"] for p in made.about["people"]
    ]
    ids = unpacking.Ids(False, {one: str(uuid.uuid5(space, one)) for one in names} | {str(known.client.id): str(known.here.id)})  # fmt: skip
    for label, rows in before.items():
        if label == "treatments.client":
            continue
        wanted = sorted(
            (ids.within(row) | {"id": str(ids.of(uuid.UUID(row["id"])))} for row in rows),
            key=lambda r: r["id"],
        )
        for was, stands in zip(wanted, after[label], strict=True):
            differs = {(label, name) for name in was if was[name] != stands[name]}
            assert differs <= CHANGED, differs


def test_what_stands_here_of_the_client_is_never_overwritten(known):
    with opened(known.dov.unlocked):
        known.here.contact = {"email": "cleo@new.example"}
        known.here.save()
        by = known.dov.person
        answer_consent(client=known.here, by=by, purpose="research", is_yes=True, given_on=date(2026, 1, 6))
        SafetyPlan.objects.create(
            client=known.here, number=1, made_on=date(2030, 1, 1), made_by=by, parts={"a": "b"}
        )
        Schedule.objects.create(client=known.here, lines=[{"measure": "gad7", "when": "every_4"}], shown=[])
        asked = look_at_joining(package=package(known), client=known.here, by=by)
    back = join(known)
    with opened(known.dov.unlocked):
        left = {(one.label, one.why) for one in asked.left}
        assert left == {
            ("treatments.client", "stays"), ("treatments.consent", "answer"), ("intake.safetyplan", "older"),
            ("tracking.schedule", "schedule"),
        }  # fmt: skip
        assert Client.objects.get(id=known.here.id).contact == {"email": "cleo@new.example"}
        assert Consent.objects.get(client=known.here, purpose="research").is_yes
        assert SafetyPlan.objects.get(client=known.here).parts == {"a": "b"}
        assert Schedule.objects.get(client=known.here).lines == [{"measure": "gad7", "when": "every_4"}]
        origin = Arrival.objects.get(treatment=back.id).origin
        assert [one[:2] for one in origin["left"]] == [[one.label, one.why] for one in asked.left]
        assert all(one.words() for one in asked.left)


def test_a_safety_plan_made_later_elsewhere_becomes_the_next_one_here(known):
    with opened(known.dov.unlocked):
        SafetyPlan.objects.create(
            client=known.here, number=4, made_on=date(2020, 1, 1), made_by=known.dov.person, parts={"a": "b"}
        )
    join(known)
    found = SafetyPlan.objects.filter(client=known.here).order_by("number")
    assert list(found.values_list("number", flat=True)) == [4, 5]


def test_only_a_yes_that_came_waits_and_one_given_here_goes_on_counting(known):
    with opened(known.dov.unlocked):
        answer_consent(
            client=known.here, by=known.dov.person, purpose="cues", is_yes=True, given_on=date(2026, 1, 6)
        )
    join(known)
    waiting = Unconfirmed.objects.filter(client=known.here).values_list("consent__purpose", flat=True)
    assert set(waiting) == {"supervision"}


def test_the_same_course_is_not_taken_in_twice(known):
    made = package(known)
    join(known, made)
    assert "stands here already, with this client" in refused(known, made)
    other = client_of(known.dov, "Somebody Else")
    assert "with another client" in refused(known, made, client=other)


def test_a_course_that_left_from_here_and_is_still_here_is_refused(known):
    assert "stands here already" in refused(known, client=known.client, who="ana")


def test_a_course_that_comes_home_under_other_ids_is_known_by_its_hours(known):
    with opened(known.dov.unlocked):
        away = take_in_package(package=package(known), digest="0" * 64, by=known.dov.person)
    Treatment.objects.filter(id=known.treatment.id).update(state="ended")
    home = package(known, away, who="dov")
    assert "at the same minute" in refused(known, home, client=known.client, who="ana")


def test_two_courses_under_way_with_one_clinician_are_refused_as_everywhere(known):
    own = treatment_of(known.dov, known.here, hours=1, start=date(2025, 3, 4))
    assert "is under way; end it first" in refused(known)
    Treatment.objects.filter(id=own.id).update(state="ended")
    Client.objects.filter(id=known.here.id).update(state="ended")
    back = join(known)
    assert Treatment.objects.filter(client=known.here).count() == 2
    assert Client.objects.get(id=known.here.id).state == "active"
    page = known.dov.browser().get(f"/clients/{known.here.id}/")
    assert page.status_code == 200
    assert back.clinician == known.dov.person


def test_no_text_is_taken_in_only_to_be_destroyed_tonight(known):
    with opened(known.dov.unlocked):
        answer_consent(
            client=known.here, by=known.dov.person, purpose="transcript", is_yes=True, given_on=date(2026, 1, 6),
            lives=Consent.Lives.TREATMENT,
        )  # fmt: skip
    assert "would be destroyed tonight" in refused(known)


def test_who_does_not_treat_the_client_joins_nothing_to_them(known):
    assert "only the clinician who treats" in refused(known, client=known.client)


def test_a_row_that_does_not_hold_together_leaves_nothing_behind(known):
    made = package(known)
    made.rows["sources.source"][0]["session_id"] = "00000000-0000-4000-8000-000000000000"
    assert "names a row that is not in the package" in refused(known, made)


def test_an_id_that_is_none_is_refused_with_words(known):
    made = package(known)
    made.rows["portal.thought"][0]["id"] = "first"
    assert "cannot be read" in refused(known, made)


def test_the_trace_names_the_client_who_was_here(known):
    back = join(known)
    event = Event.objects.get(verb="took_in.case")
    assert (event.client, event.actor) == (known.here.id, known.dov.id)
    assert Arrival.objects.get(client=known.here).treatment == back.id


# The page.


def give(cast, sealed, **more):
    file = SimpleUploadedFile("case.age", sealed)
    return cast.dov.browser().post("/take-in/", {"file": file, **more}, follow=True)


def test_the_page_shows_what_comes_and_what_stays_out_and_writes_only_then(known):
    with opened(known.dov.unlocked):
        known.here.contact = {"email": "cleo@new.example"}
        known.here.save()
    _given, sealed = sealed_for(known, known.dov)
    before = counts()
    look = give(known, sealed, client=known.here.id)
    text = look.content.decode()
    assert look.status_code == 200
    assert counts() == before
    assert "of Harbour Rooms is of Cleo Marsh" in text
    assert "cleo@example.org" in text
    assert "what stands here stays" in text
    looked = look.context["form"]["looked"].value()
    done = give(known, sealed, client=known.here.id, looked=looked)
    assert "A further course of someone who stood here" in done.content.decode()
    assert "cleo@example.org" in done.content.decode()
    assert Treatment.objects.filter(client=known.here).count() == 1


def test_another_file_than_the_one_looked_at_is_looked_at_first(known):
    _given, sealed = sealed_for(known, known.dov)
    looked = give(known, sealed, client=known.here.id).context["form"]["looked"].value()
    _given, other = sealed_for(known, known.dov, compartments=("administration", "record"))
    assert (
        "Before anything is written"
        in give(known, other, client=known.here.id, looked=looked).content.decode()
    )
    assert not Treatment.objects.filter(client=known.here).exists()


def test_only_clients_whom_one_treats_are_offered(known):
    page = known.dov.browser().get("/take-in/")
    offered = {pk for pk, _name in page.context["form"].fields["client"].choices}
    assert offered == {"", str(known.here.id), str(known.other.id)}
    _given, sealed = sealed_for(known, known.dov)
    assert give(known, sealed, client=known.client.id).status_code == 422


def test_a_package_without_process_notes_joins_too(known):
    _given, sealed = sealed_for(known, known.dov, compartments=("administration", "record"))
    with opened(known.dov.unlocked):
        made, _digest = open_package(sealed)
    back = join(known, made)
    assert not carried.model_of("sources.source").objects.filter(treatment=back).exists()
