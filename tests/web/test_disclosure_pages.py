"""The pages of giving out and taking in, and the same by the command line."""

import json
import os
from datetime import date

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from depthwork.cli import cli
from depthwork.interchange.parcel import unpacked
from depthwork.practice.audit.models import Event
from depthwork.practice.disclosure import actions, making
from depthwork.practice.disclosure.models import Arrival, Disclosure, Release
from depthwork.practice.people.actions import admit
from depthwork.practice.people.logins import login_of
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.vault.purposes import package_identity
from depthwork.practice.vault.unlocked import opened
from tests.cast import client_of, everybody
from tests.foreign_record import foreign_bundle
from tests.moving import ALL, standing

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def cast_once(django_db_setup, django_db_blocker):
    with standing(django_db_blocker):
        yield everybody()


@pytest.fixture
def cast(cast_once, db):
    """The cast, made once for this file; what a test changes on a row in memory is read again."""
    cast_once.client = Client.objects.select_related("practice").get(id=cast_once.client.id)
    cast_once.treatment = Treatment.objects.select_related("client__practice").get(id=cast_once.treatment.id)
    cast_once.practice = cast_once.client.practice
    return cast_once


def page(cast, path="", who="ana"):
    return getattr(cast, who).browser().get(f"/clients/{cast.client.id}/giving-out/{path}")


def post(cast, path, data=None, who="ana"):
    return getattr(cast, who).browser().post(f"/clients/{cast.client.id}/giving-out/{path}", data or {})


def word(cast, **more):
    with opened(cast.ana.unlocked):
        asked = {
            "purpose": "transfer",
            "compartments": ALL,
            "to_whom": "Hill House",
            "signed_on": date(2026, 1, 6),
        } | more
        return actions.give_release(client=cast.client, by=cast.ana.person, **asked)


