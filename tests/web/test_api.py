"""The API: the same policy and keys, by a token that opens what was chosen and no more."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client as Browser

from depthwork.practice.api import door, fhir
from depthwork.practice.api.actions import TokenError, make_token, revoke_token
from depthwork.practice.api.models import ApiToken, TokenKey
from depthwork.practice.audit.models import Event
from depthwork.practice.disclosure.fhir_out import facts_of
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.models import Goal, Session
from depthwork.practice.treatments.queries import clients_for
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.models import Grant
from depthwork.practice.vault.rotation import rotate
from depthwork.practice.vault.unlocked import opened
from tests.cast import client_of, treatment_of

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
PASSPHRASE = "five words of hers and more"
ALL = ("administration", "record", "process_notes")


@pytest.fixture(autouse=True)
def _calm():
    cache.clear()


def token_of(actor, *clients, compartments=ALL, days=30):
    with opened(actor.unlocked):
        return make_token(
            by=actor.person, purpose="study of hours", clients=clients, compartments=compartments,
            ends_on=TODAY + timedelta(days=days), today=TODAY,
        )  # fmt: skip


def get(words, address, **headers):
    return Browser(raise_request_exception=False).get(address, headers={"Authorization": f"Bearer {words}", **headers})  # fmt: skip


def test_a_token_reads_clients_treatments_and_hours(cast):
    _row, words = token_of(cast.ana, cast.client)
    assert get(words, "/api/clients").json() == [
        {"id": str(cast.client.id), "state": "active", "called": "Cleo", "name": "Cleo Marsh"}
    ]
    [course] = get(words, f"/api/clients/{cast.client.id}/treatments").json()
    assert course["id"] == str(cast.treatment.id)
    hours = get(words, f"/api/treatments/{cast.treatment.id}/sessions").json()
    assert [hour["number"] for hour in hours] == [1, 2, 3]
    assert get(words, f"/api/sessions/{hours[0]['id']}").json() == hours[0]
    assert "line of hour" not in json.dumps(hours)


def test_without_a_token_every_address_asks_for_one(cast):
    for address in ("/api/clients", "/api/openapi.json", "/api/me", f"/api/treatments/{cast.treatment.id}"):
        answer = Browser().get(address)
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/json")
        assert "Bearer" in answer["WWW-Authenticate"]


@pytest.mark.parametrize("words", ["", "x", "Bearer", "a" * 43, "\u00e9" * 20])
def test_a_token_that_is_none_is_refused(cast, words):
    assert get(words, "/api/clients").status_code == 401


def test_a_token_opens_the_chosen_compartments_and_no_other(cast):
    _row, words = token_of(cast.ana, cast.client, compartments=["administration"])
    assert get(words, f"/api/treatments/{cast.treatment.id}").status_code == 200
    assert get(words, f"/api/treatments/{cast.treatment.id}/measures").status_code == 404
    assert get(words, f"/api/treatments/{cast.treatment.id}/marks").status_code == 404
    assert get(words, f"/api/fhir/Goal?patient={cast.client.id}").status_code == 404


def test_names_are_empty_without_a_key_to_the_administration(cast):
    _row, words = token_of(cast.ana, cast.client, compartments=["process_notes"])
    [one] = get(words, "/api/clients").json()
    assert (one["called"], one["name"]) == (None, None)
    assert get(words, f"/api/clients/{cast.client.id}").status_code == 404


def test_a_token_opens_the_chosen_clients_and_no_other(cast):
    second = client_of(cast.ana, "Ida Brook")
    course = treatment_of(cast.ana, second, hours=1)
    _row, words = token_of(cast.ana, cast.client)
    assert len(get(words, "/api/clients").json()) == 1
    assert get(words, f"/api/treatments/{course.id}").status_code == 404
    assert get(words, f"/api/treatments/{cast.other_treatment.id}").status_code == 404


def test_a_token_taken_back_opens_nothing_from_the_next_call_on(cast):
    row, words = token_of(cast.ana, cast.client)
    assert get(words, "/api/me").status_code == 200
    revoke_token(token=row, by=cast.ana.person)
    assert get(words, "/api/me").status_code == 401
    assert not TokenKey.objects.filter(token=row).exists()


def test_a_token_ends_with_its_last_day(cast):
    row, words = token_of(cast.ana, cast.client)
    ApiToken.objects.filter(pk=row.pk).update(ends_on=TODAY - timedelta(days=2))
    assert get(words, "/api/me").status_code == 401


def test_a_token_of_a_closed_sign_in_is_closed(cast):
    _row, words = token_of(cast.ana, cast.client)
    cast.ana.person.is_active = False
    cast.ana.person.save(update_fields=["is_active"])
    assert get(words, "/api/me").status_code == 401


def test_a_grant_that_was_taken_back_is_gone_for_the_token_too(cast):
    with opened(cast.ana.unlocked):
        vault.share(owner=cast.client.id, compartments=["administration"], reader=cast.ben.id, purpose="supervision")  # fmt: skip
    Involvement.objects.create(person=cast.ben.person, practice=cast.practice.id, client=cast.client.id, part=Part.SUPERVISOR)  # fmt: skip
    _row, words = token_of(cast.ben, cast.client, compartments=["administration"])
    assert get(words, f"/api/clients/{cast.client.id}").status_code == 200
    Grant.objects.filter(reader=cast.ben.person).update(ends_at=datetime.now(UTC) - timedelta(minutes=1))
    assert get(words, f"/api/clients/{cast.client.id}").status_code == 404
    Grant.objects.filter(reader=cast.ben.person).delete()
    assert get(words, f"/api/clients/{cast.client.id}").status_code == 404


def test_a_part_that_ended_is_ended_for_the_token_too(cast):
    _row, words = token_of(cast.ana, cast.client)
    Involvement.objects.filter(person=cast.ana.person).update(ends_at=datetime.now(UTC))
    assert get(words, "/api/clients").json() == []
    assert get(words, f"/api/treatments/{cast.treatment.id}").status_code == 404


def test_a_token_does_not_open_a_key_made_after_it(cast):
    _row, words = token_of(cast.ana, cast.client, compartments=["administration"])
    with opened(cast.ana.unlocked):
        rotate(owner=cast.client.id, compartment="administration")
    answer = get(words, f"/api/clients/{cast.client.id}")
    assert answer.status_code == 404
    assert "Cleo" not in answer.content.decode()


def said_of_tokens(cast):
    return cast.ana.browser().get("/practice/tokens/").content.decode()


def test_the_page_says_which_token_opens_nothing_since_its_keys_were_renewed(cast):
    token_of(cast.ana, cast.client, compartments=["administration"])
    assert "Opens nothing any more" not in said_of_tokens(cast)
    with opened(cast.ana.unlocked):
        rotate(owner=cast.client.id, compartment="administration")
    assert "Opens nothing any more: the keys were renewed" in said_of_tokens(cast)
    token_of(cast.ana, cast.client, compartments=["administration"])
    assert said_of_tokens(cast).count("Opens nothing any more") == 1


def test_the_page_says_which_token_opens_less_than_it_did(cast):
    token_of(cast.ana, cast.client, compartments=["administration", "record"])
    with opened(cast.ana.unlocked):
        rotate(owner=cast.client.id, compartment="record")
    assert "Opens less than it did" in said_of_tokens(cast)


def test_the_page_says_which_token_is_closed_because_its_maker_is(cast):
    token_of(cast.ana, cast.client)
    Grant.objects.filter(reader=cast.ana.person, data_key__owner=cast.client.id).delete()
    assert "what it read is closed to you" in said_of_tokens(cast)


def test_a_token_taken_back_or_ended_says_no_more_than_that(cast):
    row, _words = token_of(cast.ana, cast.client)
    with opened(cast.ana.unlocked):
        rotate(owner=cast.client.id, compartment="administration")
    revoke_token(token=row, by=cast.ana.person)
    assert "Opens" not in said_of_tokens(cast)


def test_the_database_alone_does_not_use_a_token(cast):
    row, words = token_of(cast.ana, cast.client)
    assert get(row.name, "/api/me").status_code == 401
    stored = json.dumps([str(value) for value in ApiToken.objects.values().get().values()])
    assert words not in stored


def test_what_tokens_hold_is_in_no_backup():
    from depthwork.practice.keeping import backup

    assert TokenKey._meta.db_table in backup.FLEETING


def test_a_destroyed_compartment_is_destroyed_for_the_token_too(cast):
    _row, words = token_of(cast.ana, cast.client)
    with opened(cast.ana.unlocked):
        vault.shred(owner=cast.client.id, by=cast.ana.id, compartment="administration")
    assert not TokenKey.objects.filter(data_key__compartment="administration").exists()
    assert get(words, f"/api/clients/{cast.client.id}").status_code == 404


def test_a_token_counts_below_the_api_alone(cast):
    _row, words = token_of(cast.ana, cast.client)
    answer = get(words, f"/clients/{cast.client.id}/")
    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_token_writes_nothing(cast, method):
    _row, words = token_of(cast.ana, cast.client)
    answer = getattr(Browser(), method)("/api/clients", headers={"Authorization": f"Bearer {words}"})
    assert answer.status_code == 405
    assert answer.json()["error"]


def test_every_call_is_an_event_that_names_the_token_and_no_client(cast):
    row, words = token_of(cast.ana, cast.client)
    before = Event.objects.count()
    get(words, "/api/clients")
    get(words, f"/api/treatments/{cast.treatment.id}/sessions")
    get(words, f"/api/treatments/{cast.other_treatment.id}")
    used = Event.objects.filter(n__gt=before, verb="token.used", object_id=str(row.id))
    assert [one.reason for one in used.order_by("n")] == ["api:clients 200", "api:sessions 200", "api:treatment 404"]  # fmt: skip
    assert Event.objects.filter(n__gt=before, verb="hours.read", client=cast.client.id).count() == 1


def test_too_many_calls_are_told_to_wait(cast, monkeypatch):
    monkeypatch.setattr(door, "A_MINUTE", 3)
    monkeypatch.setattr(door, "datetime", _Noon)
    _row, words = token_of(cast.ana, cast.client)
    told = [get(words, "/api/me").status_code for _ in range(5)]
    assert told == [200, 200, 200, 429, 429]
    assert get(words, "/api/me")["Retry-After"] == "60"


class _Noon:
    @staticmethod
    def now(zone):
        return datetime(2026, 1, 1, 12, tzinfo=zone)


def test_a_manager_cannot_make_a_token_for_process_notes(cast):
    with pytest.raises(TokenError, match="keys open none"):
        token_of(cast.mara, cast.client, compartments=["process_notes"])
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"purpose": " "}, "what the token is for"),
        ({"compartments": []}, "what it may read"),
        ({"compartments": ["sud"]}, "what it may read"),
        ({"clients": []}, "at least one client"),
        ({"ends_on": date(2020, 1, 1)}, "last day"),
        ({"ends_on": date(2999, 1, 1)}, "last day"),
    ],
)
def test_a_token_that_is_asked_for_badly_is_refused_in_words(cast, change, words):
    asked = {"purpose": "x", "compartments": ["record"], "clients": [cast.client], "ends_on": TODAY, **change}
    with opened(cast.ana.unlocked), pytest.raises(TokenError, match=words):
        make_token(by=cast.ana.person, today=TODAY, **asked)


@pytest.fixture
def knows_it(monkeypatch):
    """The passphrase of everybody here is this one; the slow step itself is tried at the door."""
    monkeypatch.setattr(Person, "check_password", lambda person, words: words == PASSPHRASE)


def asked(cast, passphrase=PASSPHRASE):
    return {
        "purpose": "study", "compartments": ["administration"], "clients": [str(cast.client.id)],
        "ends_on": (TODAY + timedelta(days=5)).isoformat(), "passphrase": passphrase,
    }  # fmt: skip


def test_a_token_is_made_for_whoever_types_the_passphrase_once_more(cast, knows_it):
    browser = cast.ana.browser()
    for wrong in ("", "not this one, I think"):
        answer = browser.post("/practice/tokens/", asked(cast, wrong))
        assert (answer.status_code, answer.context["words"]) == (422, "")
    assert "This is not your passphrase." in answer.content.decode()
    assert "I think" not in answer.content.decode()
    assert not ApiToken.objects.exists()
    assert Event.objects.filter(verb="passphrase_again_failed", actor=cast.ana.id).count() == 1


def test_the_passphrase_is_not_guessed_at_the_page_of_tokens(cast, knows_it):
    browser = cast.ana.browser()
    for _ in range(5):
        browser.post("/practice/tokens/", asked(cast, "not this one, I think"))
    answer = browser.post("/practice/tokens/", asked(cast))
    assert answer.status_code == 422
    assert "Too many tries" in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_a_token_that_opens_nothing_is_noted_without_its_words(cast):
    row, words = token_of(cast.ana, cast.client)
    revoke_token(token=row, by=cast.ana.person)
    before = Event.objects.count()
    get(words, "/api/me")
    get("a" * 43, "/api/me")
    told = list(Event.objects.filter(n__gt=before).order_by("n"))
    assert [(one.verb, one.object_id, one.reason) for one in told] == [
        ("token.refused", str(row.id), "taken back"), ("token.refused", "", "unknown")
    ]  # fmt: skip
    assert [one.practice for one in told] == [cast.practice.id, None]
    assert all(
        words not in str(value) and "aaaa" not in str(value) for one in told for value in vars(one).values()
    )


def test_tokens_are_not_guessed_and_a_good_one_beside_them_goes_on(cast):
    _row, words = token_of(cast.ana, cast.client)
    told = [get(f"{n:043}", "/api/me").status_code for n in range(door.MISSES + 3)]
    assert told == [401] * door.MISSES + [429] * 3
    assert Event.objects.filter(verb="token.refused").count() == door.MISSES
    assert get(words, "/api/me").status_code == 200


def test_fhir_by_id_looks_into_one_record_alone(cast, monkeypatch):
    for n in range(4):
        treatment_of(cast.ana, client_of(cast.ana, f"Client {n}"), hours=1)
    _row, words = token_of(cast.ana, *clients_for(cast.ana.person))
    goal = str(Goal.objects.create(client=cast.client, treatment=cast.treatment).id)
    opened_records = []
    monkeypatch.setattr(
        fhir,
        "facts_of",
        lambda client, **more: opened_records.append((client.id, more["kinds"])) or facts_of(client, **more),
    )
    assert get(words, f"/api/fhir/Goal/{goal}").json()["id"] == goal
    assert get(words, f"/api/fhir/Practitioner/{cast.ana.id}").json()["id"] == str(cast.ana.id)
    assert [kinds for _id, kinds in opened_records] == [{"Goal"}, {"Practitioner"}]
    assert get(words, f"/api/fhir/Goal/{uuid4()}").status_code == 404
    assert get(words, f"/api/fhir/EpisodeOfCare/{cast.other_treatment.id}").status_code == 404
    assert len(opened_records) == 2
    assert get(words, "/api/fhir/Questionnaire/phq9").json()["resourceType"] == "Questionnaire"


def test_the_page_shows_the_words_once(cast, knows_it):
    browser = cast.ana.browser()
    answer = browser.post("/practice/tokens/", asked(cast))
    words = answer.context["words"]
    assert words in answer.content.decode()
    assert get(words, "/api/me").json()["purpose"] == "study"
    again = browser.get("/practice/tokens/").content.decode()
    assert words not in again
    assert "study" in again


def test_a_manager_takes_a_colleagues_token_back_and_a_colleague_does_not(cast):
    row, words = token_of(cast.ana, cast.client)
    assert cast.eve.browser().post(f"/practice/tokens/{row.id}/take-back/").status_code == 404
    assert get(words, "/api/me").status_code == 200
    assert cast.mara.browser().post(f"/practice/tokens/{row.id}/take-back/").status_code == 302
    assert get(words, "/api/me").status_code == 401


def test_a_locked_sign_in_makes_no_token(cast):
    answer = cast.ana.browser(locked=True).get("/practice/tokens/")
    assert answer.status_code == 302
    assert "unlock" in answer["Location"]


def test_a_token_cannot_be_taken_back_by_nobody(cast):
    row, _words = token_of(cast.ana, cast.client)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.filter(pk=row.pk).update(revoked_at=datetime.now(UTC))


def test_marks_patterns_and_annotations_open_with_the_key_to_process_notes(cast):
    _row, words = token_of(cast.ana, cast.client)
    assert get(words, f"/api/treatments/{cast.treatment.id}/marks").json() == []
    found = get(words, f"/api/treatments/{cast.treatment.id}/patterns").json()
    assert (found["episodes"], found["core"]) == (0, None)
    hour = Session.objects.filter(treatment=cast.treatment).first()
    assert get(words, f"/api/sessions/{hour.id}/annotations").json() == []


def test_the_description_names_every_address_and_its_token(cast):
    _row, words = token_of(cast.ana, cast.client)
    told = get(words, "/api/openapi.json").json()
    assert {"/api/clients", "/api/fhir/metadata", "/api/treatments/{treatment_id}/marks"} <= set(
        told["paths"]
    )
    assert all(set(path) == {"get"} for path in told["paths"].values())
    assert cast.ana.browser().get("/api/openapi.json").status_code == 200


def test_fhir_reads_what_the_bundle_holds(cast):
    from depthwork.interchange.fhir.bundle import KNOWN

    _row, words = token_of(cast.ana, cast.client)
    says = get(words, "/api/fhir/metadata")
    assert says["Content-Type"] == "application/fhir+json"
    assert says.json()["resourceType"] == "CapabilityStatement"
    for kind in KNOWN:
        found = get(words, f"/api/fhir/{kind}?patient={cast.client.id}")
        assert found.status_code == 200, kind
        for entry in found.json().get("entry", []):
            one = entry["resource"]
            assert get(words, f"/api/fhir/{kind}/{one['id']}").json() == one
    hours = get(words, f"/api/fhir/Encounter?patient=Patient/{cast.client.id}").json()
    assert hours["total"] == 3


def test_fhir_asked_for_one_kind_opens_that_kind_alone(cast):
    with opened(cast.ana.unlocked):
        facts = facts_of(cast.client, kinds={"EpisodeOfCare"})
    assert facts.courses
    rest = (facts.hours, facts.documents, facts.consents, facts.goals, facts.answers)
    assert not any(rest)


def test_fhir_answers_a_parameter_it_does_not_know_with_400(cast):
    _row, words = token_of(cast.ana, cast.client)
    answer = get(words, f"/api/fhir/Goal?patient={cast.client.id}&lifecycle-status=active")
    assert answer.status_code == 400
    assert "metadata" in answer.json()["issue"][0]["diagnostics"]


def test_fhir_gives_each_resource_its_address_and_the_search_its_own(cast):
    _row, words = token_of(cast.ana, cast.client)
    made = get(words, f"/api/fhir/EpisodeOfCare?patient={cast.client.id}&_id={cast.treatment.id}").json()
    assert [one["relation"] for one in made["link"]] == ["self"]
    assert [one["fullUrl"] for one in made["entry"]] == [
        f"http://testserver/api/fhir/EpisodeOfCare/{cast.treatment.id}"
    ]
    assert get(words, f"/api/fhir/EpisodeOfCare?patient={cast.client.id}&_id=none").json()["total"] == 0


def test_every_search_parameter_of_the_statement_is_answered(cast):
    _row, words = token_of(cast.ana, cast.client)
    for one in get(words, "/api/fhir/metadata").json()["rest"][0]["resource"]:
        for parameter in one["searchParam"]:
            query = {"patient": f"patient={cast.client.id}", "_id": f"patient={cast.client.id}&_id=x"}[
                parameter["name"]
            ]
            assert get(words, f"/api/fhir/{one['type']}?{query}").status_code == 200


def test_the_audit_page_says_which_token_and_what_for(cast):
    row, words = token_of(cast.ana, cast.client)
    get(words, "/api/clients")
    text = cast.ana.browser().get("/practice/audit/").content.decode()
    assert f"token {row.id.hex[:6]}, for: {row.purpose}" in text


def test_the_page_of_tokens_names_an_address_and_how_to_call_it(cast):
    text = cast.ana.browser().get("/practice/tokens/").content.decode()
    assert "curl -H" in text
    assert "http://testserver/api/clients" in text


def test_fhir_says_in_an_outcome_what_went_wrong(cast):
    _row, words = token_of(cast.ana, cast.client)
    for address, status in (
        ("/api/fhir/Goal", 400), ("/api/fhir/Goal?patient=x", 400), ("/api/fhir/Nothing/1", 404),
        (f"/api/fhir/Patient/{cast.other.id}", 404), (f"/api/fhir/Goal?patient={cast.other.id}", 404),
    ):  # fmt: skip
        answer = get(words, address)
        assert (answer.status_code, answer.json()["resourceType"]) == (status, "OperationOutcome"), address
    assert Browser().get("/api/fhir/metadata").json()["resourceType"] == "OperationOutcome"


def test_an_error_says_nothing_of_what_was_asked(cast):
    _row, words = token_of(cast.ana, cast.client)
    answer = get(words, "/api/clients/Cleo-Marsh")
    assert answer.status_code == 404
    assert "Cleo" not in answer.content.decode()
