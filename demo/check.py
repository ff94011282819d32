#!/usr/bin/env python3
"""Check the gold codings of the demo hours against the texts they were made on.

    python demo/check.py            quotes, turns, offsets, codes, attributes, citations; exit 1 on an error
    python demo/check.py --fill     first write start, end and text_sha256 into each file
    python demo/check.py --codes    also say how often each wish and response was coded, early and late

Standard library only. The texts are read as plainly as they were written: one paragraph a turn,
or one WebVTT cue a turn. A span may cross turns; `turn` is the one in which it starts.
"""

import argparse
import hashlib
import json
import re
import sys
import unicodedata
from collections import Counter
from pathlib import Path

DEMO = Path(__file__).resolve().parent

# Stable ids of the shipped codebooks, version 1.0.0. Kept here so that the file runs on its own.
DEFENSES = {
    1: "passive_aggression help_rejecting_complaining acting_out",
    2: "splitting_of_self_image splitting_of_others_image projective_identification",
    3: "denial rationalization projection autistic_fantasy",
    4: "devaluation_of_self devaluation_of_other idealization_of_self idealization_of_other omnipotence",
    5: "repression dissociation reaction_formation displacement",
    6: "isolation_of_affect intellectualization undoing",
    7: "affiliation altruism anticipation humor self_assertion self_observation sublimation suppression",
}
LEVEL = {code: level for level, codes in DEFENSES.items() for code in codes.split()}
KINDS = """mother father parents step_parent other_caregiver grandparent sibling own_child
    other_relative partner former_partner friend peer authority professional stranger group
    this_therapist own_self other_figure"""
CODES = {
    "figure": KINDS,
    "episode": KINDS,
    "wish": """w_closeness w_being_understood w_acceptance_love w_care_help w_safety_avoid_conflict
        w_autonomy w_assert_oppose w_control w_distance w_achievement w_giving w_feeling_good""",
    "response_of_other": """ro_understanding ro_loving_accepting ro_helpful ro_reliable_strong
        ro_distant ro_rejecting ro_critical_opposing ro_controlling ro_hurting ro_unreliable_bad
        ro_needy_upset ro_other""",
    "response_of_self": """rs_close_open rs_helpful rs_confident rs_self_controlled rs_accepted
        rs_dependent rs_helpless rs_withdrawn rs_opposing_angry rs_ashamed_guilty rs_anxious
        rs_disappointed_depressed""",
    "defense": " ".join(LEVEL),
    "rupture_withdrawal": """withdrawal_denial withdrawal_minimal_response
        withdrawal_abstract_communication withdrawal_avoidant_storytelling withdrawal_deferential
        withdrawal_content_affect_split withdrawal_self_critical_hopeless""",
    "rupture_confrontation": """confrontation_complaint_therapist confrontation_rejects_intervention
        confrontation_complaint_activities confrontation_complaint_parameters
        confrontation_complaint_progress confrontation_defends_self
        confrontation_controls_pressures""",
    "rupture_resolution": """repair_clarify_misunderstanding repair_change_task_or_goal
        repair_explain_rationale repair_invite_feelings repair_acknowledge_own_part
        repair_disclose_experience repair_link_pattern_between_us repair_link_pattern_with_others
        repair_validate_defensive_position repair_redirect_refocus""",
    "intervention": """question encouragement restatement clarification confrontation
        interpretation_defense interpretation_transference interpretation_genetic
        interpretation_other self_disclosure advice psychoeducation silence_holding frame crisis""",
    "dream": "dream_report",
    "risk": "suicide_passive suicide_active self_harm harm_others abuse",
}
CODES = {construct: set(codes.split()) for construct, codes in CODES.items()}
SPHERES, POLARITY = {"past", "current", "therapist", "self"}, {"positive", "negative", "mixed"}
PERSONS, CONFLICT = {"therapist", "current", "past", "self"}, {"defense", "anxiety", "feeling"}
NEEDED = {
    "figure": {"label", "sphere"},
    "episode": {"figure", "sphere", "completeness"},
    "response_of_other": {"polarity"},
    "response_of_self": {"polarity"},
    "defense": {"level"},
}
ALLOWED = {
    "figure": {"label", "sphere"},
    "episode": {"figure", "sphere", "completeness"},
    "wish": {"inferred", "expected"},
    "response_of_other": {"polarity", "inferred", "expected"},
    "response_of_self": {"polarity", "inferred", "expected", "rs_somatic"},
    "defense": {"level"},
    "intervention": {"person", "conflict", "tentative"},
    "rupture_withdrawal": {"repaired"},
    "rupture_confrontation": {"repaired"},
    "risk": {"kind"},
}
VALUES = {
    "sphere": lambda v: v in SPHERES,
    "polarity": lambda v: v in POLARITY,
    "person": lambda v: isinstance(v, list) and set(v) <= PERSONS,
    "conflict": lambda v: isinstance(v, list) and set(v) <= CONFLICT,
    "completeness": lambda v: v in range(1, 6),
    "level": lambda v: v in range(1, 8),
    "repaired": lambda v: isinstance(v, bool),
    "label": lambda v: isinstance(v, str) and v.strip() == v != "",
    "figure": lambda v: isinstance(v, str) and v.strip() == v != "",
}
SPEAKER = {
    "C": {"wish", "response_of_other", "response_of_self", "defense", "dream", "risk"},
    "T": {"intervention", "rupture_resolution"},
}
CITE = re.compile(r'\{n: (\d+), quote: "([^"]*)"')  # as the client files write a cited line
CUE = re.compile(r"<v (Therapist|Client)>(.*?)</v>", re.S)


