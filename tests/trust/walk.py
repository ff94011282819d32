"""The probe of T07: every route of the site, with every role, on objects that are and are not theirs.

It asks the registry for the routes, so that a page which lands later is walked without a change here.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, get_resolver, reverse

from depthwork.practice.api.actions import make_token
from depthwork.practice.api.queries import today_in
from depthwork.practice.people.models import Role
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.policy.registry import routes, rule_of
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.fields import SealedBytes, SealedJSON, SealedText
from depthwork.practice.vault.rotation import sealed_fields, sealed_models
from depthwork.practice.vault.unlocked import opened
from tests import cast as people
from tests.trust import doors

LEFT_ALONE = (
    "account_logout",
    "people:sign_out",
    "people:lock",
)  # they end the sign-in under which the walk goes
CANARY = re.compile(r"canary([0-9a-f]{8})(administration|record|process_notes|sud)")


@dataclass(frozen=True)
class Answer:
    """One probe."""

    route: str
    method: str
    role: str
    whose: str
    status: int
    allowed: bool
    leaked: frozenset[tuple[str, str]]
    writes: tuple[str, ...]


def canary(client: Client, compartment: str) -> str:
    """A word that says whose it is, and of which compartment."""
    return f"canary{client.id.hex[:8]}{compartment}"


def sow(client: Client, by: people.Actor) -> None:
    """Put the canary of its compartment into every sealed text of a client."""
    with opened(by.unlocked):
        for model in sealed_models():
            fields = sealed_fields(model)
            for row in model._default_manager.filter(**model.vault_filter(client.id)):
                names = []
                for one in fields:
                    word = canary(client, one.compartment_of(model))
                    if isinstance(one, SealedText):
                        setattr(row, one.name, word)
                    elif isinstance(one, SealedJSON) and isinstance(getattr(row, one.name), dict):
                        kept = getattr(row, one.name)  # of the same shape, so that its page can be set
                        setattr(
                            row, one.name, {k: word if isinstance(v, str) else v for k, v in kept.items()}
                        )
                    elif isinstance(one, SealedBytes | SealedJSON):
                        continue
                    names.append(one.name)
                row.save(update_fields=names)


def world() -> SimpleNamespace:
    """The cast, with a second clinician's client, one whose supervision has ended, and canaries everywhere."""
    cast = people.everybody()
    cast.same = people.client_of(cast.eve, "Ines Vale", office=(cast.mara,))
    people.treatment_of(cast.eve, cast.same, hours=2)
    cast.ended = people.client_of(cast.ana, "Old Friend", office=(cast.mara,))
    people.treatment_of(cast.ana, cast.ended, hours=2)
    with opened(cast.ana.unlocked):
        for compartment in ("administration", "record", "process_notes"):
            vault.share(
                owner=cast.client.id, compartments=[compartment], reader=cast.ben.id, purpose="supervision"
            )
    Involvement.objects.create(person=cast.ben.person, practice=cast.practice.id, client=cast.client.id, part=Part.SUPERVISOR)  # fmt: skip
    Involvement.objects.create(
        person=cast.ben.person, practice=cast.practice.id, client=cast.ended.id, part=Part.SUPERVISOR,
        ends_at="2026-01-01T00:00:00Z",
    )  # fmt: skip
    cast.everything = people.person(cast.elsewhere, "zoe", *[r for r in Role if r is not Role.CLIENT])
    cast.root = people.person(cast.practice, "root", *[r for r in Role if r is not Role.CLIENT])
    for client, by in (
        (cast.client, cast.ana),
        (cast.same, cast.eve),
        (cast.other, cast.dov),
        (cast.ended, cast.ana),
    ):
        with opened(by.unlocked):
            _sources(client, by)
        sow(client, by)
    cast.objects = {
        "own": cast.client,
        "same practice": cast.same,
        "other practice": cast.other,
        "ended": cast.ended,
    }
    cast.roles = {
        "nobody": (None, Browser),
        "client": (cast.cleo, cast.cleo.browser),
        "clinician": (cast.ana, cast.ana.browser),
        "another clinician": (cast.eve, cast.eve.browser),
        "supervisor": (cast.ben, cast.ben.browser),
        "manager": (cast.mara, cast.mara.browser),
        "researcher": (cast.rui, cast.rui.browser),
        "superuser": (
            cast.root,
            cast.root.browser,
        ),  # every role here, no key: the most that a database can make one
        "every role elsewhere": (cast.everything, cast.everything.browser),
        "no keys": (cast.ana, lambda: cast.ana.browser(locked=True)),
        "api token": (cast.ana, lambda: _by_token(cast)),
    }
    return cast


def _by_token(cast: SimpleNamespace) -> Browser:
    """A program with a token of the clinician for one client's administration and record."""
    today = today_in(cast.practice)
    with opened(cast.ana.unlocked):
        _row, words = make_token(
            by=cast.ana.person, purpose="walk", clients=[cast.client], today=today, ends_on=today,
            compartments=["administration", "record"],
        )  # fmt: skip
    return Browser(headers={"Authorization": f"Bearer {words}"})


