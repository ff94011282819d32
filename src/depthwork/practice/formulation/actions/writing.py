"""Write a version statement by statement, and keep it. A kept version stands as it was signed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from depthwork.practice.formulation.models import Citation, Formulation, Statement
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Session, Treatment
from depthwork.practice.vault.errors import Burned

LONGEST = 20_000
KEPT = _("this version was kept and stands as it was signed; begin the next one to change it")


class Crossed(Changed):
    """Two people wrote one statement. `theirs` is how it stands now, `mine` what was sent."""

    def __init__(self, theirs: Statement | None, mine: str) -> None:
        super().__init__(gettext("this statement was changed meanwhile; both texts are here to compare"))
        self.theirs, self.mine = theirs, mine


@transaction.atomic
def begin_version(*, treatment: Treatment, titles: list[str], by: Person) -> Formulation:
    """The next version: the statements of the last one carried over with what they rest on, or empty headings."""
    if Formulation.objects.filter(treatment=treatment, kept_at=None).exists():
        raise CourseError(gettext("a version is being written already; go on with that one"))
    last = Formulation.objects.filter(treatment=treatment).order_by("-number").first()
    row = Formulation(
        client=treatment.client,
        treatment=treatment,
        number=(last.number if last else 0) + 1,
        after_hours=Session.objects.filter(treatment=treatment, status=Session.Status.HELD).count(),
        created_by=by,
        title=last.title if last else None,
        sections=last.sections if last else [{"key": uuid.uuid4().hex[:12], "title": t} for t in titles],
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise CourseError(gettext("a version is being written already; go on with that one")) from None
    if last is not None:
        _carry_over(last, row, by)
    note("formulation.begun", row, by=by)
    return row


def _carry_over(last: Formulation, row: Formulation, by: Person) -> None:
    statements, citations = [], []
    for old in Statement.objects.filter(formulation=last).prefetch_related("citations"):
        new = Statement(
            client_id=row.client_id,
            formulation=row,
            line=old.line,
            position=old.position,
            words=old.words,
            body=old.body,
            changed_by=old.changed_by,
        )
        statements.append(new)
        for one in old.citations.all():
            citations.append(
                Citation(
                    client_id=row.client_id,
                    statement=new,
                    kind=one.kind,
                    is_against=one.is_against,
                    position=one.position,
                    mark_id=one.mark_id,
                    source_id=one.source_id,
                    source_version=one.source_version,
                    session_id=one.session_id,
                    form=one.form,
                    on=one.on,
                    body=_body(one),
                )
            )
    Statement.objects.bulk_create(statements)
    Citation.objects.bulk_create(citations)


def _body(citation: Citation) -> dict[str, object] | None:
    """What a citation holds; nothing where its source was burned."""
    try:
        found: dict[str, object] | None = citation.body
    except Burned:
        return None
    return found


def being_written(formulation: Formulation) -> None:
    """Refuse a change of a kept version."""
    if not Formulation.objects.filter(pk=formulation.pk, kept_at=None).exists():
        raise CourseError(KEPT)


@transaction.atomic
def name_version(
    *, formulation: Formulation, title: str, titles: list[tuple[str, str]], by: Person, version: int
) -> Formulation:
    """The title of a version and its headings, (key, title) in order; a heading without a key is new.

    A heading that still holds statements stays.
    """
    being_written(formulation)
    if not Formulation.objects.filter(pk=formulation.pk, version=version).update(version=version + 1):
        raise Changed(gettext("the headings were changed meanwhile; look at them again"))
    old = {s["key"]: s for s in formulation.sections or []}
    used = {(s.body or {}).get("section") for s in Statement.objects.filter(formulation=formulation)}
    kept = [
        {"key": key if key in old else uuid.uuid4().hex[:12], "title": name.strip()}
        for key, name in titles
        if name.strip()
    ]
    there = {s["key"] for s in kept}
    formulation.sections = kept + [s for key, s in old.items() if key in used and key not in there]
    formulation.title = title.strip() or None
    formulation.version = version + 1
    formulation.save(update_fields=["sections", "title"])
    note("formulation.headings", formulation, by=by)
    return formulation


def _words(text: str) -> str:
    words = text.strip()
    if not words:
        raise CourseError(gettext("the statement is empty; write it, or strike it out"))
    if len(words) > LONGEST:
        raise CourseError(
            gettext("a statement has %(longest)s characters at most; make two of it") % {"longest": LONGEST}
        )
    return words


@transaction.atomic
def add_statement(
    *, formulation: Formulation, section: str, words: str, by: Person, is_inference: bool = False
) -> Statement:
    """A new statement at the end of a section."""
    being_written(formulation)
    if section not in {s["key"] for s in formulation.sections or []}:
        raise CourseError(gettext("there is no such heading in this version; choose one of those shown"))
    last = (
        Statement.objects.filter(formulation=formulation)
        .order_by("-position")
        .values_list("position", flat=True)
        .first()
    )
    row = Statement.objects.create(
        client_id=formulation.client_id,
        formulation=formulation,
        position=(last or 0) + 10,
        words=_words(words),
        body={"section": section, "inference": is_inference},
        changed_by=by,
    )
    note("statement.written", row, by=by)
    return row


def _claim(statement: Statement, version: int, mine: str) -> None:
    """Take the statement at the version that was read, or say how it stands now."""
    done = Statement.objects.filter(pk=statement.pk, version=version, formulation__kept_at=None).update(
        version=version + 1
    )
    if done:
        statement.version = version + 1
        return
    now = Statement.objects.select_related("formulation", "changed_by").filter(pk=statement.pk).first()
    if now is not None and now.formulation.kept_at is not None:
        raise CourseError(KEPT)
    raise Crossed(now, mine)


@transaction.atomic
def change_statement(*, statement: Statement, words: str, by: Person, version: int) -> Statement:
    """Other words for a statement, if nobody else has changed it since it was read."""
    words = _words(words)
    _claim(statement, version, words)
    statement.words, statement.changed_by = words, by
    statement.save(update_fields=["words", "changed_by", "changed_at"])
    note("statement.changed", statement, by=by)
    return statement


@transaction.atomic
def mark_inference(*, statement: Statement, is_inference: bool, by: Person, version: int) -> Statement:
    """Say that no line says this, or take that back."""
    _claim(statement, version, statement.words)
    statement.body = (statement.body or {}) | {"inference": is_inference}
    statement.changed_by = by
    statement.save(update_fields=["body", "changed_by", "changed_at"])
    note("statement.inference", statement, by=by)
    return statement


@transaction.atomic
def move_statement(*, statement: Statement, section: str, by: Person, version: int) -> Statement:
    """To another heading, at its end."""
    if section not in {s["key"] for s in statement.formulation.sections or []}:
        raise CourseError(gettext("there is no such heading in this version; choose one of those shown"))
    _claim(statement, version, statement.words)
    top = (
        Statement.objects.filter(formulation_id=statement.formulation_id)
        .order_by("-position")
        .values_list("position", flat=True)
        .first()
    )
    statement.body = (statement.body or {}) | {"section": section}
    statement.position = (top or 0) + 10
    statement.changed_by = by
    statement.save(update_fields=["body", "position", "changed_by", "changed_at"])
    note("statement.moved", statement, by=by)
    return statement


@transaction.atomic
def strike_out(*, statement: Statement, by: Person, version: int) -> None:
    """Leave a statement out of this version; earlier versions keep it."""
    _claim(statement, version, statement.words)
    note("statement.struck_out", statement, by=by)
    statement.delete()


@transaction.atomic
def keep_version(*, formulation: Formulation, by: Person, is_shared: bool = False) -> Formulation:
    """Sign the version with date and name. From here on it does not change."""
    if not Statement.objects.filter(formulation=formulation).exists():
        raise CourseError(gettext("there is no statement in it yet; write one first"))
    now = datetime.now(UTC)
    done = Formulation.objects.filter(pk=formulation.pk, kept_at=None).update(
        kept_at=now, kept_by=by, is_shared=is_shared
    )
    if not done:
        raise CourseError(KEPT)
    formulation.refresh_from_db(fields=["kept_at", "kept_by", "is_shared"])
    note("formulation.kept", formulation, by=by)
    return formulation