def read_turns(path):
    """Speaker and text of each turn, NFC, as the marks count them."""
    text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
    if path.suffix == ".vtt":
        return [(who[0], said.strip()) for who, said in CUE.findall(text)]
    turns = []
    for number, paragraph in enumerate(text.strip().split("\n\n")):
        speaker, colon, said = paragraph.partition(": ")
        if not colon or speaker not in ("T", "C") or "\n" in said:
            raise ValueError(f"{path.name}, paragraph {number}: a turn begins with 'T: ' or 'C: '")
        turns.append((speaker, said))
    return turns


def offsets(turns):
    starts, at = [], 0
    for _, said in turns:
        starts.append(at)
        at += len(said) + 1
    return starts


def fill(coding, turns):
    text, starts = "\n".join(said for _, said in turns), offsets(turns)
    for mark in coding["marks"]:
        at = text.find(mark["quote"], starts[mark["turn"]])
        if at >= 0:
            mark["start"], mark["end"] = at, at + len(mark["quote"])
    coding["text_sha256"] = hashlib.sha256(text.encode()).hexdigest()


def faults(coding, turns):
    """What is wrong with one file, one line each."""
    text, starts = "\n".join(said for _, said in turns), offsets(turns)
    if coding["text_sha256"] != hashlib.sha256(text.encode()).hexdigest():
        yield "text_sha256 does not fit the text; was it changed since? (--fill)"
    spans, episodes, parts = {}, [], []
    for number, mark in enumerate(coding["marks"]):
        where = f"mark {number} ({mark['construct']} {mark['code']}, turn {mark['turn']})"
        construct, given, turn = mark["construct"], mark["attributes"], mark["turn"]
        if mark["code"] not in CODES.get(construct, ()):
            yield f"{where}: no such code"
            continue
        if not 0 <= turn < len(turns):
            yield f"{where}: no such turn"
            continue
        start, end = mark["start"], mark["end"]
        if not 0 <= start < end <= len(text) or text[start:end] != mark["quote"]:
            yield f"{where}: start and end do not hold the quote"
            continue
        if not starts[turn] <= start < starts[turn] + len(turns[turn][1]):
            yield f"{where}: the quote does not begin in this turn"
        for speaker, constructs in SPEAKER.items():
            crosses = end > starts[turn] + len(turns[turn][1])
            if construct in constructs and turns[turn][0] != speaker and not crosses:
                yield f"{where}: belongs to a turn of {speaker}"
        for name in sorted(NEEDED.get(construct, set()) - given.keys()):
            yield f"{where}: attribute {name} is missing"
        for name, value in given.items():
            fits = VALUES.get(name, lambda v: isinstance(v, bool))
            if name not in ALLOWED.get(construct, ()) or not fits(value):
                yield f"{where}: attribute {name} is not allowed here, or not with this value"
        if construct == "defense" and given.get("level") != LEVEL[mark["code"]]:
            yield f"{where}: the level is {LEVEL[mark['code']]}"
        if mark["code"].startswith("interpretation_") and not {"person", "conflict"} <= given.keys():
            yield f"{where}: an interpretation names its vertices"
        if (start, end) in spans:
            yield f"{where}: same span as mark {spans[start, end]}"
        spans[start, end] = number
        if construct == "episode":
            episodes.append((start, end, turn, []))
        elif construct in ("wish", "response_of_other", "response_of_self"):
            parts.append((start, end, construct, mark["code"], where))
    # A part belongs to the smallest episode around it; an episode has all three and no part twice.
    for start, end, construct, code, where in parts:
        around = [e for e in episodes if e[0] <= start and end <= e[1]]
        if not around:
            yield f"{where}: stands in no episode"
            continue
        min(around, key=lambda e: e[1] - e[0])[3].append((construct, code))
    for _, _, turn, held in episodes:
        missing = {"wish", "response_of_other", "response_of_self"} - {c for c, _ in held}
        if missing:
            yield f"episode at turn {turn}: lacks {', '.join(sorted(missing))}"
        for (_, code), count in Counter(held).items():
            if count > 1:
                yield f"episode at turn {turn}: {code} is coded {count} times"


