"""What to hold in mind for the next hour: gathered once, from what is there, and nothing concluded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from depthwork.patterns.hours import Hour
from depthwork.patterns.hours import Treatment as Coded
from depthwork.patterns.strain import left_open, strain_over
from depthwork.practice.casework.bridge import mark_from
from depthwork.practice.casework.dreams import TOLD_AT
from depthwork.practice.casework.models import MarkRow
from depthwork.practice.config.dates import in_words
from depthwork.practice.formulation.feelings import felt_words, wished_words
from depthwork.practice.formulation.measures import Moved, moved, scores_of
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source
from depthwork.practice.sources.queries import sources_of, version_of
from depthwork.practice.treatments.handing import reads_own_words
from depthwork.practice.treatments.handover import said_before_an_hour
from depthwork.practice.treatments.models import (
    Adjunct,
    Break,
    Ending,
    FrameEvent,
    LifeEvent,
    Session,
    Treatment,
)

STRAIN_HOURS = (
    12  # an older strain is a pattern and stands there; opening every mark would cost the page its haste
)
LAST_TURNS = 3
LONGEST_TURN = 320  # characters of a turn; the page is one sheet
AHEAD = timedelta(weeks=8)
LATELY = timedelta(weeks=4)
MISSED = ("missed_notice", "missed_no_notice", "cancelled_by_client", "cancelled_by_clinician")


@dataclass(frozen=True, slots=True)
class Said:
    """Words with where they stand."""

    words: str
    cite: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """One page before one hour. Every part may be empty, and then is not shown."""

    session: Session
    number: int
    lead: str
    ending: tuple[tuple[str, str], ...]  # the last turns: speaker, words
    ending_cite: str
    ending_href: str
    open_between: tuple[Said, ...]
    dates: tuple[Said, ...]
    hours_left: int | None
    coming: tuple[date, ...]
    focus: str
    dream: Said | None
    measures: tuple[Moved, ...]
    question: str
    own: tuple[Said, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing is there yet."""
        return not (
            self.lead
            or self.ending
            or self.open_between
            or self.dates
            or self.dream
            or self.own
            or self.question
        )


def brief_of(session: Session, *, today: date | None = None, reader: Person | None = None) -> Brief:
    """The page before an hour.

    Reads the last held hour before it, strain that nobody marked as repaired, dates around it, the last dream,
    measures that moved reliably, and the clinician's own note: the reader's, by default of whoever treats.
    """
    treatment: Treatment = session.treatment
    day = today or session.day
    hours = list(Session.objects.filter(treatment=treatment).order_by("starts_at"))
    before = [s for s in hours if s.starts_at < session.starts_at]
    held = [s for s in before if s.status == Session.Status.HELD]
    last = held[-1] if held else None
    ahead = [s for s in hours if s.starts_at >= session.starts_at and s.status == Session.Status.PLANNED]
    ending, cite = _ending(last)
    left = None
    if treatment.format == Treatment.Format.BRIEF and treatment.hours_agreed:
        left = max(0, treatment.hours_agreed - len(held))
    after = (last.after or {}) if last is not None else {}
    return Brief(
        session=session,
        number=session.number or len(held) + 1,
        lead=(last.kept_line or "") if last else "",
        ending=ending,
        ending_cite=cite,
        ending_href=_hour(last, ending=True) if last else "",
        open_between=_open_between(before, held),
        dates=_dates(treatment, day, is_past=session.status != Session.Status.PLANNED),
        hours_left=left,
        coming=tuple(s.day for s in ahead[: left or 3]),
        focus=treatment.focus or "",
        dream=_dream(treatment, session),
        measures=tuple(moved(scores_of(treatment.client_id, treatment=treatment))),
        question=after.get("question", ""),
        own=_own(last, after, reader or treatment.clinician),
    )


def _hour(session: Session | None, turn: int | None = None, *, ending: bool = False) -> str:
    if session is None:
        return ""
    try:
        url = reverse("casework:hour", args=[session.id])
    except NoReverseMatch:
        return ""
    return f"{url}#t{turn + 1}" if turn is not None else url