def test_the_page_says_what_may_leave_and_that_nothing_has(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        text = page(cast).content.decode()
    assert "No release is written down." in text
    assert "none stands today" in text
    assert "Process notes are no part of the copy" in text


@pytest.mark.parametrize("who", ["eve", "ben", "mara", "rui", "dov"])
def test_only_the_clinician_of_the_treatment_gives_out(cast, who):
    assert page(cast, who=who).status_code == 404
    for path in ("case/", "own-copy/", "fhir/", "annotations/"):
        assert post(cast, path, who=who).status_code == 404
    assert not Disclosure.objects.exists()


def test_a_release_is_written_down_and_taken_back(cast):
    made = post(
        cast,
        "release/",
        {
            "purpose": "transfer",
            "to_whom": "Hill House",
            "compartments": ["record"],
            "signed_on": "2026-11-01",
        },
    )
    assert made.status_code == 302
    row = Release.objects.get()
    assert "Hill House" in page(cast).content.decode()
    assert cast.ana.browser().post(f"/releases/{row.id}/take-back/").status_code == 302
    assert Release.objects.get().revoked_by == cast.ana.person
    assert cast.ana.browser().post(f"/releases/{row.id}/take-back/").status_code == 422


def test_a_release_without_a_compartment_is_asked_again(cast):
    made = post(cast, "release/", {"purpose": "transfer", "to_whom": "Hill House", "signed_on": "2026-11-01"})
    assert made.status_code == 422
    assert not Release.objects.exists()


def test_a_treatment_goes_from_page_to_page(cast):
    word(cast)
    with opened(cast.dov.unlocked):
        key = package_identity()[1]
    release = Release.objects.get()
    sent = post(cast, "case/", {"release": release.id, "recipient": key})
    assert sent.status_code == 200
    assert "Cleo" not in sent["Content-Disposition"]
    upload = SimpleUploadedFile("case.age", sent.content)
    done = cast.dov.browser().post("/take-in/", {"file": upload}, follow=True)
    text = done.content.decode()
    assert "Harbour Rooms" in text
    assert Arrival.objects.count() == 1
    again = cast.dov.browser().post("/take-in/", {"file": SimpleUploadedFile("case.age", sent.content)})
    assert again.status_code == 422
    assert "stands in this practice already" in again.content.decode()
    log = page(cast).content.decode()
    assert Disclosure.objects.get().sha256[:12] in log


def test_a_mistyped_key_leaves_no_trace_of_something_given_out(cast):
    release = word(cast)
    for data in (
        {"recipient": "age1xyz"},
        {"passphrase": "short"},
        {},
        {"recipient": "age1xyz", "passphrase": "fifteen letters and more"},
    ):
        assert post(cast, "case/", {"release": release.id, **data}).status_code == 422
    assert not Disclosure.objects.exists()


def test_the_record_leaves_as_fhir_and_comes_in_elsewhere(cast):
    sent = post(cast, "fhir/")
    assert json.loads(sent.content)["resourceType"] == "Bundle"
    done = cast.dov.browser().post(
        "/take-in/", {"file": SimpleUploadedFile("r.json", sent.content)}, follow=True
    )
    assert "A record that came as FHIR." in done.content.decode()
    assert Treatment.objects.filter(clinician=cast.dov.person).count() == 2


def test_a_bundle_with_unknown_resources_asks_first(cast):
    bundle = json.loads(post(cast, "fhir/").content)
    bundle["entry"].append({"resource": {"resourceType": "Immunization", "id": "1"}})
    raw = json.dumps(bundle).encode()
    asked = cast.dov.browser().post("/take-in/", {"file": SimpleUploadedFile("r.json", raw)})
    assert asked.status_code == 422
    assert "1 Immunization" in asked.content.decode()
    assert not Arrival.objects.exists()
    done = cast.dov.browser().post(
        "/take-in/", {"file": SimpleUploadedFile("r.json", raw), "without": "on"}, follow=True
    )
    assert "Left out: 1 Immunization: a kind of resource that is not kept here" in done.content.decode()


def test_a_foreign_record_is_taken_in_after_its_question(cast):
    """Whatever has no place is asked about before anything is written, and listed afterwards."""
    raw = json.dumps(foreign_bundle()).encode()
    give = lambda **more: cast.dov.browser().post("/take-in/", {"file": SimpleUploadedFile("r.json", raw), **more}, follow=True)  # noqa: E731  # fmt: skip
    asked = give().content.decode()
    assert "1 Observation: a score without its answers" in asked
    assert not Arrival.objects.exists()
    done = give(without="on").content.decode()
    assert "Left out: 1 Goal: closed there without a day" in done
    assert "the treatment is one, from the first day that the record names" in done
    treatment = Treatment.objects.get(client__practice=cast.elsewhere, starts_on="2026-02-03")
    assert treatment.sessions.count() == 2


def test_a_diagnosis_where_none_is_kept_is_asked_about_first(cast):
    made = json.loads(post(cast, "fhir/").content)
    patient = made["entry"][0]["resource"]["id"]
    code = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "F41.1"}]}
    made["entry"].append({"resource": {"resourceType": "Condition", "id": "d1", "code": code, "recordedDate": "2026-02-03",
                                       "subject": {"reference": f"Patient/{patient}"}}})  # fmt: skip
    cast.elsewhere.country = "GB"
    cast.elsewhere.save()
    raw = SimpleUploadedFile("r.json", json.dumps(made).encode())
    asked = cast.dov.browser().post("/take-in/", {"file": raw})
    assert asked.status_code == 422
    assert "where you practise, no diagnosis is kept" in asked.content.decode()
    assert not Arrival.objects.exists()


@pytest.mark.parametrize(
    "raw", [b"x", b"{}", b'{"resourceType":"Bundle"}', b"age-encryption.org/v1\n-> X25519 a\n", b"PK\x03\x04"]
)
def test_what_is_no_package_and_no_bundle_is_refused_on_the_page(cast, raw):
    made = cast.dov.browser().post("/take-in/", {"file": SimpleUploadedFile("f", raw)})
    assert made.status_code == 422
    assert Client.objects.filter(practice=cast.elsewhere).count() == 1


