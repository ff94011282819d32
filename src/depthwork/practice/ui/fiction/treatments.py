"""Clients, their frames, every hour held or missed, breaks, endings, follow-ups, what stood beside."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from depthwork.practice.treatments.actions.admission import admit_client
from depthwork.practice.treatments.actions.followups import months_after
from depthwork.practice.treatments.actions.frame import let_cover
from depthwork.practice.treatments.calendar import moment, occurrences
from depthwork.practice.treatments.models import (
    Adjunct,
    Break,
    Client,
    Ending,
    FollowUp,
    Frame,
    FrameEvent,
    Goal,
    GoalRating,
    LifeEvent,
    Session,
    Treatment,
)
from depthwork.practice.ui.fiction.book import WEEKDAYS, Book, wall

WEEKS_AHEAD = 4
PARTS = (
    "weekday",
    "time",
    "second",
    "length_minutes",
    "place",
    "room",
    "seat",
    "fee",
    "frequency",
    "missed_session",
)
ENDED_BY = {
    "client": Ending.By.CLIENT,
    "clinician": Ending.By.CLINICIAN,
    "both": Ending.By.BOTH,
    "outside": Ending.By.OUTSIDE,
}


def fill(book: Book) -> None:
    for slug, facts in book.clients.items():
        if facts.get("status") == "inquiry":  # nobody has met them yet: they stand in the inbox alone
            continue
        with book.as_clinician(slug) as clinician:
            name = facts["name"]
            row = admit_client(
                name=f"{name['given']} {name['family']}",
                called=name.get("called", name["given"]),
                by=clinician,
                details={key: facts.get(key) for key in ("born", "pronouns", "work", "languages")},
                contact={**facts.get("contact", {}), "emergency": facts.get("emergency_contact")},
                state=facts.get("status", Client.State.ACTIVE),
            )
            book.rows[slug] = row
            if facts.get("treatment"):
                _treatment(book, slug, facts, row)


def _treatment(book: Book, slug: str, facts: dict[str, Any], client: Client) -> None:
    about, clinician = facts["treatment"], book.clinician(slug)
    focus = about.get("focus") or {}
    ending = about.get("ending")
    treatment = Treatment.objects.create(
        client=client,
        clinician=clinician,
        starts_on=book.day(slug, 0),
        format=about["format"],
        state=Treatment.State.ENDED if ending else Treatment.State.ACTIVE,
        hours_agreed=about.get("hours_agreed") if about["format"] == "brief" else None,
        focus=focus.get("words"),
        private_core_conflict=focus.get("private"),
    )
    book.treatments[slug] = treatment
    _frames(book, slug, about, treatment)
    for pause in about.get("breaks") or []:
        _break(book, slug, pause, treatment)
    _hours(book, slug, facts, treatment)
    if ending:
        Ending.objects.create(
            client=client,
            treatment=treatment,
            planned=bool(ending.get("planned", True)),
            by=ENDED_BY.get(str(ending.get("by", "both")), Ending.By.BOTH),
            on=book.day(slug, ending["week"]),
            summary=ending.get("closing_summary"),
        )
        for asked in about.get("followups") or []:
            _follow_up(book, slug, asked, treatment, ending["week"])
    else:
        _ahead(book, treatment)
    _beside(book, slug, facts, treatment)


def _frames(book: Book, slug: str, about: dict[str, Any], treatment: Treatment) -> None:
    now = dict(about["frame"])
    steps: list[tuple[int, list[dict[str, Any]]]] = [(0, [])]
    for change in sorted(about.get("frame_changes") or [], key=lambda c: c["week"]):
        if steps[-1][0] != change["week"]:
            steps.append((change["week"], []))
        steps[-1][1].append(change)
    for week, changes in steps:
        for change in changes:
            what = "length_minutes" if change["what"] == "length" else change["what"]
            if what == "length_minutes":
                now[what] = int(str(change["to"]).split()[0])  # "50 minutes from 17:37"
            elif what in PARTS:
                now[what] = change["to"]
            for key in ("second", "weekday", "time"):
                if key in change:
                    now[key] = change[key]
        monday = book.start(slug) + timedelta(weeks=week)
        _frame(book, treatment, now, monday).save(force_insert=True)
        for change in changes:
            kind = str(change["what"])[:20]
            FrameEvent.objects.create(
                client=treatment.client,
                treatment=treatment,
                on=book.day(slug, week),
                kind=kind,
                words=change.get("note") or None,
            )


def _frame(book: Book, treatment: Treatment, now: dict[str, Any], monday: Any) -> Frame:
    slots = [{"weekday": WEEKDAYS.index(now["weekday"]), "time": str(now["time"])}]
    if now.get("second") and now.get("frequency") not in ("weekly", "fortnightly"):
        slots.append(
            {"weekday": WEEKDAYS.index(now["second"]["weekday"]), "time": str(now["second"]["time"])}
        )
    rooms = {one["slug"]: one["name"] for one in book.facts["practice"].get("rooms", ())}
    return Frame(
        client=treatment.client,
        treatment=treatment,
        from_date=monday,
        frequency=now.get("frequency", "weekly"),
        slots=sorted(slots, key=lambda s: (s["weekday"], s["time"])),
        length_minutes=int(now.get("length_minutes", 50)),
        place=now.get("place", "office"),
        seat=now.get("seat", "chair"),
        terms={
            "fee": str(now.get("fee", "")),
            "currency": book.practice.currency,
            "missed_session": now.get("missed_session"),
            "room": rooms.get(now.get("room")),
        },
    )


def _break(book: Book, slug: str, pause: dict[str, Any], treatment: Treatment) -> None:
    cover = book.people.get(pause.get("cover") or "")
    start = book.start(slug)
    Break.objects.create(
        client=treatment.client,
        treatment=treatment,
        from_date=start + timedelta(weeks=pause["from_week"]),
        to_date=start + timedelta(weeks=pause["to_week"], days=6),
        cover=cover,
        reason=pause.get("reason"),
        announced_on=book.day(slug, pause["announced_week"])
        if pause.get("announced_week") is not None
        else None,
    )
    if cover is not None and start + timedelta(weeks=pause["to_week"], days=7) > book.today:
        let_cover(treatment=treatment, cover=cover, until=start + timedelta(weeks=pause["to_week"], days=6))


def _hours(book: Book, slug: str, facts: dict[str, Any], treatment: Treatment) -> None:
    frame = facts["treatment"]["frame"]
    changes = facts["treatment"].get("frame_changes") or []
    second = frame.get("second") or next((c["second"] for c in changes if "second" in c), None)
    rows: list[Session] = []
    numbered: dict[int, Session] = {}
    by_week: dict[tuple[int, int], Session] = {}
    for hour in facts.get("sessions") or []:
        slot = second if hour.get("slot") == 2 and second else frame
        day = book.day(slug, hour["week"], hour.get("weekday") or slot.get("weekday"))
        at = moment(day, wall(hour.get("time") or slot["time"]), book.practice.time_zone)
        held = hour["status"] == "held"
        length = int(hour.get("length_minutes") or frame.get("length_minutes", 50))
        late = int(hour.get("late_minutes") or 0) if held else 0
        after = {key: hour[key] for key in ("feelings", "wished_to", "question", "next") if hour.get(key)}
        row = Session(
            client=treatment.client,
            treatment=treatment,
            clinician_id=treatment.clinician_id,
            day=at.day,
            wall_time=at.wall_time,
            zone=at.zone,
            starts_at=at.starts_at,
            length_minutes=length,
            place=hour.get("place") or frame.get("place", "office"),
            status=hour["status"],
            number=hour["n"] if held else None,
            late_minutes=late,
            started_at=at.starts_at + timedelta(minutes=late) if held else None,
            stopped_at=at.starts_at + timedelta(minutes=length) if held else None,
            kept_line=hour.get("kept_line") or None,
            first_words=hour.get("first_words") or None,
            last_words=hour.get("last_words") or None,
            after=after or None,
        )
        rows.append(row)
        by_week[int(hour["week"]), int(hour.get("slot") or 1)] = row
        if held:
            numbered[int(hour["n"])] = row
    Session.objects.bulk_create(rows)
    book.sessions[slug] = numbered
    book.by_week[slug] = by_week


def _ahead(book: Book, treatment: Treatment) -> None:
    """The hours to come of a treatment under way, a few weeks ahead."""
    frame = Frame.objects.filter(treatment=treatment).order_by("-from_date").first()
    if frame is None:
        return
    until = book.monday + timedelta(weeks=WEEKS_AHEAD)
    slots = [(int(s["weekday"]), time.fromisoformat(s["time"])) for s in frame.slots]
    taken = set(Session.objects.filter(treatment=treatment).values_list("day", flat=True))
    pauses = list(Break.objects.filter(treatment=treatment).values_list("from_date", "to_date"))
    room = None
    if treatment.hours_agreed:
        room = (
            treatment.hours_agreed
            - Session.objects.filter(treatment=treatment, status=Session.Status.HELD).count()
        )
    rows = []
    for at in occurrences(
        slots,
        frequency=frame.frequency,
        zone=book.practice.time_zone,
        first=min(book.monday, book.today),  # hours of this week before today wait to be noted
        until=until,
        anchor=frame.from_date,
    ):
        if (
            at.day in taken
            or any(a <= at.day <= b for a, b in pauses)
            or (room is not None and len(rows) >= room)
        ):
            continue
        rows.append(
            Session(
                client=treatment.client,
                treatment=treatment,
                clinician_id=treatment.clinician_id,
                day=at.day,
                wall_time=at.wall_time,
                zone=at.zone,
                starts_at=at.starts_at,
                length_minutes=frame.length_minutes,
                place=frame.place,
            )
        )
    Session.objects.bulk_create(rows)


def _follow_up(book: Book, slug: str, asked: dict[str, Any], treatment: Treatment, week: int) -> None:
    ended = book.day(slug, week)
    due = months_after(ended, int(asked["month"]))
    said = asked.get("agreed", True)
    if said in (False, "no", "declined"):
        answer = FollowUp.Answer.DECLINED
    elif due > book.today:
        answer = FollowUp.Answer.AGREED
    else:
        answer = (
            FollowUp.Answer.DONE if asked.get("answers") or asked.get("words") else FollowUp.Answer.UNANSWERED
        )
    FollowUp.objects.create(
        client=treatment.client,
        treatment=treatment,
        months=int(asked["month"]),
        due_on=due,
        answer=answer,
        words=asked.get("words"),
    )


def _beside(book: Book, slug: str, facts: dict[str, Any], treatment: Treatment) -> None:
    client = treatment.client
    for one in facts.get("adjuncts") or []:
        kind = one["kind"] if one["kind"] in Adjunct.Kind.values else Adjunct.Kind.OTHER
        words = "; ".join(str(one[key]) for key in ("what", "change") if one.get(key))
        Adjunct.objects.create(
            client=client, treatment=treatment, kind=kind, on=book.day(slug, one["week"]), what=words
        )
    for one in facts.get("life_events") or []:
        LifeEvent.objects.create(
            client=client,
            treatment=treatment,
            kind=str(one["kind"])[:16],
            on=book.day(slug, one["week"]),
            words=one["words"],
        )
    aims = set(Goal.Aim.values)
    for order, one in enumerate(facts.get("goals") or []):
        aim = one.get("aim") or ""
        goal = Goal.objects.create(
            client=client,
            treatment=treatment,
            words=one["words"],
            is_own=bool(one.get("own", True)),
            aim=aim if aim in aims else "",
            order=order,
        )
        for rated in one.get("ratings") or []:
            session = book.sessions[slug].get(rated.get("n") or 0)
            on = session.day if session else book.day(slug, rated.get("week", 0))
            for rater in ("client", "clinician"):
                if rated.get(rater) is not None:
                    GoalRating.objects.create(
                        client=client, goal=goal, session=session, on=on, by=rater, value=rated[rater]
                    )
