"""Case packages between two practices: whole, sealed, on the client's word, and never half."""

import base64
import json
import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from depthwork.interchange.case_package import read_package
from depthwork.interchange.parcel import members_of
from depthwork.practice.audit.models import Event
from depthwork.practice.disclosure import (
    actions,
    carried,
    copy_page,
    copy_words,
    field_words,
    making,
    unpacking,
)
from depthwork.practice.disclosure.access import access_parcel
from depthwork.practice.disclosure.actions.arriving import open_package, take_in_package
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.models import Arrival, Disclosure
from depthwork.practice.disclosure.packing import package_of
from depthwork.practice.people.models import Person, Practice
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.models import Client, Session, Treatment
from depthwork.practice.vault.age import new_identity, open_bytes
from depthwork.practice.vault.errors import Tampered, VaultError
from depthwork.practice.vault.purposes import package_identity, signature_holds
from depthwork.practice.vault.unlocked import opened
from tests.moving import ALL, everything, forget
from tests.packages import TODAY, counts, repacked, sealed_for, taken, word
from tests.treatments_made import fill_treatment

pytestmark = pytest.mark.django_db


def test_every_model_of_a_client_travels_or_says_why_it_stays():
    assert set(carried.of_clients()) == {*carried.TRAVELS, *carried.STAYS}


def test_every_table_that_travels_has_a_row_in_these_tests(filled):
    with opened(filled.ana.unlocked):
        rows, _files = everything(filled.treatment, filled.ana.person)
    assert set(rows) == set(carried.TRAVELS)


def test_a_treatment_stands_in_the_other_practice_as_it_stood_here(filled):
    given, sealed = sealed_for(filled, filled.dov)
    with opened(filled.ana.unlocked):
        before, files = everything(filled.treatment, filled.ana.person)
    with opened(filled.dov.unlocked):
        package, digest = open_package(sealed)
        back = take_in_package(package=package, digest=digest, by=filled.dov.person)
        after, files_there = everything(back, filled.dov.person)

        ids = _ids(package, filled.dov.person.practice)
    assert digest == given.disclosure.sha256
    assert files_there == files
    changed = {("treatments.treatment", "clinician_id"), ("sources.draft", "person_id"), ("treatments.session", "clinician_id"),
               ("tracking.request", "receipt"), ("tracking.request", "token_name"), ("supervision.supervision", "ended_at"), ("supervision.supervision", "ended_by_id")}  # fmt: skip
    for label, rows in before.items():
        wanted = sorted(
            (ids.within(row) | {"id": str(ids.of(_uuid(row["id"])))} for row in rows), key=lambda r: r["id"]
        )
        for was, stands in zip(wanted, after[label], strict=True):
            differs = {(label, name) for name in was if was[name] != stands[name]}
            assert differs <= changed, differs


def _uuid(text):
    from uuid import UUID

    return UUID(text)


def _ids(package, practice):
    """The rule for ids, asked again as if the client did not stand there yet."""
    import uuid

    space = uuid.uuid5(practice.id, str(package.about["treatment"]))
    names = [row["id"] for rows in package.rows.values() for row in rows] + [
        one["id"] for one in package.about["people"]
    ]
    return unpacking.Ids(False, {name: str(uuid.uuid5(space, name)) for name in names})


def test_the_one_who_takes_it_in_is_its_clinician_and_the_office_reads_nothing_more(filled):
    _given, sealed = sealed_for(filled, filled.dov)
    with opened(filled.dov.unlocked):
        package, digest = open_package(sealed)
        back = take_in_package(package=package, digest=digest, by=filled.dov.person)
        assert back.clinician == filled.dov.person
        assert back.client.name == "Cleo Marsh"
        assert back.client.practice == filled.elsewhere
    with opened(filled.ana.unlocked), pytest.raises(VaultError):
        Client.objects.get(id=back.client_id).name  # noqa: B018
    page = filled.dov.browser().get(f"/clients/{back.client_id}/")
    assert page.status_code == 200
    assert filled.ana.browser().get(f"/clients/{back.client_id}/").status_code == 404


def test_people_of_the_other_practice_stand_by_name_without_a_sign_in(filled):
    _given, sealed = sealed_for(filled, filled.dov)
    with opened(filled.dov.unlocked):
        take_in_package(package=open_package(sealed)[0], digest="0" * 64, by=filled.dov.person)
    strangers = Person.objects.filter(practice=filled.elsewhere, login__startswith="elsewhere-")
    assert {one.display_name for one in strangers} >= {"Ana"}
    assert not any(one.is_active or one.has_usable_password() or one.roles for one in strangers)
    assert "Ana" not in filled.dov.browser().get("/practice/").content.decode().replace("Dov", "")