def test_the_own_copy_follows_the_profile_and_says_so(cast):
    made = post(cast, "own-copy/")
    manifest, files = unpacked(made.content)
    assert manifest["compartments"] == ["administration", "record"]
    assert "no part of the copy" in manifest["rule"]
    assert b"line of hour" not in b"".join(files.values())
    assert "read me first.html" in files
    cast.practice.jurisdiction = "uk"
    cast.practice.save()
    assert post(cast, "own-copy/").status_code == 422
    word(cast, purpose="own_access", to_whom="Cleo")
    _manifest, files = unpacked(post(cast, "own-copy/").content)
    assert b"line of hour 1" in files["tables/treatments.session.csv"]


def test_annotations_need_a_release_that_names_the_notes(cast):
    assert post(cast, "annotations/", {"form": "web"}).status_code == 422
    word(cast, purpose="colleague", compartments=["record"])
    assert post(cast, "annotations/", {"form": "web"}).status_code == 422
    assert not Disclosure.objects.exists()


def test_research_says_how_many_agreed_and_makes_nothing_of_one(cast):
    browser = cast.ana.browser()
    assert "keys you hold, none agreed" in browser.get("/research/").content.decode()
    made = browser.post("/research/", {"project": "alliance"})
    assert made.status_code == 422
    assert "Nothing can be made yet" in made.content.decode()
    assert cast.mara.browser().get("/research/").status_code == 404


# By the command line.

PASSPHRASE = "salt rope lantern quarter"


def run(*arguments, typed=PASSPHRASE, **env):
    return CliRunner().invoke(cli, [*arguments], input=f"{typed}\n", env=env)


@pytest.fixture
def ida(cast):
    """A clinician who signs in by a passphrase, with one client."""
    person, unlocked, code = admit(
        practice=cast.practice,
        address="ida",
        passphrase=PASSPHRASE,
        display_name="Ida",
        roles=["clinician"],
        by=None,
    )
    from depthwork.practice.vault import actions as vault
    from tests.cast import Actor, client_of, treatment_of

    vault.confirm_recovery(person=person.id, code=code)
    actor = Actor(person, unlocked, code)
    client = client_of(actor, "Ada Lunt")
    treatment_of(actor, client, hours=2)
    assert person.login == login_of("ida")
    return actor


def test_the_command_line_gives_out_and_says_the_fingerprint(ida, tmp_path):
    out = tmp_path / "ada.json"
    done = run("export", "fhir", "--login", "ida", "--client", "ada", "-o", str(out), "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["sha256"] == Disclosure.objects.get().sha256
    assert json.loads(out.read_bytes())["resourceType"] == "Bundle"
    assert os.stat(out).st_mode & 0o077 == 0
    assert Event.objects.filter(verb="gave_out.fhir").count() == 1
    again = run("export", "fhir", "--login", "ida", "--client", "ada", "-o", str(out))
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)
    case = run(
        "export",
        "case",
        "--login",
        "ida",
        "--client",
        "Ada Lunt",
        "--to",
        "age1x",
        "-o",
        str(tmp_path / "c.age"),
    )
    assert (case.exit_code, "receiving key" in case.stderr) == (2, True)
    wrong = run(
        "export",
        "fhir",
        "--login",
        "ida",
        "--client",
        "ada",
        "-o",
        str(tmp_path / "b"),
        typed="another passphrase here",
    )
    assert (wrong.exit_code, "do not belong together" in wrong.stderr) == (2, True)
    nobody = run("export", "access", "--login", "ida", "--client", "Zed", "-o", str(tmp_path / "b"))
    assert (nobody.exit_code, "no client of yours" in nobody.stderr) == (2, True)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["ada.json"]
    assert "Traceback" not in again.output + case.output + wrong.output + nobody.output


