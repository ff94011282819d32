"""What the columns and the chosen values of a record are called on a page that a client reads."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# By the name of a column, or of an entry inside one.
FIELDS = {
    "about": _("about it"), "acknowledged": _("taken note of"), "address": _("address"), "after": _("after the hour"),
    "aim": _("aim"), "amount": _("amount"), "announced_on": _("announced on"), "answer": _("answer"),
    "answers": _("answers"), "arrived_at": _("arrived"), "asked_for": _("what was asked for"),
    "before": _("before it was corrected"), "begun_on": _("begun on"), "body": _("words"), "born": _("born"), "burned_at": _("destroyed on"),
    "by": _("by whom"), "called": _("called"), "claims": _("claims"), "closed_on": _("closed on"), "codes": _("codes"),
    "contact": _("contact"), "cover_name": _("who covers"), "cover_phone": _("telephone of who covers"), "currency": _("currency"), "day": _("day"), "decided_on": _("decided on"),
    "decided_with_client": _("decided together"), "decision": _("decision"), "details": _("about the person"),
    "diagnosis": _("diagnosis"), "due_on": _("due on"), "email": _("e-mail"), "emergency": _("in an emergency"),
    "ends_on": _("ends on"), "facts": _("what was said"), "fee": _("fee"), "figures": _("figures"), "file": _("file"),
    "first_words": _("first words"), "focus": _("focus"), "format": _("format"), "frequency": _("frequency"),
    "from_date": _("from"), "given_on": _("given on"), "hours_agreed": _("hours agreed"), "how": _("how"),
    "is_own": _("the client’s own"), "is_yes": _("yes or no"), "kept_line": _("line kept of the hour"),
    "kind": _("kind"), "languages": _("languages"), "last_words": _("last words"), "late_minutes": _("late, in minutes"),
    "left_at": _("left on"), "length_minutes": _("length in minutes"), "line": _("line"), "lives": _("how long it holds"),
    "made_at": _("made on"), "made_on": _("made on"), "measure": _("questionnaire"), "medication": _("medication"),
    "modality": _("manner of work"), "months": _("months after the end"), "name": _("name"), "network": _("network"),
    "notes": _("notes"), "number": _("number"), "on": _("on"), "parts": _("parts"), "passages": _("passages"),
    "payer": _("payer"), "phone": _("telephone"), "place": _("place"), "plan": _("plan"), "planned": _("planned"),
    "position": _("place in the text"), "preferences": _("preferences"), "private_core_conflict": _("core conflict"),
    "pronouns": _("pronouns"), "provenance": _("how it was written down"), "purpose": _("what it is about"),
    "read_at": _("read on"), "readings": _("readings"), "reason": _("reason"), "reasons": _("reasons"),
    "replaced_at": _("replaced on"), "result": _("result"), "revoked_at": _("taken back on"), "risk": _("danger"),
    "score": _("score"), "scores": _("scores"), "seat": _("chair or couch"), "service": _("service"),
    "set_aside": _("set aside"), "shown": _("shown"), "signed_at": _("signed on"), "source": _("paid by"),
    "started_at": _("began at"), "starts_on": _("starts on"), "state": _("state"), "status": _("status"),
    "stopped_at": _("ended at"), "summary": _("summary"), "terms": _("terms"), "text": _("text"), "times": _("times"),
    "to_date": _("to"), "turns": _("turns"), "units": _("hours authorised"), "until": _("until"),
    "until_end": _("kept until the end"), "used_elsewhere": _("used elsewhere"), "value": _("value"),
    "visit_limit": _("hours at most"), "wall_time": _("time"), "what": _("what"), "words": _("words"),
    "why": _("why"), "work": _("work"), "answered_at": _("asked about on"), "asked": _("what was asked"),
    "asked_on": _("asked for on"), "at": _("on"), "barriers": _("what stands in the way"), "booked_on": _("booked on"),
    "brings": _("what brings them"), "compared": _("what holds for medical care"), "applies": _("how the limit is applied"),
    "coordination": _("coordination"), "difficulties": _("difficulties"), "aims": _("aims"), "approach": _("approach"),
    "discharge": _("when it is enough"), "done": _("what was done"), "duration": _("duration"), "expected": _("expected"),
    "first_day": _("first day"), "goal": _("goal"), "goals": _("goals"), "hopes": _("hopes"), "impairment": _("what is hindered"),
    "interventions": _("what is done"), "last_day": _("last day"), "limit": _("limit"), "now": _("now"),
    "participation": _("the client’s part"), "problems": _("problems"), "progress": _("progress"), "raised_at": _("came"),
    "reference": _("reference"), "review": _("review"), "review_on": _("looked at again on"), "seen": _("how it is seen"),
    "seen_at": _("read on"), "services": _("services"), "spoken_at": _("spoken on"), "steps": _("steps"),
    "symptoms": _("symptoms"), "topics": _("what was spoken about"), "with": _("with whom"), "note": _("note"),
    "question": _("question"), "relation": _("relation"),
}  # fmt: skip
# By the value that stands in a column of choices.
CHOSEN = {
    "open": _("to be read"), "answered": _("asked about"), "telephone": _("by telephone"), "file": _("from a file"),
    "letter": _("from a letter"), "website": _("from the payer’s pages"),
    "inquiry": _("has asked"), "consultation": _("in consultation"), "waiting": _("waiting"), "active": _("in treatment"),
    "ended": _("ended"), "brief": _("brief, with one focus"), "open_ended": _("open-ended"),
    "fortnightly": _("every two weeks"), "weekly": _("weekly"), "twice_weekly": _("twice a week"),
    "three_weekly": _("three times a week"), "four_weekly": _("four times a week"),
    "five_weekly": _("five times a week"), "office": _("in the room"), "video": _("by video"),
    "phone": _("by telephone"), "chair": _("chair"), "couch": _("couch"), "planned": _("to come"), "held": _("held"),
    "missed_notice": _("missed, with notice"), "missed_no_notice": _("missed, without notice"),
    "cancelled_by_client": _("cancelled by the client"), "cancelled_by_clinician": _("cancelled by the clinician"),
    "both": _("agreed by both"), "client": _("the client"), "clinician": _("the clinician"),
    "outside": _("circumstances"), "agreed": _("agreed"), "declined": _("declined"), "done": _("answered"),
    "unanswered": _("not answered"), "corrected": _("corrected"), "mistake": _("taken back: it was a mistake"),
    "came_back": _("taken back: the client came back"), "symptoms": _("less suffering from symptoms"),
    "self_understanding": _("understanding oneself"), "relations": _("freer relations"),
    "affect": _("bearing and naming feelings"), "conflict": _("less bound by old conflicts"),
    "capacities": _("work, love and play"), "medication": _("medication"), "ketamine": _("ketamine session"),
    "cbt": _("CBT alongside"), "dbt": _("DBT skills alongside"), "other_clinician": _("another clinician"),
    "other": _("something else"), "treatment": _("treatment"), "recording": _("recording the hours"),
    "transcript": _("the hours word for word"), "cues": _("proposals by software"), "supervision": _("supervision"),
    "training": _("training"), "research": _("research"), "forms": _("sending forms"),
    "follow_up": _("asking after the end"), "insurer_scores": _("scores to the insurer"), "room": _("said in the room"),
    "paper": _("signed on paper"), "own_place": _("in the client’s own place"),
    "treatment_ends": _("until the treatment ends"), "follow_ups_end": _("until the last follow-up"),
    "day": _("until a day"), "record": _("as long as the record"), "in": _("in network"), "out": _("out of network"),
    "unknown": _("not known"), "hour": _("an hour"), "missed": _("a missed hour"), "payer": _("the payer"),
    "process_note": _("process note"), "countertransference": _("own note"), "dream": _("a dream"),
    "material": _("a drawing or another thing"), "verbatim": _("word for word"),
    "reconstructed": _("reconstructed from memory"), "notes": _("notes"), "thought": _("a thought"),
}  # fmt: skip


def called(name: str) -> str:
    """What a column, or an entry inside one, is called."""
    return str(FIELDS.get(name) or name.replace("_", " "))


def chosen(model: type[models.Model], name: str, value: Any) -> str | None:
    """The words of a chosen value; None where the column holds free words, a date or a number."""
    field = next((one for one in model._meta.concrete_fields if one.attname == name), None)
    choices = dict(field.flatchoices) if field is not None and field.choices else {}
    if value not in choices:
        return None
    return str(CHOSEN.get(str(value)) or gettext(str(choices[value])))