def _short(words: str, limit: int = LONGEST_TURN) -> str:
    """The end of a long turn, for it is the end that was heard last."""
    words = " ".join(words.split())
    return words if len(words) <= limit else "…" + words[-limit:].split(" ", 1)[-1]


def _ending(last: Session | None) -> tuple[tuple[tuple[str, str], ...], str]:
    """The last turns as they were said; without a transcript, the last words that were kept."""
    if last is None:
        return (), ""
    when = _("Hour %(number)s, %(day)s") % {"number": last.number, "day": in_words(last.day, "l j F")}
    for kept in sources_of(last, kinds=[Source.Kind.TRANSCRIPT]):
        turns = [t for t in kept.transcript.turns if t.speaker in ("T", "C") and t.text.strip()]
        if turns:
            said = turns[-LAST_TURNS:]
            first, final = said[0].index + 1, said[-1].index + 1
            return tuple((t.speaker, _short(t.text)) for t in said), _(
                "%(when)s, turns %(first)s to %(final)s"
            ) % {"when": when, "first": first, "final": final}
    if last.last_words:
        return (("C", last.last_words),), when
    return (), ""


def _coded(hours: list[Session]) -> list[Hour]:
    """The codes of a few hours, opened; one query."""
    cell, found = MarkRow._meta.get_field("body"), {s.id: [] for s in hours}
    rows = MarkRow.objects.filter(
        session__in=hours, source__burned_at=None, status__in=["confirmed", "edited"]
    ).values_list("id", "client_id", "source_id", "session_id", "status", "body")
    for pk, client, source, session, status, sealed in rows:
        body = cell.open_value(sealed, owner=client, row=pk, item=source)
        found[session].append(mark_from(id=pk, source_id=source, status=status, body=body))
    return [
        Hour(str(s.id), s.number or 0, s.day, None, "notes", tuple(found[s.id])) for s in hours if found[s.id]
    ]


def _open_between(before: list[Session], held: list[Session]) -> tuple[Said, ...]:
    """Strain that was left, and an hour that was missed since the last one held."""
    found: list[Said] = []
    by_number = {s.number: s for s in held}
    waiting = left_open(strain_over(Coded(_coded(held[-STRAIN_HOURS:]))))
    if waiting is not None:
        for strain in waiting.strains[:2]:
            if strain.repaired:
                continue
            row = by_number.get(waiting.hour)
            found.append(
                Said(
                    _short(strain.line.quote, 200),
                    _("Hour %(hour)s, turn %(turn)s; %(kind)s, not marked as repaired")
                    % {"hour": waiting.hour, "turn": strain.line.turn + 1, "kind": strain.kind},
                    _hour(row, strain.line.turn),
                )
            )
    since = held[-1].starts_at if held else None
    for s in before:
        if s.status in MISSED and (since is None or s.starts_at > since):
            found.append(
                Said(
                    _("The hour of %(day)s: %(status)s.")
                    % {"day": in_words(s.day, "j F"), "status": s.get_status_display()},
                    _("the frame"),
                )
            )
    return tuple(found)