def test_both_sides_keep_a_trace(filled):
    given, sealed = sealed_for(filled, filled.dov)
    with opened(filled.dov.unlocked):
        back = take_in_package(
            package=open_package(sealed)[0], digest=given.disclosure.sha256, by=filled.dov.person
        )
    out = Event.objects.get(verb="gave_out.case")
    came = Event.objects.get(verb="took_in.case")
    assert (out.client, out.actor, out.reason) == (filled.client.id, filled.ana.id, given.disclosure.sha256)
    assert (came.client, came.actor, came.reason) == (back.client_id, filled.dov.id, given.disclosure.sha256)
    with opened(filled.dov.unlocked):
        origin = Arrival.objects.get().origin
    assert (origin["practice"], origin["signed"], origin["signatures_held"]) == ("Harbour Rooms", 2, 2)


def test_the_same_treatment_gives_the_same_bytes_on_the_same_day(filled):
    with opened(filled.ana.unlocked):
        release = word(filled)
        made = [
            making.give_case(
                filled.treatment, compartments=ALL, release=release, by=filled.ana.person, on=TODAY
            ).raw
            for _ in range(2)
        ]
        assert made[0] == made[1]
        assert making.give_access(filled.client, release=None, by=filled.ana.person, on=TODAY).raw == making.give_access(
            filled.client, release=None, by=filled.ana.person, on=TODAY).raw  # fmt: skip


def page_of_the_copy(cast, language):
    Practice.objects.filter(id=cast.practice.id).update(language=language)
    client = Client.objects.select_related("practice").get(id=cast.client.id)
    with opened(cast.ana.unlocked):
        raw = access_parcel(client, compartments=("administration", "record"), made_on=TODAY)
    return members_of(raw, 10**8)["read me first.html"].decode()


def test_the_clients_copy_is_written_in_the_language_of_the_practice(filled):
    page = page_of_the_copy(filled, "de")
    assert '<html lang="de">' in page
    assert "17. November 2026" in page
    for english in ("<dt>wall time</dt>", "<dt>length in minutes</dt>", "<dd>held</dd>", "<h2>Hours</h2>"):
        assert english not in page
    assert "<dt>Länge in Minuten</dt><dd>50</dd>" in page
    assert "<dd>gehalten</dd>" in page


def test_every_column_of_the_clients_copy_has_words(filled):
    for label in (label for _key, _title, labels in copy_page.CHAPTERS for label in labels):
        model = carried.model_of(label)
        for field in model._meta.concrete_fields:
            if field.attname == "id" or any(part in field.attname for part in copy_words.UNREAD):
                continue
            assert field.attname in field_words.FIELDS, f"{label}.{field.attname}"
            assert not field.choices or {key for key, _ in field.flatchoices} <= set(field_words.CHOSEN), (
                label
            )


@pytest.mark.parametrize("compartments", [("administration",), ("administration", "record"), ALL])
def test_only_what_the_release_names_goes(filled, compartments):
    given, _sealed = sealed_for(filled, filled.dov, compartments=compartments)
    package = read_package(given.raw, verify=signature_holds)
    assert package.about["compartments"] == sorted({"administration", *compartments})
    held = "kept_line" in package.rows["treatments.session"][0]
    assert held == ("process_notes" in compartments)
    assert ("record.progressnote" in package.rows) == ("record" in compartments)
    assert ("sources.source" in package.rows) == ("process_notes" in compartments)
    with opened(filled.dov.unlocked):
        back = take_in_package(package=package, digest="0" * 64, by=filled.dov.person)
        assert (
            Session.objects.filter(treatment=back).count()
            == Session.objects.filter(treatment=filled.treatment).count()
        )


def test_another_treatment_of_the_same_client_stays(filled):
    with opened(filled.ana.unlocked):
        from tests.cast import treatment_of

        Treatment.objects.filter(pk=filled.treatment.pk).update(state=Treatment.State.ENDED)
        second = treatment_of(filled.ana, filled.client, hours=2, start=date(2026, 8, 4))
        fill_treatment(second, by=filled.ana.person, other=filled.ben.person, seed=2, first=False)
        package = package_of(filled.treatment, compartments=ALL, by=filled.ana.person, made_on=TODAY)
    text = json.dumps({label: list(rows) for label, rows in package.rows.items()})
    assert str(filled.treatment.id) in text
    assert str(second.id) not in text


def test_a_treatment_is_not_taken_in_twice(filled):
    _given, sealed = sealed_for(filled, filled.dov)
    with opened(filled.dov.unlocked):
        package, digest = open_package(sealed)
        take_in_package(package=package, digest=digest, by=filled.dov.person)
        before = counts()
        with pytest.raises(DisclosureError, match="stands in this practice already"):
            take_in_package(package=package, digest=digest, by=filled.dov.person)
    with opened(filled.ana.unlocked), pytest.raises(DisclosureError, match="already"):
        take_in_package(package=package, digest=digest, by=filled.ana.person)
    assert counts() == before


# Sealed files that are not as they were sent.


