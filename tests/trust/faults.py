"""T09: bugs of access, put into the running program one at a time, to see whether the suite's access tests notice.

Most faults are a word of the source that is gone or turned round: the function's code is compiled anew from its changed
text and put under the same name, so that every way to it goes through the fault. Others widen a permission, or give a
route a weaker rule.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import random
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

HERE = "depthwork.practice."
WALK = "test_the_doors_named_open_to_whom_the_table_names"  # of `doors_of_one`
ONLY: tuple[str, ...] = ()  # the doors it walks


@dataclass(frozen=True, slots=True)
class Fault:
    """A bug: how it is put in, and which test files are asked first. `shape` names a known vulnerability."""

    name: str
    plant: Callable[[], Callable[[], None]]
    near: tuple[str, ...] = ()
    shape: str = ""
    routes: tuple[str, ...] = field(default=())


def _function(path: str) -> Any:
    module, _, rest = path.partition(":")
    found: Any = importlib.import_module(HERE + module)
    for part in rest.split("."):
        found = getattr(found, part)
    return inspect.unwrap(found)


def rewritten(path: str, old: str, new: str) -> Callable[[], Callable[[], None]]:
    """Plant: the function at `path` with `old` exchanged for `new` in its text."""

    def plant() -> Callable[[], None]:
        function = _function(path)
        before = function.__code__
        source = textwrap.dedent(inspect.getsource(function))
        assert source.count(old) >= 1, f"{path} no longer says {old!r}"
        tree = ast.parse(source.replace(old, new))
        made = tree.body[0]
        assert isinstance(made, ast.FunctionDef)
        made.decorator_list = []
        for argument in ast.walk(made.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        made.returns, made.args.defaults, made.args.kw_defaults = None, [], [None] * len(made.args.kwonlyargs)
        module = compile(ast.Module([made], []), inspect.getfile(function), "exec")
        function.__code__ = next(one for one in module.co_consts if inspect.iscode(one))

        def mend() -> None:
            function.__code__ = before

        return mend

    return plant


def both(*plants: Callable[[], Callable[[], None]]) -> Callable[[], Callable[[], None]]:
    """Plant: several at once, where one wall stands behind another."""

    def plant() -> Callable[[], None]:
        mends = [one() for one in plants]

        def mend() -> None:
            for one in reversed(mends):
                one()

        return mend

    return plant


def widened(permission: str, predicate: str) -> Callable[[], Callable[[], None]]:
    """Plant: a permission that one more predicate is enough for."""

    def plant() -> Callable[[], None]:
        from depthwork.practice.policy import predicates, roles
        from depthwork.practice.policy.permissions import Permission

        key = Permission[permission]
        before = roles.POLICY[key]
        roles.POLICY[key] = (*before, getattr(predicates, predicate))

        def mend() -> None:
            roles.POLICY[key] = before

        return mend

    return plant


def weakened(route: str, permission: str) -> Callable[[], Callable[[], None]]:
    """Plant: a route that asks for less than it should."""

    def plant() -> Callable[[], None]:
        from django.urls import get_resolver

        from depthwork.practice.policy.permissions import Permission
        from depthwork.practice.policy.registry import Rule, routes

        view = next(view for _, name, view in routes(get_resolver()) if name == route)
        before = view.rule
        view.rule = Rule(Permission[permission], before.of, before.reads, before.needs_keys)

        def mend() -> None:
            view.rule = before

        return mend

    return plant


@contextmanager
def planted(fault: Fault) -> Iterator[None]:
    """The program with one fault in it."""
    mend = fault.plant()
    try:
        yield
    finally:
        mend()


PREDICATES = (
    ("policy.predicates:in_practice", "case.person.is_active and ", "", "a closed sign-in is in its practice"),
    ("policy.predicates:in_practice", "(case.practice is None or case.person.practice_id == case.practice)", "True", "the practice is not compared"),
    ("policy.predicates:treats", "is_clinician(case) and ", "", "a part alone makes a clinician"),
    ("policy.predicates:treats", " and Part.CLINICIAN in case.parts", "", "any clinician treats"),
    ("policy.predicates:supervises", "in_practice(case) and ", "", "a supervisor of any practice"),
    ("policy.predicates:supervises", " and Part.SUPERVISOR in case.parts", "", "everyone supervises"),
    ("policy.predicates:covers", " and Part.COVER in case.parts", "", "any clinician covers"),
    ("policy.predicates:covers", "is_clinician(case) and ", "", "anyone covers"),
    ("policy.predicates:keeps_office", "is_manager(case)", "in_practice(case)", "everyone keeps the office"),
    ("policy.predicates:is_this_client", " and case.person.client == case.client", "", "any client is this client"),
    ("policy.predicates:is_this_client", "in_practice(case)\n        and ", "", "a client of any practice"),
    ("policy.predicates:parts_of", "ends_at is None or ends_at > now", "True", "a part never ends"),
    ("policy.predicates:parts_of", ", client=client", "", "a part counts for every client"),
    ("policy.predicates:parts_of", "person_id=person.id, ", "", "anybody's part counts"),
    ("policy.registry:allows_row", "return not any(closed(person, permission, row) for closed in _CLOSED)", "return True", "a blind coder is let in"),
    ("policy.registry:allows", "return any(predicate(case) for predicate in POLICY[permission])", "return not all(predicate(case) for predicate in POLICY[permission])", "the policy is turned round"),
)  # fmt: skip
WALLS = (
    ("policy.middleware:PolicyMiddleware.process_view", "if not allows_row(person, rule.permission, row):", "if False:", "the row is not asked about"),
    ("policy.middleware:PolicyMiddleware.process_view", "if not allows(person, rule.permission, practice=person.practice_id):", "if False:", "the practice's pages are open to all"),
    ("policy.middleware:PolicyMiddleware.process_view", "if rule.needs_keys and not is_unlocked():", "if False:", "a locked desk is let through"),
    ("policy.middleware:PolicyMiddleware.process_view", "if not is_there(request, match.view_name if match else None):", "if False:", "every page on the public host"),
    ("policy.public_host:is_there", "route in PUBLIC or not is_public(request)", "True", "the public host has every route"),
    ("policy.middleware:PolicyMiddleware.process_view", 'if reads is not None and request.method in ("GET", "HEAD"):', "if False:", "a reading is not noted"),
    ("people.middleware:UnlockMiddleware.__call__", "elif not 0 <= idle <= settings.IDLE_LOCK_SECONDS:", "elif False:", "an idle desk stays open"),
    ("people.middleware:UnlockMiddleware.__call__", "if since(request.session, STARTED, now=now) > settings.SESSION_COOKIE_AGE:", "if False:", "a sign-in never ends"),
    ("api.queries:why_closed", "row.revoked_at is not None", "False", "a token that was taken back"),
    ("api.queries:why_closed", "\"\" if row.person.is_active else _(\"sign-in closed\")", "\"\"", "a token of a closed sign-in"),
    ("api.queries:why_closed", "row.ends_on < today_in(row.practice)", "False", "a token without an end"),
    ("treatments.queries:clients_for", "rows.filter(_in_reach(\"id\", person))", "rows", "a caseload of the whole practice"),
    ("treatments.queries:clients_for", "Client.objects.filter(practice_id=person.practice_id)", "Client.objects.all()", "clients of every practice"),
    ("treatments.queries:_in_reach", "filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()), person=person)", "filter(person=person)", "clients of parts that ended"),
    ("treatments.queries:_in_reach", "now.filter(part=Part.DENIED)", "now.filter(part='nobody')", "clients that were denied"),
)  # fmt: skip
LOOKUPS = (
    ("formulation.actions.citing:_mark", "client_id=statement.client_id,", "", "a mark of another client is cited", "formulation"),
    ("formulation.actions.citing:_passage", ", client_id=statement.client_id", "", "a passage of another client is cited", "formulation"),
    ("formulation.actions.citing:_session", ", client_id=statement.client_id", "", "an hour of another client is cited", "formulation"),
    ("formulation.actions.citing:_event", ", client_id=statement.client_id", "", "an event of another client is cited", "formulation"),
    ("formulation.actions.citing:_adjunct", ", client_id=statement.client_id", "", "an adjunct of another client is cited", "formulation"),
    ("formulation.actions.citing:_break", ", client_id=statement.client_id", "", "a break of another client is cited", "formulation"),
    ("formulation.views.writing:statement_named_in", "formulation=row, ", "", "a statement of another formulation", "formulation"),
    ("supervision.queries:shared_source", "source.treatment_id != row.treatment_id or ", "", "a text of another treatment is shared", "supervision"),
    ("supervision.queries:shared_source", "if source.kind == Source.Kind.COUNTERTRANSFERENCE:", "if False:", "one's own note is shared", "supervision"),
    ("supervision.queries:shared_day", "if day is None:", "return True\n    if day is None:", "every hour is shared", "supervision"),
    ("supervision.queries:open_for", ", ended_at=None, ends_at__gt=datetime.now(UTC)", "", "a supervision never ends", "supervision"),
    ("supervision.queries:open_for", "supervisor=person, ", "", "anybody's supervision is one's own", "supervision"),
    ("supervision.views.sharing:keys", ", practice_id=by.practice_id", "", "someone of another practice is invited", "supervision"),
    ("supervision.views.coding:_exercise", "if row.opened_at is None or not (is_coder or row.asked_by_id == person.id):", "if False:", "an agreement opens before both sealed", "supervision"),
    ("portal.views:rate", ", client=client", "", "a goal of another client is rated", "portal"),
    ("ui.sharing_page:sharing", "id__in=mine, ", "", "another's client is taken back", "practice_pages"),
    ("ui.practice_pages:will_of", "trustee=person, ", "", "a will opens to anybody", "practice_pages"),
    ("ui.audit_page:events_for", 'if person.has_role("manager"):', "if True:", "a clinician reads the whole audit", "practice_pages"),
    ("api.views:revoke", "tokens_for(person_of(request))", "tokens_for(person_of(request)).model.objects.all()", "a colleague's token is taken back", "api"),
    ("tracking.views.room:_room", " and row.mode in (Request.Mode.ROOM, Request.Mode.CLINICIAN)", "", "the sheet of a link opens in the room", "tracking"),
    ("casework.queries:mark_named", ", source__burned_at=None", "", "a mark of a burned text", "casework"),
    ("casework.actions.undoing:undo", "row.coder_id != by.id and ", "False and ", "another coder's mark is undone", "casework"),
)  # fmt: skip


def known_shapes() -> list[Fault]:
    """The ten shapes of section 2.3 of the threat table: vulnerabilities of other programs, as they would look here."""
    return [
        Fault("CVE-2026-24908: sorting by what was sent", _raw('rows.order_by(request.GET["sort"])'), ("doors",), "CVE-2026-24908"),
        Fault("CVE-2026-23627: an id in the words of a query", _raw('Client.objects.raw("select * from x where id=" + key)'), ("doors",), "CVE-2026-23627"),
        Fault("CVE-2026-24487: FHIR beside the client's compartment", both(
                rewritten("api.fhir:_of_client", "if not allows_row(person, permission, client):", "if False:"),
                rewritten("api.reading:in_reach", "clients_for(person_of(request))", "clients_for(person_of(request)).model.objects"),
            ), ("api",), "CVE-2026-24487", ("api:fhir_search",)),
        Fault("CVE-2026-34055: a note is changed by its id", weakened("record:add", "USE_OWN_ACCOUNT"), (), "CVE-2026-34055", ("record:add",)),
        Fault("CVE-2026-25745: the same in the API", weakened("api:session", "READ_API"), (), "CVE-2026-25745", ("api:session",)),
        Fault("CVE-2026-25744: an id in the body reaches another client", rewritten("supervision.views.coding:ask", ", client=row", ""), ("ids_of_others",), "CVE-2026-25744"),
        Fault("CVE-2026-27943: a form opens by its id", rewritten("portal.views:_request_of", " or row.client_id != person.client", ""), ("ids_of_others",), "CVE-2026-27943"),
        Fault("CVE-2026-25930: the printed page is not asked about", weakened("formulation:version_pdf", "USE_OWN_ACCOUNT"), (), "CVE-2026-25930", ("formulation:version_pdf",)),
        Fault("CVE-2026-33302: a denial is ignored", rewritten("policy.predicates:is_kept_out", "Part.DENIED in case.parts or ", ""), ("doors",), "CVE-2026-33302"),
        Fault("CVE-2026-25476: a parameter keeps an idle desk open", rewritten("people.middleware:UnlockMiddleware.__call__", "elif not 0 <= idle <= settings.IDLE_LOCK_SECONDS:", 'elif not 0 <= idle <= settings.IDLE_LOCK_SECONDS and "skip_timeout_reset" not in request.GET:'), ("walls",), "CVE-2026-25476"),
    ]  # fmt: skip


def _raw(line: str) -> Callable[[], Callable[[], None]]:
    """Plant: a line of source in a page of the practice, as the check over the sources would meet it."""

    def plant() -> Callable[[], None]:
        from pathlib import Path

        from tests.trust import test_doors

        target = test_doors.PRACTICE / "ui" / "caseload_page.py"
        before = Path.read_text

        def read_text(self: Path, *args: Any, **kwargs: Any) -> str:
            text = before(self, *args, **kwargs)
            return f"{text}\n{line}\n" if self == target else text

        Path.read_text = read_text  # type: ignore[method-assign]

        def mend() -> None:
            Path.read_text = before  # type: ignore[method-assign]

        return mend

    return plant


def seeded(count: int = 60, *, seed: int = 9) -> list[Fault]:
    """At least so many faults, drawn over permissions, predicates, the middlewares, routes and look-ups."""
    from depthwork.practice.policy.permissions import Permission
    from depthwork.practice.policy.predicates import keeps_office
    from depthwork.practice.policy.roles import POLICY
    from tests.trust import doors

    draw = random.Random(seed)
    found = [
        Fault(f"{what}", rewritten(path, old, new), ("doors", "ids_of_others"))
        for path, old, new, what in PREDICATES
    ]
    found += [Fault(what, rewritten(path, old, new), ("doors", "walls", "public_host", "practice_pages", "api", "treatments")) for path, old, new, what in WALLS]  # fmt: skip
    found += [
        Fault(what, rewritten(path, old, new), (room, "ids_of_others"))
        for path, old, new, what, room in LOOKUPS
    ]
    by_client = sorted(doors.CLIENT)
    for permission in draw.sample(by_client, 6):
        found.append(
            Fault(
                f"{permission} for everyone of the practice", widened(permission, "in_practice"), ("doors",)
            )
        )
    of_treatment = [name for name in by_client if keeps_office not in POLICY[Permission[name]]]
    for permission in draw.sample(of_treatment, 4):
        found.append(Fault(f"{permission} for the office", widened(permission, "keeps_office"), ("doors",)))
    of_practice = (
        "MANAGE_PRACTICE",
        "ADMIT_CLIENT",
        "WORK_INBOX",
        "SEARCH",
        "EXPORT_RESEARCH",
        "BRING_ITEM_TEXT",
    )
    for permission in draw.sample(of_practice, 3):
        found.append(Fault(f"{permission} for every role", widened(permission, "in_practice"), ("doors",)))
    by_row = [name for name, permission in doors.inventory().items() if permission in doors.CLIENT]
    for route in draw.sample(by_row, max(8, count - len(found))):
        less = draw.choice(("USE_OWN_ACCOUNT", "OPEN_PUBLIC_PAGE", "SEE_ADMINISTRATION"))
        if less == doors.inventory()[route]:
            less = "USE_OWN_ACCOUNT"
        found.append(Fault(f"{route} asks for {less} only", weakened(route, less), (), routes=(route,)))
    return found
