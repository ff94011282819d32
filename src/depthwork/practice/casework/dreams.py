"""The dreams of a treatment: told with what belongs to them, from their own sources or marked in an hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from depthwork.practice.casework.queries import marks_of_treatment
from depthwork.practice.casework.words import name_of_code
from depthwork.practice.sources.models import Source
from depthwork.practice.sources.queries import sources_of_treatment
from depthwork.practice.treatments.models import Treatment

TOLD_AT = {"start": _("told at the start"), "middle": _("told in the middle"), "end": _("told at the end")}


@dataclass(frozen=True, slots=True)
class ToldDream:
    """One dream. `done` is what the therapist did with it in its hour, as marked."""

    hour: int | None
    day: Any
    href: str
    own_page: str
    paragraphs: list[str]
    residue: str
    associations: list[tuple[str, str]]
    told_at: str
    next: str
    done: list[tuple[str, str]]
    is_quoted: bool


def dreams_of_treatment(treatment: Treatment) -> list[ToldDream]:
    """In the order of the hours; a dream kept as a report stands before one that is only marked in its hour."""
    marks = marks_of_treatment(treatment)
    acts: dict[str, list[tuple[int, str, str]]] = {}
    told: dict[str, list[Any]] = {}
    for mark in marks:
        if mark.construct == "intervention":
            acts.setdefault(mark.source_id, []).append(
                (mark.span.start, name_of_code(mark.construct, mark.code), mark.quote)
            )
        elif mark.construct == "dream":
            told.setdefault(mark.source_id, []).append(mark)
    kept = sources_of_treatment(treatment, kinds=(Source.Kind.DREAM,))
    reported = {k.source.session_id for k in kept}
    found: list[ToldDream] = []
    for k in kept:
        about = k.version.about or {}
        session = k.source.session
        found.append(
            ToldDream(
                hour=session.number if session else None,
                day=session.day if session else None,
                href=f"{reverse('casework:hour', args=[session.id])}?source={k.source.id}" if session else "",
                own_page=reverse("sources:source", args=[k.source.id]) if session else "",
                paragraphs=[turn.text for turn in k.transcript.turns],
                residue=str(about.get("residue") or ""),
                associations=_associations(about.get("associations")),
                told_at=TOLD_AT.get(str(about.get("told_at")), ""),
                next=_next(about.get("later") or about.get("next")),
                done=_done(treatment, session, acts, told),
                is_quoted=False,
            )
        )
    sources = Source.objects.filter(id__in=list(told)).select_related("session")
    for source in sources:
        if source.session_id in reported or source.session is None:
            continue
        for mark in told[str(source.id)]:
            found.append(
                ToldDream(
                    hour=source.session.number,
                    day=source.session.day,
                    href=f"{reverse('casework:hour', args=[source.session_id])}?source={source.id}#t{mark.turn + 1}",
                    own_page="",
                    paragraphs=mark.quote.split("\n"),
                    residue="",
                    associations=[],
                    told_at="",
                    next="",
                    done=_after(acts.get(str(source.id), []), mark.span.end),
                    is_quoted=True,
                )
            )
    return sorted(found, key=lambda d: (d.hour or 0, d.is_quoted))


def _next(given: Any) -> str:
    """The hour of the next dream, or what was written of it."""
    return gettext("In hour %(n)s") % {"n": given} if isinstance(given, int) else str(given or "")


def _associations(given: Any) -> list[tuple[str, str]]:
    pairs = []
    for one in given or []:
        if isinstance(one, dict):
            pairs.append((str(one.get("element", "")), str(one.get("words", ""))))
    return pairs


def _done(
    treatment: Treatment, session: Any, acts: dict[str, Any], told: dict[str, Any]
) -> list[tuple[str, str]]:
    """Acts after the dream in the transcript of the same hour, where the dream was marked in it."""
    if session is None:
        return []
    for source in Source.objects.filter(treatment=treatment, session=session, kind=Source.Kind.TRANSCRIPT):
        dreams = told.get(str(source.id), [])
        if dreams:
            return _after(acts.get(str(source.id), []), dreams[0].span.end)
    return []


def _after(acts: list[tuple[int, str, str]], end: int, *, most: int = 3) -> list[tuple[str, str]]:
    return [(name, quote) for start, name, quote in sorted(acts) if start >= end][:most]
