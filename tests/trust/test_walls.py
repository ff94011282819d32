"""T06, T07, T08, T11, T23, T28: the policy, the keys behind it, the sign-in, and the trace of it all."""

import random
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client as Browser

from depthwork.practice.people.actions import set_passphrase
from depthwork.practice.policy import middleware, registry
from depthwork.practice.policy.registry import undeclared
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.vault.errors import Locked, NoKey
from depthwork.practice.vault.rotation import sealed_fields, sealed_models
from depthwork.practice.vault.unlocked import opened
from tests import cast as people
from tests.trust.figures import Tried, figure
from tests.trust.walk import CANARY, probe, world

pytestmark = pytest.mark.django_db
ALL_ROLES = ["nobody", "client", "clinician", "another clinician", "supervisor", "manager", "researcher", "superuser", "every role elsewhere", "no keys", "api token"]  # fmt: skip


def judge(cast, answers):
    """Count what must not be: a foreign word, a failure, an open door where the policy says no."""
    from tests.trust.walk import may_see

    foreign, broken, open_doors, tried = [], [], [], 0
    for one in answers:
        tried += 1
        if one.leaked - may_see(cast, one):
            foreign.append(one)
        if one.status >= 500:
            broken.append(one)
        if not one.allowed and one.status not in (404, 302, 401, 405) and one.status != 204:
            open_doors.append(one)
        if one.method == "GET" and one.writes:
            open_doors.append(one)
    return tried, foreign, broken, open_doors


def check(cast, answers):
    tried, foreign, broken, open_doors = judge(cast, answers)
    say = lambda found: sorted({(o.route, o.method, o.role, o.whose, o.status, o.writes) for o in found})[:12]  # noqa: E731
    assert not foreign, say(foreign)
    assert not broken, say(broken)
    assert not open_doors, say(open_doors)
    assert undeclared() == []
    return Tried(tried, "foreign 0, failures 0, undeclared 0")


@figure(
    "T07",
    tried="all routes, GET, six roles, a client of the same and of another practice",
    passes="foreign data or failures 0; no route without a rule",
)
def test_no_role_gets_what_is_not_theirs():
    cast = world()
    roles = ["nobody", "another clinician", "manager", "every role elsewhere", "no keys", "api token"]
    return check(cast, probe(cast, roles=roles, whose=["own", "other practice"], methods=["GET"]))


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def by_any_method(whose):
    cast = world()
    return check(cast, probe(cast, roles=ALL_ROLES, whose=[whose], methods=METHODS))


@pytest.mark.slow
@figure("T07", tried="all routes, five methods, eleven roles: the treating clinician's own client", passes="foreign data or failures 0", tier="nightly")  # fmt: skip
def test_no_role_gets_what_is_not_theirs_by_any_method_own():
    return by_any_method("own")


@pytest.mark.slow
@figure("T07", tried="all routes, five methods, eleven roles: another clinician's client of the same practice", passes="foreign data or failures 0", tier="nightly")  # fmt: skip
def test_no_role_gets_what_is_not_theirs_by_any_method_same_practice():
    return by_any_method("same practice")


@pytest.mark.slow
@figure("T07", tried="all routes, five methods, eleven roles: a client of another practice", passes="foreign data or failures 0", tier="nightly")  # fmt: skip
def test_no_role_gets_what_is_not_theirs_by_any_method_other_practice():
    return by_any_method("other practice")


@pytest.mark.slow
@figure("T07", tried="all routes, five methods, eleven roles: a client whose supervision has ended", passes="foreign data or failures 0", tier="nightly")  # fmt: skip
def test_no_role_gets_what_is_not_theirs_by_any_method_ended():
    return by_any_method("ended")


@figure("T07", tried="the walk with an open door built in (is it blind?)", passes="noticed")
def test_the_walk_notices_an_open_door(monkeypatch):
    cast = world()
    monkeypatch.setattr(middleware, "allows_row", lambda *a: True)
    found = judge(cast, probe(cast, roles=["supervisor"], whose=["own"], methods=["GET"]))
    assert found[3]
    return Tried(found[0], f"noticed, {len(found[3])} doors")


