"""Check that the fictional practice agrees with itself.

    python demo/check_practice.py            every file; exit 0 when nothing is wrong, 1 otherwise
    python demo/check_practice.py --counts   the same, with a line for each client

Stands alone: it needs PyYAML and nothing of the product. Each finding says file, place and what is off.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

DEMO = Path(__file__).resolve().parent
LOADER = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # the compiled one reads a long treatment ten times as fast

STATUS = {"inquiry", "consultation", "waiting", "active", "ended"}
HELD = "held"
MISSED = {"missed_no_notice", "missed_notice", "cancelled_by_client", "cancelled_by_clinician"}
FEELINGS = {
    "calm", "helpless", "bored", "irritated", "worried_protective", "overwhelmed", "drawn_in_special",
    "criticised", "moved", "distant", "attraction", "hatred", "fear", "shame", "sleepiness",
}  # fmt: skip
WISHES = {"extend", "lower_fee", "run_over"}
WEEKDAYS = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
AIMS = {"symptoms", "self_understanding", "relations", "affect", "conflict", "capacities"}
PURPOSES = {
    "treatment", "recording", "transcript", "cues", "supervision", "training", "research", "forms",
    "follow_up", "insurer_scores",
}  # fmt: skip
# items in order, lowest and highest answer, trailing items that may be left out
MEASURES = {
    "phq9": (10, 0, 3, 1),
    "phq8": (8, 0, 3, 0),
    "gad7": (7, 0, 3, 0),
    "core10": (10, 0, 4, 0),
    "who5": (5, 0, 5, 0),
    "rses": (10, 0, 3, 0),
    "audit_c": (3, 0, 4, 0),
    "bam": (23, 0, 4, 0),
    "b_ipf": (7, 0, 6, 0),
    "pc_ptsd_5": (6, 0, 1, 0),
    "pg13r": (13, 0, 60, 0),  # the second asks for months since, the last for yes or no
    "asq": (5, 0, 1, 1),
    "ipip_ipc": (32, 1, 5, 0),
    "rfq8": (8, 1, 7, 0),
    "dw_session_checkin": (7, 0, 10, 1),
    "gbo": (3, 0, 10, 0),
}
RISK_ITEMS = {"phq9": 8, "core10": 5}
CONSTRUCTS = {
    "figure", "episode", "wish", "response_of_other", "response_of_self", "defense", "rupture_withdrawal",
    "rupture_confrontation", "rupture_resolution", "intervention", "dream", "risk", "theme",
}  # fmt: skip
MARKER = re.compile(r"\{(/?)(recalled|hazy|reverie|forgotten)\}")
PHONE = re.compile(r"\b555-01\d\d\b")
ANY_PHONE = re.compile(r"\b\d{3}-\d{4}\b")
EMAIL = re.compile(r"[\w.+-]+@[\w.-]+")


def read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506  (a safe loader)


def canonical(path: Path) -> str:
    """The text that marks point into: NFC, markers or speaker labels removed, one newline between turns."""
    text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
    blocks = [block.strip() for block in text.split("\n\n") if block.strip()]
    if path.suffix == ".md":
        return "\n".join(MARKER.sub("", block) for block in blocks)
    return "\n".join(re.sub(r"^[TC]: ?", "", block) for block in blocks)


def check_note(path: Path) -> Iterator[str]:
    """A note has no empty paragraph, no line break inside one, and its markers open and close in order."""
    for number, block in enumerate(path.read_text(encoding="utf-8").strip().split("\n\n"), start=1):
        if not block.strip() or "\n" in block:
            yield f"paragraph {number}: one line a paragraph, one blank line between"
        inside = ""
        for mark in MARKER.finditer(block):
            closing, name = mark.group(1), mark.group(2)
            if bool(closing) != bool(inside) or (closing and name != inside):
                yield f"paragraph {number}: {{{closing}{name}}} does not pair"
            inside = "" if closing else name
        if inside:
            yield f"paragraph {number}: {{{inside}}} is not closed"


def check_answers(measure: str, answers: list[Any]) -> Iterator[str]:
    """As many answers as items; each in range, null (unanswered), NA, or words in a text item."""
    items, low, high, optional = MEASURES[measure]
    if not items - optional <= len(answers) <= items:
        yield f"{measure}: {len(answers)} answers for {items} items"
    for position, answer in enumerate(answers):
        if answer is None or answer == "NA" or (measure == "dw_session_checkin" and position == 6):
            continue
        if not isinstance(answer, int) or isinstance(answer, bool) or not low <= answer <= high:
            yield f"{measure}: answer {position + 1} is {answer!r}, not {low} to {high}"


class Client:
    """One client's file with what the checks need to look up."""

    def __init__(self, path: Path, people: set[str]) -> None:
        self.path = path
        self.people = people
        self.facts: dict[str, Any] = read(path)
        self.treatment: dict[str, Any] = self.facts.get("treatment") or {}
        self.sessions: list[dict[str, Any]] = self.facts.get("sessions") or []
        self.held = {s["n"]: s for s in self.sessions if s.get("status") == HELD and "n" in s}

    def check(self) -> Iterator[str]:
        yield from self.check_head()
        yield from self.check_sessions()
        yield from self.check_measures()
        yield from self.check_dreams()
        yield from self.check_formulation()
        yield from self.check_supervision()
        for goal in self.facts.get("goals") or []:
            if goal.get("aim") not in AIMS | {None}:
                yield f"goal: aim {goal['aim']} is not one of the six"
            yield from (
                f"goal rated in hour {r['n']}, which was not held" for r in goal["ratings"] if not self.has(r)
            )

    def has(self, thing: dict[str, Any]) -> bool:
        return "n" not in thing or thing["n"] in self.held or not self.sessions

    def check_head(self) -> Iterator[str]:
        facts = self.facts
        if facts.get("slug") != self.path.stem:
            yield "slug differs from the file's name"
        if facts.get("status") not in STATUS:
            yield f"status {facts.get('status')}"
        if facts.get("clinician") not in self.people:
            yield f"clinician {facts.get('clinician')} is not in practice.yaml"
        for key in ("name", "pronouns", "work", "contact", "consents"):
            if key not in facts:
                yield f"{key} is missing"
        for consent in facts.get("consents") or []:
            if consent["purpose"] not in PURPOSES or not isinstance(consent["answer"], bool):
                yield f"consent {consent}"
        start = self.treatment.get("start_week")
        if facts["status"] in {"active", "ended"} and start is None:
            yield "no start_week"
        last = None
        for when in self.treatment.get("breaks") or []:
            if when["from_week"] > when["to_week"] or (last is not None and when["from_week"] <= last):
                yield f"break {when['from_week']} is out of order"
            if when.get("announced_week", 0) > when["from_week"]:
                yield f"break {when['from_week']} is announced after it began"
            last = when["to_week"]

    def check_sessions(self) -> Iterator[str]:
        expected, seen, last = 1, set(), (-1000, 0)
        away = [(b["from_week"], b["to_week"]) for b in self.treatment.get("breaks") or []]
        start = self.treatment.get("start_week")
        for session in self.sessions:
            place = f"week {session['week']}"
            at = (session["week"], session.get("slot", 1))
            if at in seen or at < last:
                yield f"{place}: out of order or twice in one slot"
            seen.add(at)
            last = at
            if session["status"] == HELD:
                if session.get("n") != expected:
                    yield f"{place}: hour {session.get('n')}, expected {expected}"
                expected = (session.get("n") or expected) + 1
                if any(a <= session["week"] <= b for a, b in away):
                    yield f"{place}: held inside a break"
                if start is not None and start + session["week"] > 0:
                    yield f"{place}: held in the future"
            elif session["status"] not in MISSED:
                yield f"{place}: status {session['status']}"
            elif "n" in session:
                yield f"{place}: a missed hour has no number"
            feelings = session.get("feelings") or {}
            if not set(feelings) <= FEELINGS or not all(v in range(5) for v in feelings.values()):
                yield f"{place}: feelings {feelings}"
            if not set(session.get("wished_to") or []) <= WISHES:
                yield f"{place}: wished_to {session['wished_to']}"
            for key in ("note", "transcript"):
                if session.get(key) and not (DEMO / session[key]).is_file():
                    yield f"{place}: {session[key]} does not exist"

    def check_measures(self) -> Iterator[str]:
        alerts = self.facts.get("alerts") or []
        for block in self.facts.get("measures") or []:
            name, last = block["measure"], -1000
            if name not in MEASURES:
                yield f"measure {name} is not known here"
                continue
            for point in block["points"]:
                if not self.has(point):
                    yield f"{name}: hour {point['n']} was not held"
                week = point.get("week", self.held.get(point.get("n"), {}).get("week", last))
                if week < last:
                    yield f"{name}: week {week} is out of order"
                last = week
                if "answers" not in point:
                    if not (point.get("left_open") or point.get("declined") or point.get("waiting")):
                        yield f"{name}: a point without answers says left_open, declined or waiting"
                    continue
                yield from check_answers(name, point["answers"])
                item = RISK_ITEMS.get(name)
                answer = point["answers"][item] if item is not None and len(point["answers"]) > item else 0
                if answer and not any(a["measure"] == name and a.get("week") == week for a in alerts):
                    yield f"{name}: week {week} has a risk answer and no alert says what was done"

    def check_dreams(self) -> Iterator[str]:
        dreams = {d["n"] for d in self.facts.get("dreams") or []}
        for dream in self.facts.get("dreams") or []:
            if dream["n"] not in self.held or dream.get("next") not in dreams | {None}:
                yield f"dream of hour {dream['n']}: hour or next dream is not there"

    def source_of(self, number: int) -> str | None:
        session = self.held.get(number, {})
        path = session.get("note") or session.get("transcript")
        return canonical(DEMO / path) if path and (DEMO / path).is_file() else None

    def check_quote(self, number: int, quote: str, what: str) -> Iterator[str]:
        text = self.source_of(number)
        if text is None:
            yield f"{what}: hour {number} has no note or transcript"
        elif unicodedata.normalize("NFC", quote) not in text:
            yield f"{what}: not letter for letter in hour {number}: {quote!r}"

    def check_formulation(self) -> Iterator[str]:
        for version in self.facts.get("formulation") or []:
            for section in version["sections"]:
                for statement in section["statements"]:
                    if not statement["cites"] and not statement["inference"]:
                        yield f"formulation {version['version']}: neither a citation nor an inference"
                    for cite in statement["cites"]:
                        yield from self.check_quote(
                            cite["n"], cite["quote"], f"formulation {version['version']}"
                        )

    def check_supervision(self) -> Iterator[str]:
        supervision = self.facts.get("supervision") or {}
        if supervision and supervision["supervisor"] not in self.people:
            yield f"supervisor {supervision['supervisor']} is not in practice.yaml"
        if supervision and not any(
            c["purpose"] == "supervision" and c["answer"] for c in self.facts["consents"]
        ):
            yield "supervision without the client's consent to it"
        for comment in supervision.get("comments") or []:
            yield from self.check_quote(comment["n"], comment["quote"], "supervision")

    def line(self) -> str:
        missed = len(self.sessions) - len(self.held)
        notes = sum(1 for s in self.sessions if s.get("note"))
        kept = sum(1 for s in self.sessions if s.get("kept_line"))
        name = f"{self.facts['name']['given']} {self.facts['name']['family']}"
        return (
            f"{self.path.stem:12} {self.facts['status']:13} {name:26} "
            f"{len(self.held):4} held {missed:3} missed {notes:4} notes {kept:4} kept lines"
        )


