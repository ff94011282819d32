"""Inquiries, consultations, consents and safety plans of the fictional practice."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from depthwork.practice.intake import considering
from depthwork.practice.intake.actions.consultation import as_kept
from depthwork.practice.intake.actions.inquiry import carried
from depthwork.practice.intake.considering import Considerations, Entry
from depthwork.practice.intake.models import (
    ClinicianProfile,
    Consultation,
    Desk,
    Inquiry,
    InquiryStep,
    SafetyPlan,
)
from depthwork.practice.intake.reading import next_reading
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.models import Client, Consent, Treatment
from depthwork.practice.ui.fiction.book import Book, wall
from depthwork.practice.vault.unlocked import opened, put_in_inbox

READING_DAYS, READ_UNTIL = [0, 1, 2, 3, 4], time(17)
STATES = {"open": Inquiry.State.CALLING, "closed": Inquiry.State.CLOSED}
# What a rule that the fiction names stands on, as facts that were confirmed.
CONFIRMED = {
    "R3": ["dependence"],
    "R8": ["depression", "medication"],
    "R10": ["panic_disorder"],
    "R14": ["recurring_pattern", "wish_to_understand"],
    "R15": ["wants_skills_or_structure", "not_interested_in_past"],
    "R16": ["circumscribed_focus", "motivation_for_change", "stays_with_affect"],
    "R17": ["diffuse_long_standing"],
}
DENIED = ["stated_intent", "recent_serious_attempt", "psychosis_or_mania"]


def fill(book: Book) -> None:
    first = next(slug for slug, person in book.people.items() if person.has_role("clinician"))
    with opened(book.unlocked[first]):
        desk = _desk(book)
        for one in book.read("inquiries.yaml")["inquiries"]:
            _inquiry(book, desk, one["slug"], one, one["from"], STATES[one["state"]], None)
        for slug, facts in book.clients.items():
            asked = facts.get("inquiry")
            if asked:
                row = book.rows.get(slug)
                state = Inquiry.State.CLIENT if row is not None else Inquiry.State.NEW
                whom = {**facts["name"], **(facts.get("contact") or {}), "languages": facts.get("languages")}
                _inquiry(book, desk, slug, asked, whom, state, row)
    for slug, row in book.rows.items():
        with book.as_clinician(slug):
            facts = book.clients[slug]
            _consents(book, slug, facts, row)
            _consultation(book, slug, facts, row)
            _safety_plans(book, slug, facts, row)


def _desk(book: Book) -> Desk:
    for slug, person in book.people.items():
        said = next(one for one in book.facts["people"] if one["slug"] == slug).get("profile") or {}
        if person.has_role("clinician"):
            offers = said.get("offers") or {}
            ClinicianProfile.objects.create(
                person=person,
                is_public=True,
                about=said.get("about", ""),
                training=said.get("credentials", ""),
                licence=said.get("licence", ""),
                step_free=True,
                **offers,
            )
    desk_of = next(p.display_name for p in book.people.values() if p.has_role("manager"))
    return Desk.objects.create(
        practice=book.practice,
        is_open=True,
        read_by=desk_of,
        weekdays=READING_DAYS,
        read_until=READ_UNTIL,
        phone=str(book.facts["practice"]["phone"]),
    )


def _moment(book: Book, week: int, weekday: str | None, at: Any) -> datetime:
    """A moment that has passed: what the calendar would put ahead of today, was yesterday."""
    day = book.from_today(week, weekday or "tue")
    if day >= book.today:
        day = book.today - timedelta(days=1)
    zone = zone_of(book.practice.time_zone)
    return datetime.combine(day, wall(at) if at else time(10, 15), tzinfo=zone).astimezone(UTC)


def _inquiry(
    book: Book,
    desk: Desk,
    slug: str,
    asked: dict[str, Any],
    whom: dict[str, Any],
    state: str,
    client: Client | None,
) -> None:
    name = " ".join(str(part) for part in (whom.get("given"), whom.get("family")) if part)
    words = {
        "name": name,
        "phone": whom.get("phone"),
        "email": whom.get("email"),
        "languages": whom.get("languages"),
        "brings": asked.get("brings"),
        "hopes": asked.get("hopes"),
        "times_said": asked.get("times"),
        "plan": asked.get("insurance"),
        "access": asked.get("access"),
        "found_us": asked.get("found_us"),
    }
    raw = json.dumps({key: value for key, value in words.items() if value}, ensure_ascii=False).encode()
    data_key, box = put_in_inbox(owner=book.practice.id, compartment="administration", raw=raw)
    arrived = _moment(book, asked["week"], asked.get("weekday"), asked.get("time"))
    handled = asked.get("handled") or []
    if not handled and state == Inquiry.State.CALLING:
        state = Inquiry.State.NEW
    row = Inquiry.objects.create(
        practice=book.practice,
        state=state,
        arrived_at=arrived,
        due_on=next_reading(
            arrived.astimezone(zone_of(book.practice.time_zone)), weekdays=READING_DAYS, until=READ_UNTIL
        ),
        once=hashlib.sha256(f"fiction {slug}".encode()).hexdigest(),
        data_key=data_key,
        box=box,
        client=client,
    )
    last = arrived
    for step in handled:
        last = max(
            last + timedelta(minutes=20), _moment(book, step["week"], step.get("weekday"), step.get("time"))
        )
        InquiryStep.objects.create(
            inquiry=row, practice=book.practice, by=book.people.get(step["by"]), at=last, words=step["what"]
        )


def _consents(book: Book, slug: str, facts: dict[str, Any], client: Client) -> None:
    clinician = book.clinician(slug)
    until = ((facts.get("treatment") or {}).get("recordings_after") or {}).get("ask_again_week")
    standing: dict[str, Consent] = {}
    for one in facts.get("consents") or []:
        purpose, is_yes = one["purpose"], bool(one["answer"])
        keeps = purpose in (Consent.Purpose.TRANSCRIPT, Consent.Purpose.RECORDING) and is_yes
        given = min(book.day(slug, one["week"]), book.today)
        before = standing.pop(purpose, None)
        if before is not None:
            before.replaced_at = _at_noon(book, given)
            before.save(update_fields=["replaced_at"])
        row = Consent(
            client=client,
            purpose=purpose,
            is_yes=is_yes,
            given_on=given,
            recorded_by=clinician,
            words={"said": one["words"]} if one.get("words") and one.get("revoked_week") is None else None,
        )
        if one.get("words") and one.get("revoked_week") is not None:
            row.words = {"taken_back": one["words"]}
        if keeps:
            row.lives = Consent.Lives.DAY if until is not None else Consent.Lives.FOLLOW_UPS
            row.ends_on = book.day(slug, until) if until is not None else None
        if one.get("revoked_week") is not None:
            row.revoked_at = _at_noon(book, book.day(slug, one["revoked_week"]))
            row.revoked_by = clinician
        else:
            standing[purpose] = row
        row.save(force_insert=True)
    treatment: Treatment | None = book.treatments.get(slug)
    cues = standing.get(Consent.Purpose.CUES)
    if treatment is not None and cues is not None and cues.is_yes and not treatment.cues:
        treatment.cues = True
        treatment.save(update_fields=["cues"])


def _at_noon(book: Book, day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=zone_of(book.practice.time_zone)).astimezone(UTC)


def _consultation(book: Book, slug: str, facts: dict[str, Any], client: Client) -> None:
    told = facts.get("consultation")
    if not told:
        return
    clinician = book.clinician(slug)
    asked = facts.get("inquiry") or {}
    weighed = told["considerations"]
    begun = min(book.from_today(asked.get("week", -1), "thu"), book.today)
    decided = begun + timedelta(weeks=1)
    if weighed.get("week") is not None:
        decided = book.from_today(weighed["week"], "tue")
    decided = min(decided, book.today)
    rules = [
        one["rule"]
        for name in ("must_do_first", "for", "caution")
        for one in _items(weighed, name)
        if "rule" in one
    ]
    known = {
        **{id: _fact(considering.DENIED, clinician.id, begun) for id in DENIED},
        **{
            id: _fact(considering.CONFIRMED, clinician.id, begun)
            for rule in rules
            for id in CONFIRMED.get(rule, [])
        },
    }
    preferences = told.get("preferences") or {}
    liked = {"words": preferences["words"]} if preferences.get("words") else {}
    if preferences.get("wants"):
        liked["help"] = ", ".join(preferences["wants"])
    if preferences.get("does_not_want"):
        liked["not_want"] = ", ".join(preferences["does_not_want"])
    Consultation.objects.create(
        client=client,
        begun_on=begun,
        begun_by=clinician,
        asked_for=carried(asked),
        notes=told.get("asked"),
        facts=known,
        preferences=liked or None,
        acknowledged=_acknowledged(book, weighed, clinician.display_name, decided) or None,
        decision=weighed["decided"],
        reasons=weighed.get("reasons"),
        shown=as_kept(_points(weighed)),
        decided_by=clinician,
        decided_on=decided,
    )


def _fact(state: str, by: UUID, on: date) -> dict[str, str]:
    return {"state": state, "by": str(by), "on": on.isoformat()}


def _items(weighed: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The fiction writes a point as words, or as words with a rule."""
    return [one if isinstance(one, dict) else {"text": one} for one in weighed.get(name) or []]