def test_the_command_line_takes_a_treatment_in(cast, ida, tmp_path):
    word(cast)
    with opened(ida.unlocked):
        key = package_identity()[1]
    ida.person.practice = cast.elsewhere
    ida.person.save()
    with opened(cast.ana.unlocked):
        given = making.give_case(
            cast.treatment,
            compartments=ALL,
            release=Release.objects.get(),
            by=cast.ana.person,
            on=date(2026, 11, 17),
        )
        (tmp_path / "case.age").write_bytes(actions.seal(given.raw, recipients=[key]))
    (tmp_path / "cut.age").write_bytes((tmp_path / "case.age").read_bytes()[:-30])
    cut = run("take-in", "--login", "ida", str(tmp_path / "cut.age"))
    assert (cut.exit_code, "cut short or damaged" in cut.stderr) == (2, True)
    done = run("take-in", "--login", "ida", str(tmp_path / "case.age"), "--json")
    assert done.exit_code == 0, done.output
    assert Treatment.objects.get(id=json.loads(done.stdout)["treatment"]).clinician == ida.person


def test_the_command_line_takes_a_further_course_in_and_says_what_stays_out(cast, ida, tmp_path):
    word(cast)
    with opened(ida.unlocked):
        key = package_identity()[1]
    ida.person.practice = cast.elsewhere
    ida.person.save()
    here = client_of(ida, "Cleo Marsh")
    with opened(ida.unlocked):
        here.contact = {"email": "cleo@new.example"}
        here.save()
    with opened(cast.ana.unlocked):
        given = making.give_case(
            cast.treatment, compartments=ALL, release=Release.objects.get(), by=cast.ana.person, on=date(2026, 11, 17)
        )  # fmt: skip
        (tmp_path / "case.age").write_bytes(actions.seal(given.raw, recipients=[key]))
    asked = ("take-in", "--login", "ida", "--client", "Cleo Marsh", str(tmp_path / "case.age"))
    shown = run(*asked)
    assert (shown.exit_code, "stays out: Name and contact, e-mail" in shown.stderr) == (2, True)
    assert not Treatment.objects.filter(client=here).exists()
    done = run(*asked, "--without-unknown", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["client"], told["left_out"]) == (here.id.hex, 1)
    assert Treatment.objects.get(id=told["treatment"]).client_id == here.id


def test_every_command_opens_with_a_sentence_and_closes_with_an_example():
    for name in ("fhir", "annotations", "case", "access", "research"):
        told = CliRunner().invoke(cli, ["export", name, "--help"]).output
        assert f"Example: depthwork export {name}" in told


def test_the_command_line_takes_marks_in_to_a_clients_text(ida, tmp_path):
    from depthwork.coding import Mark, Span
    from depthwork.coding.marks_file import MarksFile
    from depthwork.interchange.annotations.uima import to_xmi
    from depthwork.practice.casework.models import MarkRow
    from depthwork.transcripts import transcript_of
    from tests.casework import WORDS, hour_with_words

    client = Treatment.objects.get(clinician=ida.person).client
    hour_with_words(ida, client)
    text = transcript_of(WORDS)
    mark = Mark(
        "", Span(0, 8), 0, "", "wish", "w_to_vanish", "coder:unknown", "confirmed", "", quote="You came"
    )
    (tmp_path / "hour.xmi").write_bytes(to_xmi(MarksFile("x", text.sha256, (mark,)), text))
    unsaid = run("take-in", "--login", "ida", str(tmp_path / "hour.xmi"))
    assert (unsaid.exit_code, "--client" in unsaid.stderr) == (2, True)
    given = (
        "take-in",
        "--login",
        "ida",
        "--client",
        "Ada Lunt",
        "--coder",
        "Ben",
        str(tmp_path / "hour.xmi"),
    )
    done = run(*given, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["written"], told["stood"], told["texts"]) == (1, 0, 1)
    assert any("w_to_vanish" in one for one in told["findings"])
    again = run(*given)
    assert (again.exit_code, "0 marks on" in again.stdout) == (0, True)
    assert MarkRow.objects.count() == 1
    (tmp_path / "hour.xmi").write_bytes(
        to_xmi(MarksFile("x", "", ()), transcript_of([("C", "Other words.")]))
    )
    other = run(*given)
    assert (other.exit_code, other.stderr.count("\n") <= 3, "another text" in other.stderr) == (2, True, True)
