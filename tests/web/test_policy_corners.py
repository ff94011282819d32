"""The corners of the policy: what is refused where nothing was said, and where one is led instead."""

from datetime import UTC, datetime

import pytest
from django.test import Client as Browser
from django.urls import path
from django.urls import reverse as address

from depthwork.practice.people.signals import RECOVERY_OPEN
from depthwork.practice.policy import checks, jurisdiction, middleware, registry
from depthwork.practice.policy.dated import references_of, review_of
from depthwork.practice.policy.permissions import Permission
from depthwork.practice.policy.predicates import Case, anyone
from depthwork.practice.policy.registry import Rule, keeps_closed, routes
from depthwork.practice.treatments.models import Client
from depthwork.practice.ui import today_page
from depthwork.practice.vault.errors import Locked, RecoveryFirst

pytestmark = pytest.mark.django_db


def test_a_page_without_a_rule_is_not_there(cast, monkeypatch):
    monkeypatch.setattr(middleware, "rule_of", lambda view, name: None)
    assert cast.ana.browser().get("/today/").status_code == 404


def test_the_start_names_a_route_without_a_rule(monkeypatch):
    monkeypatch.setattr(checks, "undeclared", lambda: ["/forgotten/"])
    (error,) = checks.every_route_has_a_rule(None)
    assert (error.id, "/forgotten/" in error.msg) == ("policy.E001", True)


def test_routes_of_a_folder_of_routes_carry_its_name():
    class Folder:
        url_patterns = [path("a/", lambda request: None, name="a"), path("b/", lambda request: None)]

    assert [(pattern, name) for pattern, name, _ in routes(Folder(), "x/")] == [("x/a/", "a"), ("x/b/", None)]


@pytest.mark.parametrize("found", [True, False])
def test_a_public_page_of_a_row_is_there_only_with_its_row(cast, monkeypatch, found):
    row = Client.objects.get(id=cast.client.id) if found else None
    rule = Rule(Permission.OPEN_PUBLIC_PAGE, lambda **kwargs: row)
    monkeypatch.setattr(middleware, "rule_of", lambda view, name: rule)
    assert (Browser().get("/language/").status_code == 404) is not found


def test_whose_recovery_code_is_open_is_led_to_it_before_a_client(cast):
    browser = cast.ana.browser()
    store = browser.session
    store[RECOVERY_OPEN] = True
    store.save()
    answer = browser.get(address("ui:thread", args=[cast.client.id]))
    assert (answer.status_code, answer["Location"]) == (302, address("people:recovery"))


@pytest.mark.parametrize(("error", "page"), [(Locked, "people:unlock"), (RecoveryFirst, "people:recovery")])
def test_what_locks_in_mid_request_leads_to_its_page(cast, monkeypatch, error, page):
    def broken(*_args, **_kwargs):
        raise error("not now")

    monkeypatch.setattr(today_page, "render", broken)
    answer = cast.ana.browser().get("/today/")
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, address(page))


def test_a_part_of_a_page_moves_the_whole_window_to_the_door(cast):
    answer = cast.ana.browser(locked=True).get(
        address("ui:thread", args=[cast.client.id]), headers={"HX-Request": "true"}
    )
    assert (answer.status_code, answer["HX-Redirect"].partition("?")[0]) == (204, address("people:unlock"))


def test_a_room_that_closes_rows_is_asked_once(monkeypatch):
    monkeypatch.setattr(registry, "_CLOSED", [])

    def closed(person, permission, row):
        return True

    keeps_closed(closed)
    keeps_closed(closed)
    assert [closed] == registry._CLOSED


def test_anyone_is_anyone(cast):
    assert anyone(Case(cast.rui.person, cast.elsewhere.id, None, frozenset()))


@pytest.mark.parametrize("raw", [{}, {"authored_by": "a"}, None])
def test_a_dated_file_without_its_review_is_refused(raw):
    with pytest.raises(ValueError, match=r"x\.yaml: a dated file needs review"):
        review_of(raw, "x.yaml")


def test_a_dated_file_names_a_source():
    with pytest.raises(ValueError, match="at least one source"):
        references_of([], "x.yaml")
    assert references_of([{"ref": "r", "basis": "source"}], "x.yaml")[0].ref == "r"


def test_a_profile_that_says_neither_yes_nor_no_of_process_notes_is_refused(monkeypatch):
    plain = jurisdiction.read_yaml

    def odd(file):
        raw = plain(file)
        raw["process_notes"]["client_may_ask"] = "perhaps"
        return raw

    jurisdiction.profile.cache_clear()
    monkeypatch.setattr(jurisdiction, "read_yaml", odd)
    with pytest.raises(ValueError, match="client_may_ask is yes, no or depends"):
        jurisdiction.profile(jurisdiction.DEFAULT)
    monkeypatch.undo()
    jurisdiction.profile.cache_clear()
    assert jurisdiction.profile(jurisdiction.DEFAULT).id


def test_the_day_of_a_review_passes():
    review = review_of({"authored_by": "a", "review_due": datetime(2026, 5, 1, tzinfo=UTC).date()}, "x.yaml")
    assert not review.is_due(datetime(2026, 5, 1, tzinfo=UTC).date())
    assert review.is_due(datetime(2026, 5, 2, tzinfo=UTC).date())