def _acknowledged(book: Book, weighed: dict[str, Any], name: str, on: date) -> dict[str, Any]:
    found = {}
    for n, one in enumerate(_items(weighed, "must_do_first")):
        who = book.people.get(one.get("acknowledged_by", ""))
        found[one.get("rule") or f"own:{n}"] = {
            "by": str(who.id) if who else "",
            "name": who.display_name if who else name,
            "on": on.isoformat(),
            "how": one.get("how") or one["text"],
        }
    return found


def _points(weighed: dict[str, Any]) -> Considerations:
    refs = {rule["id"]: (tuple(rule["refs"]), rule["mark"]) for rule in considering.rules()}

    def entry(one: dict[str, Any]) -> Entry:
        because = one.get("because") or []
        stands_on, mark = refs.get(one.get("rule", ""), ((), "project_rule"))
        return Entry(
            rule_id=one.get("rule", ""),
            text=one["text"],
            because=tuple(str(b) for b in because),
            evidence_refs=stands_on,
            mark=mark,
            name=one["text"],
            speaks_for=one.get("for", ""),
            speaks_against=one.get("against", ""),
        )

    lists = {
        field: tuple(entry(one) for one in _items(weighed, name))
        for field, name in (
            ("must_do_first", "must_do_first"),
            ("considerations_for", "for"),
            ("considerations_caution", "caution"),
            ("ask_next", "ask_next"),
            ("options_to_discuss", "options"),
            ("missing_information", "missing"),
        )
    }
    lists["options_to_discuss"] = tuple(sorted(lists["options_to_discuss"], key=lambda e: e.name.casefold()))
    used = dict.fromkeys(id for entries in lists.values() for one in entries for id in one.evidence_refs)
    return Considerations(**lists, evidence_refs=tuple(considering.references()[id] for id in used))


def _safety_plans(book: Book, slug: str, facts: dict[str, Any], client: Client) -> None:
    for one in (facts.get("safety_plan") or {}).get("versions") or []:
        parts = {
            name: one[name]
            for name in ("warning_signs", "on_my_own", "people_and_places", "making_it_safer", "reason")
            if one.get(name)
        }
        for name in ("people_to_ask", "professionals"):
            parts[name] = [
                {
                    key: value
                    for key, value in (
                        ("name", who["name"]),
                        ("phone", str(who.get("phone") or "")),
                        ("note", who.get("note") or who.get("when")),
                    )
                    if value
                }
                for who in one.get(name) or []
                if "source" not in who  # the crisis line is added by the page, from the country's table
            ]
        SafetyPlan.objects.create(
            client=client,
            number=one["version"],
            made_on=book.day(slug, one["week"]),
            made_by=book.clinician(slug),
            parts=parts,
        )