def loose_citations(client):
    """Cited lines of a client file that do not stand exactly once in the hour they name."""
    for n, quote in CITE.findall(client.read_text(encoding="utf-8")):
        (hour,) = (DEMO / "hours" / client.stem).glob(f"{int(n):02d}.*")
        if sum(quote in said for _, said in read_turns(hour)) != 1:
            yield f"hour {n} does not hold, or holds twice: {quote}"


def main():
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("files", nargs="*", type=Path, help="gold files; default: demo/gold/brief-*.json")
    ask.add_argument("--fill", action="store_true", help="write start, end and text_sha256")
    ask.add_argument("--codes", action="store_true", help="count the parts of the pattern")
    args = ask.parse_args()
    files = args.files or sorted((DEMO / "gold").glob("brief-*.json"))
    wrong, marks, counts = 0, 0, {}
    for path in files:
        coding = json.loads(path.read_text(encoding="utf-8"))
        turns = read_turns(DEMO / coding["source"])
        if args.fill:
            fill(coding, turns)
            path.write_text(json.dumps(coding, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        for fault in faults(coding, turns):
            wrong += 1
            print(f"{path.name}: {fault}")
        marks += len(coding["marks"])
        half = "hours 1 to 9" if int(path.stem[-2:]) <= 9 else "hours 10 to 16"
        for mark in coding["marks"]:
            if mark["construct"] in ("wish", "response_of_other", "response_of_self"):
                counts.setdefault((mark["construct"], half), Counter())[mark["code"]] += 1
    for client in sorted({DEMO / "clients" / f"{path.stem[:-3]}.yaml" for path in files}):
        for fault in loose_citations(client):
            wrong += 1
            print(f"{client.name}: {fault}")
    if args.codes:
        for (construct, half), codes in sorted(counts.items()):
            said = ", ".join(f"{code} {n}" for code, n in codes.most_common())
            print(f"{construct}, {half}: {said}")
    print(f"{len(files)} files, {marks} marks, {wrong} errors")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
