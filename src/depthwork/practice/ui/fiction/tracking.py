"""Forms asked and answered, alerts and what was done about them, the watch of the practice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from depthwork.measures import measure, score
from depthwork.practice.people.models import Role
from depthwork.practice.tracking.actions.asking import ask
from depthwork.practice.tracking.actions.intake import result_of
from depthwork.practice.tracking.models import (
    Alert,
    Assessment,
    CoverTest,
    Deputy,
    Request,
    Response,
    Score,
    Watch,
)
from depthwork.practice.treatments.calendar import moment
from depthwork.practice.treatments.models import Client, FollowUp, Treatment
from depthwork.practice.ui.fiction.book import Book, wall
from depthwork.practice.vault import actions as vault

MODES = {"home": Request.Mode.LINK, "room": Request.Mode.ROOM}


def fill(book: Book) -> None:
    _watch(book)
    for slug, facts in book.clients.items():
        if not (facts.get("measures") or facts.get("alerts")):
            continue
        with book.as_clinician(slug) as clinician:
            asked = _measures(book, slug, facts, book.rows[slug], book.treatments.get(slug))
            _alerts(book, slug, facts, book.rows[slug], asked)
            _deputy(book, slug, facts, clinician)


def _watch(book: Book) -> None:
    """The practice is always on, as its file says; the colleagues tested each other a month ago."""
    told = (book.facts["practice"].get("monitoring")) or {}
    quiet = told.get("quiet_hours") or [None, None]
    now = _at(book, book.today, "08:00")
    Watch.objects.create(
        practice=book.practice,
        is_always_on=bool(told.get("risk_answers_between_hours")),
        immediate_minutes=int(told.get("escalate_after_minutes", 30)),
        quiet_from=wall(quiet[0]) if quiet[0] else None,
        quiet_to=wall(quiet[1]) if quiet[1] else None,
        last_beat=now,
        unbroken_since=now - timedelta(days=30),
    )
    for pair in book.facts.get("cover") or []:
        sent = _at(book, book.today - timedelta(days=31), "09:10")
        CoverTest.objects.create(
            practice=book.practice,
            sent_by=book.people[pair["clinician"]],
            colleague=book.people[pair["deputy"]],
            sent_at=sent,
            acknowledged_at=sent + timedelta(minutes=22),
        )


def _deputy(book: Book, slug: str, facts: dict[str, Any], clinician: Any) -> None:
    """A deputy only for those under treatment who agreed to forms."""
    agreed = next((one for one in facts.get("consents") or [] if one["purpose"] == "forms"), None)
    if facts["status"] != "active" or not agreed or agreed["answer"] not in (True, "yes"):
        return
    deputies = {pair["clinician"]: pair["deputy"] for pair in book.facts.get("cover") or []}
    colleague = book.people[deputies[facts["clinician"]]]
    if not colleague.has_role(Role.CLINICIAN):
        return
    vault.share(
        owner=book.rows[slug].id,
        compartments=["administration", "record"],
        reader=colleague.id,
        purpose="alerts",
    )
    Deputy.objects.create(
        client=book.rows[slug], colleague=colleague, agreed_on=book.day(slug, agreed.get("week") or 0)
    )


def _at(book: Book, day: date, at: Any) -> datetime:
    return moment(day, wall(at), book.practice.time_zone).starts_at


def _measures(
    book: Book, slug: str, facts: dict[str, Any], client: Client, treatment: Treatment | None
) -> list[tuple[str, Request]]:
    """Every asking as the file has it: answered, left open, declined."""
    followups = {row.months: row for row in FollowUp.objects.filter(treatment=treatment)} if treatment else {}
    requests, responses, scores, made = [], [], [], []
    for course in facts.get("measures") or []:
        definition = measure(course["measure"])
        for point in course["points"]:
            session = book.sessions.get(slug, {}).get(point.get("n") or 0)
            if point.get("waiting"):
                ask(client=client, by=book.clinician(slug), measure_id=definition.id, mode=Request.Mode.ROOM,
                    treatment=treatment, on=book.today)  # fmt: skip
                continue
            on = session.day if session else _day(book, slug, point)
            if on > book.today:
                continue
            followup = followups.get(point.get("followup"))
            at = (session.starts_at if session else _at(book, on, point.get("time") or "19:30")) - timedelta(
                minutes=20 if session else 0
            )
            mode = MODES.get(point.get("where", ""), Request.Mode.ROOM)
            answers = point.get("answers")
            state = (
                Request.State.DONE
                if answers is not None
                else Request.State.DECLINED
                if point.get("declined")
                else Request.State.LEFT_OPEN
            )
            request = Request(
                client=client,
                treatment=treatment,
                session=session,
                followup=followup,
                asked_by=book.clinician(slug),
                mode=mode,
                state=state,
                on=on,
                asked_at=at,
                finished_at=at + timedelta(minutes=5),
                receipt=uuid4().hex[:8].upper() if answers is not None else None,
                what={
                    "measure": definition.id,
                    "version": definition.version,
                    "hash": definition.hash,
                    "asked_by": book.clinician(slug).display_name,
                },
            )
            if mode == Request.Mode.LINK:
                request.token_name, request.expires_at = uuid4().hex * 2, at + timedelta(hours=72)
            requests.append(request)
            made.append((definition.id, request))
            if answers is None:
                continue
            given = {item.id: value for item, value in zip(definition.items, answers, strict=False)}
            score(definition, given)  # a mistake in the file stops here, not on a page
            content = {
                "measure": definition.id,
                "version": definition.version,
                "hash": definition.hash,
                "asked_hash": definition.hash,
                "answers": given,
                "mode": mode,
                "rater": definition.rater,
                "language": "en",
                "late": False,
            }
            response = Response(
                client=client,
                request=request,
                treatment=treatment,
                session=session,
                followup=followup,
                on=on,
                arrived_at=at + timedelta(minutes=5),
                taken_in_at=at + timedelta(minutes=6),
                answers=content,
            )
            responses.append(response)
            scores.append(
                Score(
                    client=client,
                    response=response,
                    made_at=at + timedelta(minutes=6),
                    result=result_of(content, practice=book.practice.id),
                )
            )
    Request.objects.bulk_create(requests)
    Response.objects.bulk_create(responses)
    Score.objects.bulk_create(scores)
    return made


def _day(book: Book, slug: str, point: dict[str, Any]) -> date:
    if slug in book.treatments:
        return book.day(slug, point.get("week", 0), point.get("weekday"))
    return book.from_today(point.get("week", 0), point.get("weekday") or "tue")


def _alerts(
    book: Book, slug: str, facts: dict[str, Any], client: Client, asked: list[tuple[str, Request]]
) -> None:
    for one in facts.get("alerts") or []:
        on = _day(book, slug, one)
        near = [
            request
            for name, request in asked
            if name == one["measure"] and request.state == Request.State.DONE
        ]
        if not near:
            continue
        request = min(near, key=lambda row: abs((row.on - on).days))
        if Alert.objects.filter(request=request).exists():
            continue
        minutes = int(one.get("minutes_until_seen") or 0)
        by, raised = book.people[one["by"]], request.finished_at or request.asked_at
        seen = raised + timedelta(minutes=minutes)
        spoken = raised + timedelta(minutes=int(one.get("minutes_until_spoken_with") or minutes))
        answered = seen + timedelta(minutes=45)
        between = request.mode == Request.Mode.LINK
        alert = Alert.objects.create(
            client=client,
            request=request,
            state=Alert.State.ANSWERED,
            raised_at=raised,
            escalate_at=raised + timedelta(minutes=30) if between else None,
            seen_at=seen,
            seen_by=by,
            answered_at=answered,
            what={
                "measure": one["measure"],
                "raised": [
                    {
                        "id": f"{one['measure']}_{one['item']}",
                        "level": one.get("level", "same_day"),
                        "item": one["item"],
                        "answer": one.get("answer"),
                        "reason": None,
                        "at": raised.isoformat(timespec="seconds"),
                    }
                ],
            },
        )
        Assessment.objects.create(
            client=client,
            alert=alert,
            by=by,
            at=answered,
            words={
                "asked": one["what_was_asked"],
                "done": one["what_was_done"],
                "topics": [],
                "steps": [],
                "spoken_at": spoken.isoformat(timespec="minutes"),
            },
        )
