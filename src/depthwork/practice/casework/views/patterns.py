"""What recurs: the concordance, the triangles, the ladder, the dreams, and lines like a line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from depthwork.patterns.hours import Hour
from depthwork.patterns.overview import Apart, Patterns, patterns_apart
from depthwork.patterns.parallels import Parallel
from depthwork.practice.casework.alike import like_these_words
from depthwork.practice.casework.beside import beside
from depthwork.practice.casework.dreams import dreams_of_treatment
from depthwork.practice.casework.errors import MarkError
from depthwork.practice.casework.page import patterns as page
from depthwork.practice.casework.queries import hours_of, names_of
from depthwork.practice.casework.views.hour import treats_client
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.sources.models import Source
from depthwork.practice.sources.queries import source_named
from depthwork.practice.treatments.leaves import leaves_for
from depthwork.practice.treatments.models import Client, Session, Treatment
from depthwork.practice.treatments.queries import client_named, current_treatment

PARALLELS = 6  # those in three places come first


def of_client(request: HttpRequest) -> tuple[Client, Treatment | None, dict[str, Any]]:
    """The client of a page, the treatment that runs, and what its head shows."""
    client: Client = request.subject  # type: ignore[attr-defined]
    context = {
        "client": client,
        "who": client.called,
        "leaves": leaves_for(request, client),
        "compartment": _("Process notes"),
        "sheet_head": client.initials,
    }
    return client, current_treatment(client), context


def _names(found: Patterns) -> dict[str, str]:
    ids: list[UUID] = []
    outside: dict[str, str] = {}
    for coder in found.caption.coders:
        try:
            ids.append(UUID(coder))
        except ValueError:
            if coder not in ("consensus", "unknown"):
                outside[coder] = (
                    coder  # somebody without a sign-in here, by the name that came with their marks
                )
    return outside | {str(pk): name for pk, name in names_of(ids).items()}


@rule(P.READ_PROCESS_NOTES, of=client_named, reads="patterns.read")
@require_GET
def patterns(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """The concordance then | now | here, counter-examples, the triangles, and what else returns."""
    client, treatment, context = of_client(request)
    hours = hours_of(treatment) if treatment else []
    apart = patterns_apart(hours)
    if treatment is not None and any(hour.marks for hour in hours):
        context |= _pattern_context(apart, hours, treatment, basis=request.GET.get("basis", ""))
    context |= {
        "treatment": treatment,
        "treats": treats_client(person_of(request), client),
        "first_hour": next((hour for hour in hours if hour.number), None),
    }
    return render(request, "casework/patterns.html", context)


def _pattern_context(apart: Apart, hours: list[Hour], treatment: Treatment, *, basis: str) -> dict[str, Any]:
    chosen = {"unaided": apart.unaided, "accepted": apart.accepted}.get(basis) if apart.mixed else None
    found = chosen or apart.together
    quotes = page.quotes_of(hours)
    names = _names(apart.together)
    told = found.concordance
    key = treatment.pk.hex[:8]
    interpretations = found.triangles.counts.n
    similarity = found.similarity
    return {
        "found": found,
        "basis": basis if chosen else "together",
        "mixed": apart.mixed,
        "apart": apart,
        "heading": page.heading_of(found),
        "opening": page.opening_of(found),
        "episodes": page.spelled(
            ngettext("one told episode", "%(n)s told episodes", found.ccrt.episodes), found.ccrt.episodes
        ),
        "hours_read": page.spelled(
            ngettext("one hour", "%(n)s hours", found.caption.hours_whole), found.caption.hours_whole
        ),
        "caption": page.caption_of(found.caption, names),
        "columns": page.COLUMNS,
        "rows": page.rows_of(told, quotes) if told else [],
        "counters": page.counters_of(told, quotes) if told else [],
        "beside": page.counters_beside(told, quotes) if told else [],
        "counter_count": page.counted_of(told) if told else "",
        "withheld": found.ccrt.withheld,
        "table": page.table_of(found.ccrt),
        "triangles": [
            {
                "kind": "conflict",
                "chart": page.triangle_of(
                    "conflict", found.triangles.conflict, key=f"c{key}", counted=interpretations
                ),
                "corners": _corners(found.triangles.conflict, quotes),
            },
            {
                "kind": "person",
                "chart": page.triangle_of(
                    "person", found.triangles.person, key=f"p{key}", counted=interpretations
                ),
                "corners": _corners(found.triangles.person, quotes),
            },
        ]
        if any(
            corner.lines for t in (found.triangles.conflict, found.triangles.person) for corner in t.corners
        )
        else [],
        "interpretive": dict(zip(("n", "of"), found.triangles.interpretive_acts, strict=True)),
        "responses": [
            (quotes.said(said), quotes.said(answer), page.name_of("client_response", answer.code))
            for said, answer in found.triangles.responses
            if answer is not None
        ],
        "links": quotes.all(found.triangles.client_links),
        "parallels": [
            {
                "part": page.PARTS[p.part],
                "name": _(p.name),
                "spheres": _columns(p, quotes),
            }
            for p in found.parallels[:PARALLELS]
        ],
        "more_parallels": max(0, len(found.parallels) - PARALLELS),
        "similarity": similarity,
        "strain": [
            {
                "hour": h.hour,
                "mended": h.mended,
                "strains": [(s, quotes.said(s.line, of=False), quotes.all(s.attempts)) for s in h.strains],
                "loose": quotes.all(h.loose_repairs),
            }
            for h in found.strain.hours
        ],
        "strain_counts": found.strain.counts,
        "themes": [(t, quotes.all(t.lines)) for t in found.themes],
        "hard": [(_(h.name), quotes.all(h.lines)) for h in found.hard_to_say],
        "has_defenses": found.ladder.profile.n > 0 or any(r.lines for r in found.ladder.rungs),
    }


def _columns(parallel: Parallel, quotes: page.Quotes) -> list[tuple[str, int, list[page.Said]]]:
    """Then, now and here, each in its place; one of them may be empty."""
    told = {one.sphere: one for one in parallel.spheres}
    return [
        (name, told[sphere].episodes, quotes.all(told[sphere].lines[:2])) if sphere in told else (name, 0, [])
        for sphere, name in (("past", _("then")), ("current", _("now")), ("therapist", _("here")))
    ]


def _corners(triangle: Any, quotes: page.Quotes) -> list[tuple[str, str, list[page.Said]]]:
    """Each corner by its id, by which the drawing leads here, with its name and its lines."""
    return [(c.name, _(c.name), quotes.all(c.lines)) for c in triangle.corners if c.lines]


@rule(P.READ_PROCESS_NOTES, of=client_named, reads="patterns.read")
@require_GET
def defenses(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """The ladder over time: which levels, hour by hour, with every line behind them."""
    _client, treatment, context = of_client(request)
    hours = hours_of(treatment) if treatment else []
    found = patterns_apart(hours).together
    quotes = page.quotes_of(hours)
    ladder = found.ladder
    from depthwork.process.defenses import LEAST, level_of

    names, level = page.level_names(), level_of()
    by_level: dict[int, list[tuple[str, list[page.Said]]]] = {}
    for code, lines in ladder.lines.items():
        if code in level:
            by_level.setdefault(level[code], []).append((page.name_of("defense", code), quotes.all(lines)))
    context |= {
        "treatment": treatment,
        "ladder": ladder,
        "chart": page.ladder_drawing(ladder, quotes, key=f"l{treatment.pk.hex[:8]}") if treatment else None,
        "caption": page.caption_of(found.caption, _names(found)),
        "levels": [(n, names[n - 1], sorted(by_level[n])) for n in sorted(by_level, reverse=True)],
        "least": LEAST,
        "first_hour": next((hour for hour in hours if hour.number), None),
    }
    return render(request, "casework/defenses.html", context)


@rule(P.READ_PROCESS_NOTES, of=client_named, reads="dreams.read")
@require_GET
def dreams(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Each dream with its residue and associations, what was done with it, and the next one."""
    client, treatment, context = of_client(request)
    context |= {
        "treatment": treatment,
        "dreams": dreams_of_treatment(treatment) if treatment else [],
        "treats": treats_client(person_of(request), client),
    }
    if treatment and not context["dreams"]:
        held = Session.objects.filter(treatment=treatment, status=Session.Status.HELD)
        context["last_hour"] = held.order_by("-starts_at").first()
    return render(request, "casework/dreams.html", context)


@rule(P.READ_PROCESS_NOTES, of=source_named, reads="search.alike")
@require_GET
def alike(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """Where was something like this said? Over the whole treatment, from some selected words."""
    source: Source = request.subject  # type: ignore[attr-defined]
    person = person_of(request)
    treats = treats_client(person, source)
    said = None if treats else beside(source, person)
    if not treats and (said is None or not said.is_whole):
        raise Http404("only some hours are shared; the search reads them all")
    try:
        start, end = int(request.GET["start"]), int(request.GET["end"])
    except (KeyError, ValueError):
        raise Http404("no words") from None
    try:
        found = like_these_words(source, start=start, end=end)
    except MarkError as refused:
        return render(request, "casework/refused.html", {"words": str(refused)}, status=422)
    context = {"source": source, "alike": found}
    if treats:
        context |= {"who": source.client.called, "leaves": leaves_for(request, source.client)}
    whole = not request.headers.get("HX-Request")
    return render(request, "casework/alike_page.html" if whole else "casework/alike.html", context)