def check_gold(path: Path) -> Iterator[str]:
    """Each mark's quote stands at its offsets in its turn; the fingerprint is that of the text."""
    gold = json.loads(path.read_text(encoding="utf-8"))
    source = DEMO / gold["source"]
    if not source.is_file():
        yield f"{gold['source']} does not exist"
        return
    if source.suffix == ".vtt":
        return
    text = canonical(source)
    if gold["text_sha256"] and gold["text_sha256"] != hashlib.sha256(text.encode()).hexdigest():
        yield "the text has changed since it was marked"
    for mark in gold["marks"]:
        if mark["construct"] not in CONSTRUCTS:
            yield f"construct {mark['construct']}"
        if text[mark["start"] : mark["end"]] != mark["quote"]:
            yield f"quote is not at {mark['start']}: {mark['quote'][:50]!r}"
        elif text.count("\n", 0, mark["start"]) != mark["turn"]:
            yield f"turn {mark['turn']} is wrong for {mark['quote'][:50]!r}"


def check_practice(practice: dict[str, Any], clients: set[str]) -> Iterator[str]:
    people = {p["slug"] for p in practice["people"]}
    logins = [p["login"]["username"] for p in practice["people"]]
    for entry in practice["client_logins"]:
        logins.append(entry["login"]["username"])
        if entry["client"] not in clients:
            yield f"login for {entry['client']}, who is no client"
    if len(logins) != len(set(logins)):
        yield "two people share a login"
    yield from (f"sign-in order names {u}" for u in practice["sign_in_order"] if u not in logins)
    for cover in practice["cover"]:
        yield from (f"cover names {slug}" for slug in cover.values() if slug not in people)
    for agreement in practice["supervision_agreements"]:
        yield from (
            f"agreement names {c}, who is no client" for c in agreement["clients"] if c not in clients
        )