def leaks_without_the_policy(monkeypatch, roles, whose, methods):
    """The walk with the first wall taken down: what the keys alone still hold."""
    cast = world()
    monkeypatch.setattr(middleware, "allows_row", lambda *a: True)
    monkeypatch.setattr(middleware, "allows", lambda *a, **k: True)
    monkeypatch.setattr(registry, "allows", lambda *a, **k: True)
    leaks, tried = [], 0
    for one in probe(cast, roles=roles, whose=whose, methods=methods):
        tried += 1
        own = {"another clinician": {cast.same.id.hex[:8]}, "supervisor": {cast.client.id.hex[:8]}}
        own["clinician"] = {cast.client.id.hex[:8], cast.ended.id.hex[:8]}
        notes = {who for who, compartment in one.leaked if compartment == "process_notes"}
        if notes - own.get(one.role, set()):
            leaks.append((one.route, one.method, one.role, one.whose))
    assert not leaks, sorted(set(leaks))[:8]
    return Tried(tried, "note plain text 0")


@figure(
    "T08",
    tried="the walk with the policy switched off: everyone may do everything",
    passes="note plain text 0",
)
def test_without_the_policy_the_keys_still_hold(monkeypatch):
    roles = ["another clinician", "manager", "client", "every role elsewhere"]
    return leaks_without_the_policy(monkeypatch, roles, ["own"], ["GET"])


@pytest.mark.slow
@figure("T08", tried="the policy switched off, eleven roles, GET and POST: the treating clinician's own client", passes="note plain text 0", tier="nightly")  # fmt: skip
def test_without_the_policy_the_keys_hold_for_every_role_own(monkeypatch):
    return leaks_without_the_policy(monkeypatch, ALL_ROLES, ["own"], ["GET", "POST"])


@pytest.mark.slow
@figure("T08", tried="the policy switched off, eleven roles, GET and POST: another clinician's client of the same practice", passes="note plain text 0", tier="nightly")  # fmt: skip
def test_without_the_policy_the_keys_hold_for_every_role_same_practice(monkeypatch):
    return leaks_without_the_policy(monkeypatch, ALL_ROLES, ["same practice"], ["GET", "POST"])


@pytest.mark.slow
@figure("T08", tried="the policy switched off, eleven roles, GET and POST: a client of another practice", passes="note plain text 0", tier="nightly")  # fmt: skip
def test_without_the_policy_the_keys_hold_for_every_role_other_practice(monkeypatch):
    return leaks_without_the_policy(monkeypatch, ALL_ROLES, ["other practice"], ["GET", "POST"])


@pytest.mark.slow
@figure("T08", tried="the policy switched off, eleven roles, GET and POST: a client whose supervision has ended", passes="note plain text 0", tier="nightly")  # fmt: skip
def test_without_the_policy_the_keys_hold_for_every_role_ended(monkeypatch):
    return leaks_without_the_policy(monkeypatch, ALL_ROLES, ["ended"], ["GET", "POST"])


@figure(
    "T06",
    tried="sealed values of notes and record read by a manager, through the models",
    passes="opened 0 of 5,000",
)
def test_a_manager_opens_no_note(cast):
    from depthwork.practice.sources.models import Source, SourceVersion

    with opened(cast.ana.unlocked):
        source = Source.objects.create(client=cast.client, treatment=cast.treatment, kind="process_note", provenance="notes")  # fmt: skip
        SourceVersion.objects.create(client=cast.client, source=source, number=0, text="first")
        cast.ana.unlocked.forget()  # the item's key now comes from the database, once
        SourceVersion.objects.bulk_create(
            SourceVersion(client=cast.client, source=source, number=n + 1, text=f"note {n}")
            for n in range(5_000)
        )
    opened_, tried, administration = 0, 0, 0
    with opened(cast.mara.unlocked):
        for model in sealed_models():
            for one in sealed_fields(model):
                for row in model._default_manager.filter(**model.vault_filter(cast.client.id)).exclude(
                    **{f"{one.name}__isnull": True}
                ):
                    try:
                        getattr(row, one.name)
                    except NoKey:
                        tried += 1
                        continue
                    if one.compartment_of(model) == "administration":
                        administration += 1
                    else:
                        opened_ += 1
    assert opened_ == 0
    assert tried >= 5_000
    assert administration > 0
    return Tried(tried, "opened 0")


def dead(browser, address):
    """Whether a page answers by sending to the door or the lock."""
    response = browser.get(address)
    return response.status_code in (302, 404) and "line of hour" not in response.content.decode()