def _sources(client: Client, by: people.Actor) -> None:
    """A note and a transcript with the first hour, if the room is there."""
    try:
        source, version = apps.get_model("sources", "Source"), apps.get_model("sources", "SourceVersion")
    except LookupError:
        return
    treatment = Treatment.objects.filter(client=client).first()
    hour = treatment.sessions.first()
    row = source.objects.create(
        client=client, treatment=treatment, session=hour, kind="process_note", provenance="notes"
    )
    version.objects.create(
        client=client, source=row, text="x", turns=[["N", canary(client, "process_notes"), None, None]]
    )


def rows_of(client: Client) -> list[Any]:
    """Every row of a client that a route might name, a few of each kind."""
    found = []
    for model in apps.get_models():
        if model._meta.app_label in ("vault", "audit", "contenttypes", "sessions") or not isinstance(
            model._meta.pk, type(Client._meta.pk)
        ):
            continue
        names = {f.attname for f in model._meta.concrete_fields}
        if model is Client:
            found.append(client)
        elif "client_id" in names:
            found.extend(model._default_manager.filter(client_id=client.id)[:2])
    return found


def addresses(client: Client, only: Collection[str] = ()) -> Iterator[tuple[str, str, Any, Any]]:
    """(route, address, rule, row) of every route (or of those named), filled with this client's rows."""
    rows = rows_of(client)
    for pattern, name, view in routes(get_resolver()):
        rule = rule_of(view, name)
        if rule is None or name is None or name in LEFT_ALONE or (only and name not in only):
            continue
        wanted = re.findall(r"<(?:(\w+):)?(\w+)>", pattern)
        if not wanted:
            yield name, "/" + re.sub(r"[\^$]", "", pattern), rule, None
            continue
        kinds = {key: kind for kind, key in wanted}
        others = {key: _sample(kind) for kind, key in wanted}
        subjects: list[tuple[dict[str, Any], Any]] = []
        for row in rows if rule.of is not None else ():
            for key in [key for key in kinds if kinds[key] in ("uuid", "uuidstr")]:
                values = {**others, key: row.pk}
                try:
                    subject = rule.of(**values)
                except Exception:
                    continue
                if subject is not None and getattr(subject, "policy_client", None) == client.id:
                    subjects.append((values, subject))
        for values, subject in subjects[:1] or [(others, None)]:
            try:
                yield name, reverse(name, kwargs=values), rule, subject
            except NoReverseMatch:
                continue


def _sample(kind: str) -> Any:
    return {"uuid": uuid.uuid4(), "uuidstr": uuid.uuid4(), "int": 1}.get(kind, "x")


def probe(
    cast: SimpleNamespace,
    *,
    roles: list[str],
    whose: list[str],
    methods: list[str],
    only: Collection[str] = (),
) -> Iterator[Answer]:
    """Ask each address; every act is undone. What is allowed is what `doors` has written down."""
    permissions = doors.inventory()
    for object_name in whose:
        client = cast.objects[object_name]
        with_address = list(addresses(client, only))
        for role in roles:
            browser = cast.roles[role][1]()
            browser.raise_request_exception = False
            cookies = browser.cookies.copy()
            for name, address, rule, row in with_address:
                named = None if rule.of is None else object_name
                allowed = (rule.of is None or row is not None) and doors.may(
                    role, permissions.get(name, ""), named
                )
                for method in methods:
                    with transaction.atomic(), CaptureQueriesContext(connection) as seen:
                        response = getattr(browser, method.lower())(address)
                        body = b"".join(response) if response.streaming else response.content
                        transaction.set_rollback(True)
                    browser.cookies = cookies.copy()
                    leaked = frozenset(CANARY.findall(body.decode("utf-8", "replace")))
                    yield Answer(
                        name, method, role, object_name, response.status_code, allowed, leaked, _writes(seen)
                    )


# The trail and the sign-in; a will that is renewed once a day; cues, which are drawn from the words when an hour is
# first opened and hold nothing that the words do not; the day on which a token was last used.
QUIET = (
    "audit_event",
    "django_session",
    "cache",
    "account_",
    "mfa_",
    "vault_will",
    "casework_cues",
    "api_token",
)


def _writes(seen: CaptureQueriesContext) -> tuple[str, ...]:
    found = []
    for query in seen.captured_queries:
        match = re.match(
            r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"', query["sql"] or ""
        )  # a prepared reading has no text
        if match and not match.group(1).startswith(QUIET):
            found.append(match.group(1))
    return tuple(found)


def may_see(cast: SimpleNamespace, answer: Answer) -> set[tuple[str, str]]:
    """The canaries that a role may be shown, on any page: what they hold a key for and take a part in."""
    own = cast.client.id.hex[:8], cast.ended.id.hex[:8]
    three = ("administration", "record", "process_notes", "sud")
    offices = {(client.id.hex[:8], "administration") for client in (cast.client, cast.same, cast.ended)}
    return {
        "clinician": {(who, compartment) for who in own for compartment in three},
        "another clinician": {(cast.same.id.hex[:8], compartment) for compartment in three},
        "supervisor": {(cast.client.id.hex[:8], compartment) for compartment in three[:3]},
        "manager": offices,
        "api token": {(own[0], compartment) for compartment in three[:2]},
        "superuser": set(),
    }.get(answer.role, set())
