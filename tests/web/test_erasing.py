"""A client is erased by a person, after the end, with name and passphrase; a legal hold stands against everything."""

import pytest
from django.apps import apps
from django.core.cache import cache

from depthwork.practice.audit.chain import verify
from depthwork.practice.audit.models import Event
from depthwork.practice.people.models import Person
from depthwork.practice.record import actions as record
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.ui import erasing, will
from depthwork.practice.vault.errors import Refused
from depthwork.practice.vault.models import DataKey, Grant, Tombstone
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
PASSPHRASE = "gravel lantern orchard seven"
KINDS = ("UUIDField", "ForeignKey", "OneToOneField")


@pytest.fixture(autouse=True)
def knows_it(monkeypatch):
    """The passphrase of everybody here is this one; the slow step itself is tried at the door."""
    cache.clear()  # tries are counted there
    monkeypatch.setattr(Person, "check_password", lambda self, words: words == PASSPHRASE)


@pytest.fixture
def over(cast):
    """Ana's client, with a signed note, whose treatment has ended."""
    with opened(cast.ana.unlocked):
        hour = (
            Session.objects.select_related("client", "treatment__client").filter(client=cast.client).first()
        )
        note = record.begin_progress_note(
            treatment=hour.treatment,
            session=hour,
            by=cast.ana.person,
            on=hour.day,
            state="Slept.",
            plan="Weekly.",
        )
        record.sign_progress_note(note=note, by=cast.ana.person, version=note.version)
    Client.objects.filter(id=cast.client.id).update(state=Client.State.ENDED)
    return cast


def url(cast):
    return f"/clients/{cast.client.id}/erase/"


def asked(**more):
    said = {"act": "erase", "why": "asked_for", "early": "on", "name": "Cleo Marsh", "passphrase": PASSPHRASE}
    return said | more


def rows_left(cast):
    """Rows of any table that still name the client, the audit and the tombstones apart."""
    found = set()
    for model in apps.get_models():
        if model._meta.app_label in ("audit", "contenttypes", "sessions") or model is Tombstone:
            continue
        for field in model._meta.concrete_fields:
            names_it = field.name in ("client", "owner", "id") and field.get_internal_type() in KINDS
            if names_it and model._default_manager.filter(**{field.attname: cast.client.id}).exists():
                found.add(f"{model._meta.label}.{field.name}")
    return sorted(found - {"people.Person.client"})


def test_after_the_end_a_client_is_erased_whole(over):
    assert "Cleo Marsh" in over.ana.browser().get(url(over)).content.decode()
    assert over.ana.browser().post(url(over), asked()).status_code == 302
    assert rows_left(over) == []
    assert not DataKey.objects.filter(owner=over.client.id).exists()
    assert not Grant.objects.filter(data_key__owner=over.client.id).exists()
    assert Tombstone.objects.get(owner=over.client.id).destroyed_by == over.ana.id
    assert Event.objects.get(verb="client.erased").reason == "asked_for"
    assert verify(Event.objects.order_by("n")).is_whole
    assert Person.objects.get(id=over.cleo.id).is_active is False


def test_the_pages_of_a_practice_open_without_the_erased(over):
    over.ana.browser().post(url(over), asked())
    for page in (
        "/today/",
        "/today/?day=2026-11-17",
        "/caseload/",
        "/practice/sharing/",
        "/practice/audit/",
    ):
        assert over.ana.browser().get(page).status_code == 200, page
    assert over.mara.browser().get("/practice/audit/").status_code == 200
    assert over.ana.browser().get(f"/clients/{over.client.id}/").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"name": "Cleo"}, {"name": ""}, {"passphrase": "not these words, not at all"}, {"why": ""}, {"why": "bored"}, {"early": ""}],
)  # fmt: skip
def test_without_name_reason_passphrase_and_look_up_nothing_is_erased(over, wrong):
    asked_for = {key: value for key, value in asked(**wrong).items() if value}
    assert over.ana.browser().post(url(over), asked_for).status_code == 422
    assert Client.objects.filter(id=over.client.id).exists()
    assert not Tombstone.objects.exists()


def test_what_still_goes_on_is_not_erased(cast):
    assert "end" in cast.ana.browser().get(url(cast)).content.decode()
    assert cast.ana.browser().post(url(cast), asked()).status_code == 422
    assert Client.objects.filter(id=cast.client.id).exists()


@pytest.mark.parametrize("who", ["eve", "ben", "mara", "rui", "dov", "cleo"])
def test_nobody_else_erases_or_holds(over, who):
    for act in ("erase", "hold", "lift"):
        answer = getattr(over, who).browser().post(url(over), asked(act=act))
        assert answer.status_code == 404
    assert Client.objects.filter(id=over.client.id).exists()


def test_a_hold_stands_against_erasing_until_it_is_lifted(over):
    browser = over.ana.browser()
    assert browser.post(url(over), {"act": "hold"}).status_code == 302
    assert browser.post(url(over), {"act": "hold"}).status_code == 422
    assert browser.post(url(over), asked()).status_code == 422
    with opened(over.ana.unlocked), pytest.raises(Refused, match="legal hold"):
        erasing.erase(client=over.client, why="asked_for", by=over.ana.person)
    assert Client.objects.filter(id=over.client.id).exists()
    assert browser.post(url(over), {"act": "lift"}).status_code == 302
    assert browser.post(url(over), {"act": "lift"}).status_code == 422
    assert browser.post(url(over), asked()).status_code == 302
    assert list(Event.objects.filter(verb__startswith="hold.").values_list("verb", flat=True)) == [
        "hold.placed",
        "hold.lifted",
    ]


def test_a_will_forgets_who_was_erased(over):
    Client.objects.filter(id=over.client.id).update(state=Client.State.WAITING)
    with opened(over.ana.unlocked):
        will.write(trustees=[over.eve.id], together=False, process_notes="hold", by=over.ana.person)
    assert over.ana.browser().post(url(over), asked()).status_code == 302
    page = over.eve.browser().post(f"/practice/will/{over.ana.id}/", {"act": "open"}).content.decode()
    assert "Cleo" not in page


def test_a_reason_is_one_of_the_list(over):
    with opened(over.ana.unlocked), pytest.raises(CourseError):
        erasing.erase(client=over.client, why="I feel like it", by=over.ana.person)


def test_after_seven_years_nobody_asks_about_the_time(over):
    last = erasing.last_hour_of(over.client)
    assert erasing.is_early(over.client, on=erasing.kept_until(over.client)) is False
    assert erasing.is_early(over.client, on=last) is True