def check_contacts(path: Path) -> Iterator[str]:
    """Only reserved telephone numbers and mail domains."""
    text = path.read_text(encoding="utf-8")
    fictional = set(PHONE.findall(text))
    yield from (
        f"telephone {n} is not of the reserved range" for n in ANY_PHONE.findall(text) if n not in fictional
    )
    yield from (
        f"address {a} is not at example.org" for a in EMAIL.findall(text) if not a.endswith("@example.org")
    )


def main(arguments: list[str]) -> int:
    practice = read(DEMO / "practice.yaml")
    people = {p["slug"] for p in practice["people"]}
    clients = [Client(path, people) for path in sorted((DEMO / "clients").glob("*.yaml"))]
    found: list[tuple[Path, str]] = []

    def take(path: Path, messages: Iterator[str]) -> None:
        found.extend((path, message) for message in messages)

    take(DEMO / "practice.yaml", check_practice(practice, {c.path.stem for c in clients}))
    for client in clients:
        take(client.path, client.check())
    notes = sorted((DEMO / "notes").rglob("*.md"))
    named = {s.get("note") for c in clients for s in c.sessions}
    for note in notes:
        take(note, check_note(note))
        if note.relative_to(DEMO).as_posix() not in named:
            found.append((note, "no session names this note"))
    for gold in sorted((DEMO / "gold").glob("*.json")):
        take(gold, check_gold(gold))
    for path in sorted(DEMO.rglob("*.yaml")):
        take(path, check_contacts(path))

    if "--counts" in arguments:
        print("\n".join(client.line() for client in clients))
    for path, message in found:
        print(f"{path.relative_to(DEMO)}: {message}")
    marks = sum(
        len(json.loads(g.read_text(encoding="utf-8"))["marks"]) for g in (DEMO / "gold").glob("*.json")
    )
    print(f"{len(clients)} clients, {len(notes)} notes, {marks} marks, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