def _dates(treatment: Treatment, day: date, *, is_past: bool) -> tuple[Said, ...]:
    found: list[tuple[date, Said]] = []

    def add(on: date, words: str, cite: str) -> None:
        found.append((on, Said(words, cite)))

    for b in Break.objects.filter(treatment=treatment, to_date__gte=day, from_date__lte=day + AHEAD):
        told = (
            _("told on %(day)s") % {"day": in_words(b.announced_on, "j F")}
            if b.announced_on
            else _("not told yet")
        )
        span = _("%(first)s to %(last)s") % {
            "first": in_words(b.from_date, "j F"),
            "last": in_words(b.to_date, "j F"),
        }
        add(b.from_date, _("A break from %(span)s; %(told)s.") % {"span": span, "told": told}, _("the frame"))
    ending = Ending.objects.filter(treatment=treatment).first()
    if ending is not None and day <= ending.on <= day + AHEAD:
        add(ending.on, _("The ending, %(day)s.") % {"day": in_words(ending.on, "j F")}, _("the frame"))
    for e in FrameEvent.objects.filter(treatment=treatment, on__gte=day - LATELY, on__lte=day + AHEAD):
        add(e.on, f"{in_words(e.on, 'j F')}, {e.said}" + (f": {e.words}" if e.words else "."), _("the frame"))
    for e in LifeEvent.objects.filter(treatment=treatment):
        if is_past and e.on >= day:  # looked at afterwards, the page says what could be known before
            continue
        near = e.on - LATELY <= day <= e.on + LATELY
        years = day.year - e.on.year
        turn = _in_year(e.on, day.year)
        if near:
            add(e.on, f"{in_words(e.on, 'j F')}: {e.words or e.kind}", _("a life event"))
        elif years > 0 and turn is not None and abs((turn - day).days) <= 10:
            add(turn, ngettext("%(day)s, %(n)s year since: %(words)s", "%(day)s, %(n)s years since: %(words)s", years)
                % {"day": in_words(turn, "j F"), "n": years, "words": e.words or e.kind},
                _("an anniversary"))  # fmt: skip
    for a in Adjunct.objects.filter(treatment=treatment, on__gte=day - LATELY, on__lte=day):
        add(a.on, f"{in_words(a.on, 'j F')}: {a.what or a.kind}", a.get_kind_display())
    if not is_past:
        for words, href in said_before_an_hour(treatment.client_id, day):
            found.append((day, Said(words, "", href)))
    return tuple(said for _, said in sorted(found, key=lambda pair: pair[0]))


def _in_year(on: date, year: int) -> date | None:
    try:
        return on.replace(year=year)
    except ValueError:  # 29 February
        return None


def _dream(treatment: Treatment, session: Session) -> Said | None:
    rows = (
        Source.objects.filter(
            treatment=treatment,
            kind=Source.Kind.DREAM,
            burned_at=None,
            session__starts_at__lt=session.starts_at,
        )
        .select_related("session")
        .order_by("session__starts_at", "created_at")
    )
    dreams = list(rows)
    if not dreams:
        return None
    last = dreams[-1]
    version = version_of(last)
    about = version.about or {}
    words = " ".join((version.text or "").split())
    if len(words) > 420:
        words = words[:420].rsplit(" ", 1)[0].rstrip(" .,;:") + "…"
    cite = (
        _("Hour %(number)s; %(n)s kept") % {"number": last.session.number, "n": len(dreams)}
        if len(dreams) > 1
        else _("Hour %(number)s") % {"number": last.session.number}
    )
    if about.get("told_at"):
        cite += "; " + str(TOLD_AT.get(about["told_at"], about["told_at"]))
    return Said(words, cite, _hour(last.session))


def _own(last: Session | None, after: dict[str, Any], reader: Person) -> tuple[Said, ...]:
    """The clinician's own note and feeling of the last hour. Never printed unless ticked."""
    if last is None or not reads_own_words(reader, last):
        return ()
    found = []
    for kept in sources_of(last, kinds=[Source.Kind.COUNTERTRANSFERENCE]):
        words = " ".join((kept.version.text or "").split())
        found.append(Said(words, _("Own note, %(day)s") % {"day": in_words(last.day, "j F")}))
    felt = felt_words(after.get("feelings") or {})
    lines = []
    if felt or after.get("feeling_words"):
        words = ", ".join([*felt, *([after["feeling_words"]] if after.get("feeling_words") else [])])
        lines.append(words[0].upper() + words[1:] + ".")
    if after.get("wished_to"):
        lines.append(_("Wished %(wishes)s.") % {"wishes": ", ".join(wished_words(after["wished_to"]))})
    if lines:
        found.append(Said(" ".join(lines), _("After the last hour")))
    return tuple(found)
