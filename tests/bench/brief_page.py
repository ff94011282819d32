"""The page before the eighty-first hour, against its budget of 300 ms."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.bench.rows import Goal, Row
from tests.bench.site import one_page

HOURS, MARKS, BUDGET_S = 80, 40, 0.300
WORDS = "She swept round the chair. "


def eighty_hours(cast: Any) -> Any:
    """A treatment of eighty hours with a text and forty marks each, and a planned hour after them."""
    from depthwork.coding import Mark, Span
    from depthwork.practice.casework.bridge import body_of
    from depthwork.practice.casework.models import MarkRow, ReadingRow
    from depthwork.practice.sources.models import Source, SourceVersion
    from depthwork.practice.treatments.models import Session, Treatment
    from depthwork.practice.vault.unlocked import opened
    from tests import cast as people

    Treatment.objects.filter(client=cast.client).update(state=Treatment.State.ENDED)
    treatment = people.treatment_of(cast.ana, cast.client, hours=HOURS, brief=None, start=date(2024, 1, 2))
    text = WORDS * 60
    sources, versions, marks, readings = [], [], [], []
    with opened(cast.ana.unlocked):
        for session in treatment.sessions.all():
            source = Source(
                client=cast.client, treatment=treatment, session=session, kind="transcript", provenance="verbatim",
                created_by=cast.ana.person,
            )  # fmt: skip
            sources.append(source)
            versions.append(
                SourceVersion(client=cast.client, source=source, text=text, turns=[["C", text, None, None]])
            )
            readings.append(ReadingRow(client=cast.client, source=source, coder=cast.ana.person, how="whole"))
            for n in range(MARKS):
                start = n * 20
                mark = Mark(
                    source_id=str(source.id), span=Span(start, start + 15), turn=0, speaker="C",
                    construct="rupture_withdrawal" if n == 0 else "wish", code="denial" if n == 0 else "x",
                    origin=f"coder:{cast.ana.id}", status="confirmed", codebook_version="r@1",
                    quote=text[start : start + 15],
                )  # fmt: skip
                marks.append(
                    MarkRow(
                        client=cast.client, treatment=treatment, session=session, source=source,
                        coder=cast.ana.person, body=body_of(mark),
                    )
                )  # fmt: skip
        for model, rows in (
            (Source, sources),
            (SourceVersion, versions),
            (ReadingRow, readings),
            (MarkRow, marks),
        ):
            model.objects.bulk_create(rows)
        day = treatment.sessions.order_by("-day").first().day + timedelta(weeks=1)
        starts = datetime.combine(day, time(17), tzinfo=ZoneInfo("Europe/London"))
        return Session.objects.create(
            client=cast.client, treatment=treatment, clinician=cast.ana.person, day=day, wall_time=time(17),
            zone="Europe/London", starts_at=starts, status="planned",
        )  # fmt: skip


def _address(cast: Any) -> str:
    from django.urls import reverse

    return reverse("formulation:before", args=[eighty_hours(cast).id])


ROWS = [
    Row(
        name=f"page before the hour: {HOURS} hours, {HOURS * MARKS:,} marks",
        unit="pages",
        prepare=one_page("the page before the hour", _address),
        goals=(Goal("the page before the hour", None, BUDGET_S),),
    )
]