@figure(
    "T11",
    tried="old cookies after lock, sign-out, a new passphrase, a closed sign-in",
    passes="worked 0 of 500",
)
def test_an_old_cookie_opens_nothing(cast):
    address, worked, tried = f"/clients/{cast.client.id}/", 0, 0
    for way in ("lock", "sign out", "passphrase", "closed"):
        stolen = []
        for _ in range(5):
            browser = cast.ana.browser()
            thief = Browser()
            thief.cookies = browser.cookies.copy()
            assert thief.get(address).status_code == 200
            stolen.append(thief)
            if way in ("lock", "sign out"):
                browser.post("/lock/" if way == "lock" else "/sign-out/")
        if way == "passphrase":
            set_passphrase(
                person=cast.ana.person, passphrase="gravel lantern orchard seven", unlocked=cast.ana.unlocked
            )
        if way == "closed":
            type(cast.ana.person).objects.filter(id=cast.ana.id).update(is_active=False)
        for thief in stolen:
            for n in range(25):
                tried += 1
                worked += not dead(thief, address if n % 2 else "/today/")
    assert worked == 0
    return Tried(tried, "worked 0")


@figure("T11", tried="parameters that might keep an idle sign-in open", passes="kept open 0 of 200")
def test_no_parameter_keeps_an_idle_desk_open(cast):
    draw, open_ = random.Random(11), 0
    names = [
        "skip_timeout_reset",
        "keepalive",
        "ping",
        "ajax",
        "background",
        "next",
        "session",
        "seen",
        "started",
        "remember",
    ]
    browser = cast.ana.browser()
    for n in range(200):
        session = browser.session
        session["seen"] = int(datetime.now(UTC).timestamp()) - settings.IDLE_LOCK_SECONDS - 5
        session.save()
        value = draw.choice(["1", "true", "0", "-1", "9999999999", "x" * 50])
        headers = {"X-Background": draw.choice(["0", "1", "no"])} if n % 3 == 0 else {}
        response = browser.get(
            f"/clients/{cast.client.id}/", {names[n % 10] + str(n // 50 or ""): value}, headers=headers
        )
        open_ += response.status_code == 200
    assert open_ == 0
    return Tried(200, "kept open 0")


def test_after_a_lock_nothing_opens_and_nothing_is_searched(cast):
    browser = cast.ana.browser()
    browser.post("/lock/")
    assert "/unlock/" in browser.post("/search/", {"words": "line"})["Location"]
    with pytest.raises(Locked):
        _ = Session.objects.filter(client=cast.client).first().kept_line


@figure("T23", tried="POST without a token to every route", passes="accepted 0")
def test_no_form_is_accepted_without_its_token(cast):
    from tests.trust.walk import addresses

    strict, accepted, tried = Browser(enforce_csrf_checks=True), [], 0
    strict.cookies = cast.ana.browser().cookies.copy()
    for name, address, _rule, _row in addresses(cast.client):
        tried += 1
        if strict.post(address).status_code != 403 and not name.startswith("api"):
            accepted.append(name)
    assert accepted == []
    return Tried(tried, "accepted 0")


@figure("T23", tried="GET of every route by the clinician who may open it", passes="changed anything 0")
def test_no_look_at_a_page_changes_anything():
    cast = world()
    answers = list(probe(cast, roles=["clinician"], whose=["own"], methods=["GET"]))
    assert [(one.route, one.writes) for one in answers if one.writes] == []
    return Tried(len(answers), "changed 0")


@figure("T23", tried="unknown keys in the body of a form", passes="columns changed 0")
def test_unknown_keys_of_a_form_change_nothing(cast):
    from depthwork.practice.people.models import Person, Practice

    before = list(Person.objects.order_by("id").values()), list(Practice.objects.order_by("id").values())
    extra = {"id": str(cast.other.id), "practice": str(cast.elsewhere.id), "practice_id": str(cast.elsewhere.id),
             "state": "ended", "client": str(cast.other.id), "version": "99", "created_at": "2000-01-01", "roles": "manager",
             "is_active": "", "is_superuser": "1", "login": "x", "password": "x"}  # fmt: skip
    cast.ana.browser().post(
        f"/clients/{cast.client.id}/about/edit/", {"name": "Cleo Marsh", "called": "Cleo", **extra}
    )
    row = Client.objects.get(id=cast.client.id)
    assert (row.practice_id, row.state) == (cast.practice.id, "active")
    assert before == (
        list(Person.objects.order_by("id").values()),
        list(Practice.objects.order_by("id").values()),
    )
    return Tried(len(extra), "changed 0")


def test_a_name_of_a_canary_is_found_where_it_stands():
    assert CANARY.findall("x canary0123abcdprocess_notes y") == [("0123abcd", "process_notes")]


def test_the_client_of_another_practice_answers_404_not_403(cast):
    assert cast.ana.browser().get(f"/clients/{cast.other.id}/").status_code == 404
    assert people.TODAY.year == 2026
