"""Every page that someone may open is reached from their first page, by links and by forms that ask for a page."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from depthwork.practice.people.models import Person, Role
from depthwork.practice.policy.registry import allows, allows_row, routes, rule_of
from depthwork.practice.treatments.actions import announce_break
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.ui.fiction import fill
from depthwork.practice.ui.fiction.book import Book
from depthwork.practice.vault.unlocked import opened
from tests import cast as people
from tests.moving import REPO, fill_rooms, small_fiction, standing

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
MOST = 25  # addresses of one kind that are opened while a kind is still missing
LINK = re.compile(r"""<(?:a|form|img|audio)\b[^>]*?\s(?:href|action|src)=["']([^"']+)["'][^>]*>""")
SCRIPT = re.compile(r"""\shx-get=["']([^"']+)["']""")
POSTS = re.compile(r"""<form\b[^>]*method=["']post["'][^>]*>""", re.IGNORECASE)

# Why a page is reached in another way than by a link of a page.
BY_PROGRAM = "asked for by a program that brings a token"
BY_MAIL = "its address is given to one person, by mail or in the hour"
BY_FORM = "the page that follows a form which was sent"
BY_SCRIPT = "a part of a page, which the page's own script asks for"
BY_DOOR = "a page of signing in that this sign-in does not need, or no longer"
ELSEWHERE = {
    "casework:column": BY_SCRIPT,
    "casework:alike": BY_SCRIPT,
    "people:join": BY_MAIL,
    "people:link": BY_MAIL,
    "portal:join": BY_MAIL,
    "portal:link": BY_MAIL,
    "tracking:form": BY_MAIL,
    "tracking:link": BY_MAIL,
    "intake:asked": BY_FORM,
    **dict.fromkeys(("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"), BY_DOOR),
    **dict.fromkeys(
        ("account_email", "mfa_list_webauthn", "people:factor_lost"), BY_DOOR,
    ),
    "casework:codes": BY_SCRIPT,
    "ui:components": "the parts of a page, for whoever builds one",
}  # fmt: skip
ONCE_IT_GOES_ON = {
    "coverage:letterhead", "formulation:after", "sources:process_note", "sources:version", "tracking:room",
    "treatments:agree", "treatments:announce", "treatments:attendance", "treatments:came_back", "treatments:end",
    "treatments:move", "treatments:plan", "treatments:series",
}  # fmt: skip


LEFT_ALONE = {"account_logout", "people:sign_out", "people:lock"}  # they end the sign-in


def is_elsewhere(name: str) -> bool:
    return name in ELSEWHERE or (name.startswith("api:") and name != "api:tokens")


def takes_get(view: Any) -> bool:
    """Whether a view answers a look, or acts alone."""
    while view is not None:
        for cell in view.__closure__ or () if hasattr(view, "__closure__") else ():
            methods = cell.cell_contents
            if isinstance(methods, list | tuple) and "POST" in methods:
                return "GET" in methods
        view = getattr(view, "__wrapped__", None)
    return True


class Doors:
    """The routes that answer a look, and a row of one client for each that asks for one."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.rows = list(rows_of(client))
        self.known: dict[Any, Any] = {}
        self.rules = {
            name: (rule_of(view, name), re.findall(r"<(?:(\w+):)?(\w+)>", pattern))
            for pattern, name, view in routes()
            if name and takes_get(view)
        }

    def subject(self, loader: Any, wanted: list[tuple[str, str]]) -> tuple[Any, dict[str, Any]]:
        """A row of the client that a route's loader knows, with its address; None where there is none of that kind."""
        key = (loader, tuple(wanted))
        if key not in self.known:
            self.known[key] = self._find(loader, wanted)
        return self.known[key]

    def _find(self, loader: Any, wanted: list[tuple[str, str]]) -> tuple[Any, dict[str, Any]]:
        samples = {"uuid": uuid.uuid4(), "int": 1}
        values = {name: samples.get(kind, "x") for kind, name in wanted}
        for row in self.rows:
            for name in [name for kind, name in wanted if kind == "uuid"]:
                try:
                    found = loader(**{**values, name: row.pk})
                except Exception:
                    continue
                if found is not None and getattr(found, "policy_client", None) == self.client.id:
                    return found, {**values, name: row.pk}
        return None, values

    def open_to(self, person: Any) -> set[str]:
        """The pages that a person may open, of which there is one."""
        found = set()
        for name, (rule, wanted) in self.rules.items():
            if (
                rule is None
                or rule.permission.name == "OPEN_PUBLIC_PAGE"
                or is_elsewhere(name)
                or name in LEFT_ALONE
            ):
                continue
            if rule.of is None:
                may = allows(person, rule.permission, practice=person.practice_id)
            else:
                row, _values = self.subject(rule.of, wanted)
                may = row is not None and allows_row(person, rule.permission, row)
            if may:
                found.add(name)
        return found

    def answers(self, name: str, browser: Any, reached: set[str]) -> bool:
        """Whether a typed address opens a page of its own: some say no further in, or lead to a page that was reached."""
        rule, wanted = self.rules[name]
        values = self.subject(rule.of, wanted)[1] if rule.of is not None else {}
        try:
            answer = browser.get(reverse(name, kwargs=values), follow=True)
        except NoReverseMatch:
            return False
        last = answer.redirect_chain[-1][0] if answer.redirect_chain else ""
        return answer.status_code < 400 and (not last or name_at(urlsplit(last).path) not in reached)


def rows_of(client: Client) -> Iterator[Any]:
    """Rows of a client, a few of each kind."""
    yield client
    for model in apps.get_models():
        names = {field.attname for field in model._meta.concrete_fields}
        if "client_id" in names and isinstance(model._meta.pk, type(Client._meta.pk)):
            yield from model._default_manager.filter(client_id=client.id)[:3]


def name_at(path: str) -> str | None:
    try:
        return resolve(path).view_name
    except Resolver404:
        return None


def links_of(html: str, path: str) -> Iterator[str]:
    """Where a page leads without acting: its links, what it shows, and forms that ask for a page."""
    for found in LINK.finditer(html):
        if not POSTS.match(found.group(0)):
            yield urljoin(path, unescape(found.group(1)))
    for found in SCRIPT.finditer(html):
        yield urljoin(path, unescape(found.group(1)))


class Walked:
    """What a walk came by."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.dead: list[str] = []
        self.opened = 0


def walk(browser: Any, wanted: set[str], start: str = "/") -> Walked:
    """Open pages, nearest first, new kinds before further ones of a kind, until nothing wanted is left."""
    found, per_kind, known = Walked(), Counter(), {start}
    fresh, again = [(start, "")], []
    while (fresh or again) and not (wanted <= found.names and not fresh):
        path, source = (fresh or again).pop(0)
        name = name_at(urlsplit(path).path)
        if name in LEFT_ALONE:
            found.names.add(name)
            continue
        per_kind[name] += 1
        if per_kind[name] > MOST:
            continue
        answer = browser.get(path, follow=True)
        found.opened += 1
        for step in (path, *(to for to, _status in answer.redirect_chain)):
            found.names.add(name_at(urlsplit(step).path) or "")
        if answer.status_code >= 400:
            found.dead.append(f"{answer.status_code} {path} from {source}")
            continue
        if "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        here = answer.redirect_chain[-1][0] if answer.redirect_chain else path
        for link in links_of(answer.content.decode(), here):
            parts = urlsplit(link)
            to = parts.path + (f"?{parts.query}" if parts.query else "")
            if parts.netloc or parts.scheme or not parts.path.startswith("/") or to in known:
                continue
            kind = name_at(parts.path)
            if kind is None:
                if not parts.path.startswith("/static/"):
                    found.dead.append(f"no page at {to} from {here}")
                    known.add(to)
                continue
            known.add(to)
            new = not per_kind[kind] and all(name_at(urlsplit(one).path) != kind for one, _ in fresh)
            (fresh if new else again).append((to, here))
    return found


def left_out(actor: Any, doors: Doors, browser: Any = None) -> tuple[list[str], list[str]]:
    """The pages that a person may open and does not come to, and the links that lead nowhere."""
    wanted = doors.open_to(actor.person)
    assert len(wanted) > 5, "the walk has nothing to look for"
    found = walk(browser or actor.browser(), wanted)
    print(f"{actor.person.roles}: {len(wanted)} kinds of pages, {found.opened} opened")
    typed = actor.browser()
    return [
        name for name in sorted(wanted - found.names) if doors.answers(name, typed, found.names)
    ], found.dead


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory):
    """The fictional practice with one of its treatments, and everybody's sign-in."""
    with standing(django_db_blocker):
        book = fill_rooms(
            Book(small_fiction(tmp_path_factory.mktemp("fiction") / "demo", "brief"), today=TODAY)
        )
        yield actors_of(book, "brief")


def actors_of(book: Book, slug: str) -> dict[str, Any]:
    client = book.rows[slug]
    found = {"doors": Doors(client)}
    for name, person in book.people.items():
        if "clinician" in person.roles and name != book.clients[slug]["clinician"]:
            continue
        found[person.roles[0]] = people.Actor(person, book.unlocked[name], "")
    found["researcher"] = people.person(book.practice, f"rui {slug}", Role.RESEARCHER)
    # One of the fiction's clients has a place of their own.
    if not Person.objects.filter(client=client.id).exists():
        found["client"] = people.person(book.practice, f"cleo {slug}", Role.CLIENT, client=client.id)
    return found


def test_every_page_that_a_clinician_may_open_is_reached_by_links(house):
    missing, dead = left_out(house["clinician"], house["doors"])
    missing = [
        name for name in missing if name not in ONCE_IT_GOES_ON
    ]  # the small fiction's treatment is over
    assert missing == [], " ".join(missing)
    assert dead == [], " | ".join(dead)


@pytest.mark.parametrize("who", ["manager", "supervisor", "researcher", "client"])
def test_no_link_leads_nowhere(house, who):
    """A door that does not open is not shown: each click on one would stand in the audit as refused."""
    assert walk(house[who].browser(), house["doors"].open_to(house[who].person)).dead == []


class Blind:
    """A browser whose pages lack the links that a rule names."""

    def __init__(self, browser: Any, hidden: str) -> None:
        self.browser, self.hidden = browser, hidden

    def get(self, path: str, **options: Any) -> Any:
        answer = self.browser.get(path, **options)
        if "text/html" in answer.headers.get("Content-Type", ""):
            answer.content = re.sub(self.hidden, "#", answer.content.decode()).encode()
        return answer


def test_a_hidden_link_is_missed(house):
    ana = house["clinician"]
    blind = Blind(ana.browser(), r"/sources/[\w-]+/burn/")
    missing, _dead = left_out(ana, house["doors"], blind)
    assert set(missing) - ONCE_IT_GOES_ON == {"sources:burn"}


def test_only_what_is_there_is_left_to_other_ways():
    names = {name for _, name, _ in routes()}
    assert set(ELSEWHERE) <= names


@pytest.fixture(scope="module")
def whole(django_db_setup, django_db_blocker):
    """Treatments that go on, and what their clinician did not come to, asked once each."""
    with standing(django_db_blocker):
        book, known = fill(REPO / "demo", today=TODAY), {}

        def asked(slug: str) -> tuple[list[str], list[str]]:
            if slug not in known:
                actors = actors_of(book, slug)
                known[slug] = left_out(actors["clinician"], actors["doors"])
                print(f"{slug}, not reached: {' '.join(known[slug][0])}")
            return known[slug]

        yield asked


GO_ON = ("long", "weekly")


@pytest.mark.slow
@pytest.mark.parametrize("slug", GO_ON)
def test_no_link_of_a_treatment_that_goes_on_leads_nowhere(whole, slug):
    assert whole(slug)[1] == []


@pytest.mark.slow
def test_the_whole_fiction_is_reached_too(whole):
    """Here nothing is excused by how far a treatment has come."""
    assert set.intersection(*(set(whole(slug)[0]) for slug in GO_ON)) == set()


def test_who_reads_the_record_for_somebody_is_shown_no_door_to_writing(cast):
    """A colleague who covers a break opens the plan and the consents, and changes neither."""
    with opened(cast.ana.unlocked):
        announce_break(
            treatment=cast.treatment, by=cast.ana.person, from_date=date.today(), to_date=date.today(),
            cover=cast.eve.person,
        )  # fmt: skip
    for page in ("safety-plan", "consents"):
        path = f"/clients/{cast.client.id}/{page}/"
        further = re.compile(f'(?:href|action)="(?:{path}[a-z]|/consents/)')
        assert further.search(cast.ana.browser().get(path).content.decode())
        said = cast.eve.browser().get(path)
        assert said.status_code == 200
        assert not further.search(said.content.decode())


def test_nothing_is_shared_where_no_treatment_has_begun(cast):
    path = f"/clients/{cast.client.id}/supervision/"
    assert "/supervision/invite/" in cast.ana.browser().get(path).content.decode()
    Treatment.objects.filter(client=cast.client).delete()
    said = cast.ana.browser().get(path).content.decode()
    assert "/supervision/invite/" not in said
    assert "/packs/new/" not in said