def test_what_waits_in_the_inbox_is_taken_in_first(filled):
    from depthwork.practice.portal.models import Thought

    with opened(filled.ana.unlocked):
        release = word(filled)
        Thought.objects.create(
            client=filled.client, left_at=datetime.now(UTC), box=b"x", data_key=filled.client.id, kind="dream"
        )
        with pytest.raises(DisclosureError, match="wait to be read"):
            making.give_case(
                filled.treatment, compartments=ALL, release=release, by=filled.ana.person, on=TODAY
            )
    assert not Disclosure.objects.exists()


def test_a_signed_note_that_was_altered_on_the_way_is_counted(filled):
    def change(rows, about, files):
        next(r for r in rows["record.progressnote"] if r["signed_at"])["plan"] = "something else"

    package, digest = taken(repacked(filled, change), filled.dov)
    with opened(filled.dov.unlocked):
        take_in_package(package=package, digest=digest, by=filled.dov.person)
        assert Arrival.objects.get().origin["signatures_held"] == 1


def test_a_burned_text_stays_burned(filled):
    from depthwork.practice.sources.actions import burn_source

    with opened(filled.ana.unlocked):
        source = Source.objects.filter(treatment=filled.treatment, burned_at=None).first()
        burn_source(source=source, by=filled.ana.person)
    _given, sealed = sealed_for(filled, filled.dov)
    with opened(filled.dov.unlocked):
        package, digest = open_package(sealed)
        back = take_in_package(package=package, digest=digest, by=filled.dov.person)
        there = Source.objects.filter(treatment=back)
        assert there.filter(burned_at__isnull=False).count() == 1
        assert there.count() == Source.objects.filter(treatment=filled.treatment).count()


def test_a_de_identified_pack_in_the_same_container_is_read_and_not_taken_in(filled):
    with opened(filled.ana.unlocked):
        public = base64.b64encode(filled.ana.unlocked.keys.sign_public).decode()
        raw = making.pack_package({"pack.txt": b"A case."}, {"from": {"sign_public": public}})
        sealed = actions.seal(raw, recipients=[package_identity()[1]])
        package, digest = open_package(sealed)
        assert actions.arriving.read_pack(package) == {"pack.txt": b"A case."}
        with pytest.raises(DisclosureError, match="to be read"):
            take_in_package(package=package, digest=digest, by=filled.ana.person)


def test_the_receiving_key_is_the_same_tomorrow_and_opens_with_it(filled):
    with opened(filled.dov.unlocked):
        identity, recipient = package_identity()
        assert package_identity() == (identity, recipient)
    assert open_bytes(actions.seal(b"words", recipients=[recipient]), identity=identity) == b"words"
    with pytest.raises(Tampered):
        open_bytes(actions.seal(b"words", recipients=[recipient]), identity=new_identity()[0])


def test_a_draft_goes_to_whoever_takes_it_in():
    assert ("sources.draft", "person") in carried.HANDED_ON


def many_marks(rows, about, files):
    """Forty times as many marks on the same texts, each under an id of its own."""
    marks = rows["casework.markrow"]
    for n in range(40):
        rows["casework.markrow"] = [
            *rows["casework.markrow"],
            *({**one, "id": str(uuid.uuid5(uuid.UUID(one["id"]), str(n)))} for one in marks),
        ]


def looked_for_keys(filled, change):
    """How often the key of a text is asked for while a package is taken in, and how many marks it holds."""
    package, digest = taken(repacked(filled, change), filled.dov)
    with (
        opened(filled.dov.unlocked),
        transaction.atomic(),
        CaptureQueriesContext(connection) as asked,
    ):
        take_in_package(package=package, digest=digest, by=filled.dov.person)
        transaction.set_rollback(True)
    keys = sum("vault_item_key" in one["sql"] and one["sql"].startswith("SELECT") for one in asked)
    return keys, len(package.rows["casework.markrow"])


def test_the_keys_of_texts_are_not_asked_for_again_with_every_mark(filled):
    few, some = looked_for_keys(filled, lambda *_: None)
    many, marks = looked_for_keys(filled, many_marks)
    assert marks > 30 * some
    assert many == few


def test_a_package_whose_taking_in_was_undone_comes_in_whole_the_next_time(filled):
    """No key of a text is remembered that the undoing took away: words under it could never be read."""
    _given, sealed = sealed_for(filled, filled.dov)
    with opened(filled.ana.unlocked):
        before = everything(filled.treatment, filled.ana.person)
    forget(filled.client.id)
    with opened(filled.dov.unlocked):
        package, digest = open_package(sealed)
        with transaction.atomic():
            take_in_package(package=package, digest=digest, by=filled.dov.person)
            transaction.set_rollback(True)
        back = take_in_package(package=package, digest=digest, by=filled.dov.person)
        filled.dov.unlocked.forget()
        told = everything(back, filled.dov.person)

    def words(held):
        marks = [(row["id"], row["body"]["quote"], row["body"]["why"]) for row in held["casework.markrow"]]
        return marks, [(row["id"], row["text"], row["turns"]) for row in held["sources.sourceversion"]]

    assert words(told[0]) == words(before[0])
