"""The formulation as pages read it. Whether a citation still holds is asked here, on each reading."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from depthwork.coding import Mark, Span
from depthwork.coding.anchor import settle
from depthwork.practice.casework.models import MarkRow
from depthwork.practice.config.at_once import rows_at_once
from depthwork.practice.config.dates import in_words
from depthwork.practice.formulation.differences import Stand
from depthwork.practice.formulation.models import Citation, Formulation, Prediction, Statement
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.sources.texts import transcript_of_version
from depthwork.practice.treatments.models import Treatment
from depthwork.practice.vault.errors import Burned

State = Literal["holds", "rejected", "removed", "detached", "burned"]
WHY: dict[str, str] = {
    "rejected": _("this mark was rejected later"),
    "removed": _("this mark, or what it stood on, was removed later"),
    "detached": _("these words no longer stand in the text"),
    "burned": _("its source was burned; the words are gone"),
}


@dataclass(frozen=True, slots=True)
class Cited:
    """One citation as the margin shows it. `n` runs through the page."""

    id: UUID
    n: int
    kind: str
    is_against: bool
    state: State
    quote: str
    by: str
    href: str
    key: str

    @property
    def holds(self) -> bool:
        return self.state == "holds"

    @property
    def why(self) -> str:
        return WHY.get(self.state, "")


@dataclass(frozen=True, slots=True)
class Told:
    """A statement with what it rests on and what speaks against it."""

    row: Statement
    words: str
    section: str
    is_inference: bool
    rests_on: tuple[Cited, ...]
    against: tuple[Cited, ...]

    @property
    def lost(self) -> tuple[Cited, ...]:
        """Citations that no longer hold."""
        return tuple(c for c in (*self.rests_on, *self.against) if not c.holds)

    @property
    def is_flagged(self) -> bool:
        """Something it cited no longer holds."""
        return bool(self.lost)

    @property
    def is_bare(self) -> bool:
        """Nothing holds it up, and it is not said to be an inference."""
        return not self.is_inference and not any(c.holds for c in self.rests_on)

    @property
    def standing(self) -> str:
        """flagged, bare, inference or cited: how it looks in the margin."""
        if self.is_flagged:
            return "flagged"
        if self.is_bare:
            return "bare"
        return "inference" if self.is_inference else "cited"


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with its statements."""

    key: str
    title: str
    statements: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One version, opened."""

    row: Formulation
    parts: tuple[Part, ...]

    @property
    def statements(self) -> tuple[Told, ...]:
        return tuple(s for part in self.parts for s in part.statements)

    def count(self, standing: str) -> int:
        """How many statements stand so."""
        return sum(s.standing == standing for s in self.statements)


def versions_of(treatment: Treatment) -> list[Formulation]:
    """Every version, newest first, each knowing its treatment; one query."""
    return list(treatment.formulations.select_related("kept_by", "created_by").order_by("-number"))


def latest_kept(treatment: Treatment) -> Formulation | None:
    """The version that stands."""
    return Formulation.objects.filter(treatment=treatment).exclude(kept_at=None).order_by("-number").first()


def formulation_named(formulation_id: UUID) -> Formulation | None:
    """A version by id, for the policy to judge."""
    return (
        Formulation.objects.select_related("client__practice", "treatment", "kept_by", "created_by")
        .filter(id=formulation_id)
        .first()
    )


def statement_named(statement_id: UUID) -> Statement | None:
    """A statement by id, for the policy to judge."""
    return (
        Statement.objects.select_related("client__practice", "formulation__treatment", "changed_by")
        .filter(id=statement_id)
        .first()
    )


def citation_named(citation_id: UUID) -> Citation | None:
    """A citation by id, for the policy to judge."""
    return (
        Citation.objects.select_related("client__practice", "statement__formulation__treatment")
        .filter(id=citation_id)
        .first()
    )


def prediction_named(prediction_id: UUID) -> Prediction | None:
    """A prediction by id, for the policy to judge."""
    return (
        Prediction.objects.select_related("client__practice", "treatment", "formulation")
        .filter(id=prediction_id)
        .first()
    )


def predictions_of(treatment: Treatment) -> list[Prediction]:
    """What was expected over the treatment, in the order it was written; one query."""
    return list(
        Prediction.objects.filter(treatment=treatment)
        .select_related("formulation", "made_by")
        .order_by("made_on", "formulation__number")
    )


def page_of(formulation: Formulation) -> Page:
    """A version with its statements and their citations."""
    return pages_of(formulation)[0]


def pages_of(*formulations: Formulation) -> list[Page]:
    """Versions with their statements and citations; one journey, one for keys, one more where a text was changed since."""
    rows, citations = rows_at_once(
        Statement.objects.filter(formulation__in=formulations).select_related("changed_by"),
        Citation.objects.filter(statement__formulation__in=formulations).select_related(
            "mark", "source", "session"
        ),
    )
    cited = _citations(sorted(citations, key=attrgetter("position")))
    of: dict[UUID, list[Statement]] = {}
    for row in rows:
        of.setdefault(row.formulation_id, []).append(row)
    return [_page(one, of.get(one.id, []), cited) for one in formulations]


def _page(formulation: Formulation, statements: list[Statement], cited: dict[UUID, list[Any]]) -> Page:
    sections = formulation.sections or []
    by_section: dict[str, list[Told]] = {}
    n = 0
    order = {s["key"]: i for i, s in enumerate(sections)}
    for row in sorted(statements, key=lambda s: (order.get((s.body or {}).get("section"), 99), s.position)):
        body = row.body or {}
        found = []
        for make in cited.get(row.id, ()):
            n += 1
            found.append(make(n))
        by_section.setdefault(body.get("section", ""), []).append(
            Told(
                row,
                row.words or "",
                body.get("section", ""),
                bool(body.get("inference")),
                tuple(c for c in found if not c.is_against),
                tuple(c for c in found if c.is_against),
            )
        )
    parts = tuple(Part(s["key"], s["title"], tuple(by_section.get(s["key"], ()))) for s in sections)
    return Page(formulation, parts)


def _citations(rows: list[Citation]) -> dict[UUID, list[Any]]:
    moved = _detached(rows)
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.statement_id, []).append(_maker(row, row.id in moved))
    return found


def _maker(row: Citation, is_detached: bool) -> Any:
    state = state_of(row, is_detached=is_detached)
    quote, turn = _quote(row, state)
    return lambda n: Cited(
        row.id,
        n,
        row.kind,
        row.is_against,
        state,
        quote,
        _by(row, turn),
        _href(row, turn, state),
        _key(row, turn),
    )


def state_of(row: Citation, *, is_detached: bool = False) -> State:
    """Whether a citation still holds, and if not, why."""
    if row.kind in (Citation.Kind.MEASURE, Citation.Kind.DATE):
        return "holds"
    if row.source_id is None:
        return "removed"
    if row.source.burned_at is not None:
        return "burned"
    if row.kind == Citation.Kind.MARK:
        if row.mark_id is None:
            return "removed"
        if row.mark.status == MarkRow.Status.REJECTED:
            return "rejected"
    return "detached" if is_detached else "holds"


def _quote(row: Citation, state: State) -> tuple[str, int | None]:
    if state == "burned" or (row.kind in ("mark", "passage") and row.source_id is None):
        return "", None
    try:
        body = row.mark.body if row.kind == Citation.Kind.MARK and row.mark_id else row.body
    except Burned:
        return "", None
    body = body or {}
    return body.get("quote") or body.get("words") or "", body.get("turn")


def _by(row: Citation, turn: int | None) -> str:
    when = []
    if row.session_id and row.session.number:
        when.append(gettext("Hour %(number)s") % {"number": row.session.number})
    elif row.session_id or row.on:
        on = row.on or row.session.day
        when.append(in_words(on))
    if turn is not None:
        when.append(gettext("turn %(n)s") % {"n": turn + 1})
    return ", ".join(when)


def _href(row: Citation, turn: int | None, state: State) -> str:
    if row.session_id is None or state == "burned":
        return ""
    try:
        url = reverse("casework:hour", args=[row.session_id])
    except NoReverseMatch:
        return ""
    if row.source_id:
        url += f"?source={row.source_id}"
    return f"{url}#t{turn + 1}" if turn is not None else url


def _key(row: Citation, turn: int | None) -> str:
    """What the citation points at, the same in every version."""
    return "|".join(
        str(part)
        for part in (
            row.kind,
            row.is_against,
            row.mark_id,
            row.source_id,
            row.session_id,
            row.form,
            row.on,
            turn,
        )
    )


def _detached(rows: list[Citation]) -> set[UUID]:
    """Citations whose words are no longer found in the text as it stands now. Texts are opened only if changed."""
    changed = [
        row
        for row in rows
        if row.source_id is not None
        and row.source.burned_at is None
        and row.source.version
        > (row.mark.source_version if row.kind == Citation.Kind.MARK and row.mark_id else row.source_version)
    ]
    if not changed:
        return set()
    sources: dict[UUID, Source] = {row.source_id: row.source for row in changed}
    texts = {}
    for version in SourceVersion.objects.filter(source__in=sources).order_by("number").defer("file"):
        if version.number == sources[version.source_id].version:
            texts[version.source_id] = transcript_of_version(sources[version.source_id], version)
    lost = set()
    for row in changed:
        mark, text = _as_mark(row), texts.get(row.source_id)
        if text is None or mark is None or settle([mark], text)[0].state == "detached":
            lost.add(row.id)
    return lost


def _as_mark(row: Citation) -> Mark | None:
    body = row.mark.body if row.kind == Citation.Kind.MARK and row.mark_id else row.body
    if not body:
        return None
    return Mark(
        source_id=str(row.source_id),
        span=Span(body["start"], body["end"]),
        turn=body["turn"],
        speaker=body["speaker"],
        construct="theme",
        code="",
        origin="",
        status="confirmed",
        codebook_version="",
        quote=body["quote"],
        anchor=tuple(body["anchor"]),
    )


def stands_of(formulation: Formulation) -> list[Stand]:
    """A version as a comparison sees it."""
    return stands_in(page_of(formulation))


def stands_in(page: Page) -> list[Stand]:
    """The same of a version that was read already."""
    titles = {part.key: part.title for part in page.parts}
    return [
        Stand(
            s.row.line,
            titles.get(s.section, ""),
            s.words,
            s.is_inference,
            tuple(sorted(c.key for c in (*s.rests_on, *s.against))),
        )
        for s in page.statements
    ]
