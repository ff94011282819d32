"""The considerations: what must hold of an aid that prepares a conversation and decides nothing."""

import re
from itertools import product
from pathlib import Path

import pytest

from depthwork.evidence.published import published
from depthwork.practice.intake import considering
from depthwork.practice.intake.considering import CONFIRMED, DENIED, LEFT_OPEN, consider, facts, readings

FIRED = ("considerations_for", "considerations_caution", "ask_next", "options_to_discuss", "must_do_first")


def fired(result):
    return {
        entry.rule_id for name in FIRED for entry in getattr(result, name) if entry.rule_id.startswith("R")
    }


def all_acknowledged(**given):
    first = consider(**given)
    return consider(**given, acknowledged={entry.key for entry in first.must_do_first})


def test_all_twenty_one_rules_are_there_dated_and_graded():
    rules = considering._rules_file()["rules"]
    assert [rule["id"] for rule in rules] == [f"R{n}" for n in range(1, 22)]
    for rule in rules:
        assert rule["mark"] in ("source", "unverified", "project_rule")
        assert rule["refs"]
        assert set(rule["refs"]) <= set(considering.references())
    assert considering.review().review_due


def test_every_reference_and_every_rule_leads_to_a_line_of_the_evidence_page():
    shown = {one.id for one in published()} | {f"source-{id}" for id in considering.references()}
    for one in considering.references().values():
        page, line = one.address.split("#")
        assert page == "/evidence/", one.id
        assert line in shown, one.id
        assert set(one.figures) <= shown, one.id
        assert considering.standing_on(one.id), f"no rule names {one.id}"
    for rule in considering.rules():
        assert rule["refs"]
        assert set(rule.get("figures", ())) <= shown, rule["id"]


def test_the_trial_of_panic_leads_to_its_own_figure():
    assert considering.references()["shear_2001"].address == "/evidence/#shear_2001_panic"


def test_every_condition_names_a_known_fact_or_reading():
    known = {f.id for f in facts()} | {r.id for r in readings()}

    def leaves(when):
        for part in when.get("any", []) + when.get("all", []):
            yield from leaves(part)
        for kind in ("fact", "reading"):
            if kind in when:
                yield when[kind]

    for rule in considering._rules_file()["rules"]:
        assert set(leaves(rule["when"])) <= known
        for gift in rule["gives"]:
            assert gift["into"] in considering.LISTS


# One hand-worked case for each rule: what is confirmed, what is read, and the list it must appear in.
CASES = [
    ("R1", {"stated_intent": CONFIRMED}, {}, "must_do_first"),
    ("R1", {}, {"asq": 2}, "must_do_first"),
    ("R1", {}, {"cssrs_worst": 4}, "must_do_first"),
    ("R1", {}, {"cssrs_recent_behaviour": 1}, "must_do_first"),
    ("R1", {}, {"core10_q6": 1}, "must_do_first"),
    ("R2", {"psychosis_or_mania_history": CONFIRMED}, {}, "must_do_first"),
    ("R2", {}, {"level1_psychosis": 1}, "considerations_caution"),
    ("R2", {}, {"level1_mania": 2}, "must_do_first"),
    ("R3", {}, {"audit_c_total": 8}, "options_to_discuss"),
    ("R4", {}, {"pcl5_total": 31}, "considerations_caution"),
    ("R4", {}, {"pc_ptsd_5_total": 3}, "considerations_caution"),
    ("R5", {"ocd_main": CONFIRMED}, {}, "considerations_caution"),
    ("R6", {"eating_disorder": CONFIRMED}, {}, "must_do_first"),
    ("R7", {"depression": CONFIRMED}, {"phq9_total": 15}, "options_to_discuss"),
    ("R8", {"depression": CONFIRMED}, {"phq9_total": 16}, "considerations_caution"),
    ("R10", {"panic_disorder": CONFIRMED}, {}, "considerations_caution"),
    ("R11", {"social_anxiety": CONFIRMED}, {}, "considerations_caution"),
    ("R12", {"severe_personality_disorder": CONFIRMED}, {}, "options_to_discuss"),
    ("R13", {}, {"pg13r_symptoms": 30, "pg13r_months": 12, "pg13r_impairment": 1}, "considerations_for"),
    ("R14", {"recurring_pattern": CONFIRMED}, {}, "considerations_for"),
    ("R15", {"not_interested_in_past": CONFIRMED}, {}, "considerations_caution"),
    ("R17", {"diffuse_long_standing": CONFIRMED}, {}, "considerations_for"),
    ("R18", {"low_quality_of_object_relations": CONFIRMED}, {}, "considerations_for"),
    ("R19", {"no_stable_setting": CONFIRMED}, {}, "considerations_caution"),
    ("R20", {"medication": CONFIRMED}, {}, "ask_next"),
    ("R21", {}, {"phq15_total": 10}, "considerations_for"),
]


@pytest.mark.parametrize(("rule", "known", "values", "into"), CASES)
def test_a_rule_fires_where_its_table_says(rule, known, values, into):
    result = all_acknowledged(facts=known, readings=values)
    assert rule in {entry.rule_id for entry in getattr(result, into)}


NEAR_MISSES = [
    ("R1", {}, {"asq": 1, "cssrs_worst": 3, "core10_q6": 0}),
    ("R2", {}, {"level1_psychosis": 0, "level1_mania": 1}),
    ("R3", {}, {"audit_c_total": 7, "bam_use": 0}),
    ("R4", {}, {"pcl5_total": 30, "pc_ptsd_5_total": 2}),
    ("R7", {"depression": CONFIRMED}, {"phq9_total": 16}),
    ("R8", {"depression": CONFIRMED}, {"phq9_total": 15}),
    ("R9", {"depression": CONFIRMED}, {}),
    ("R13", {}, {"pg13r_symptoms": 40, "pg13r_months": 5, "pg13r_impairment": 1}),
    ("R16", {"circumscribed_focus": CONFIRMED, "motivation_for_change": CONFIRMED}, {}),
    ("R21", {}, {"phq15_total": 9}),
]


@pytest.mark.parametrize(("rule", "known", "values"), NEAR_MISSES)
def test_a_rule_stays_silent_just_below_its_line(rule, known, values):
    assert rule not in fired(all_acknowledged(facts=known, readings=values, country="GB"))


def test_a_denied_or_unknown_fact_fires_nothing():
    for state in (DENIED, "unknown"):
        assert fired(consider(facts={fact.id: state for fact in facts()})) == set()


def test_the_rule_of_the_united_states_stays_there():
    depressed = {"depression": CONFIRMED}
    assert "R9" in fired(consider(facts=depressed, country="US"))
    assert "R9" not in fired(consider(facts=depressed, country="DE"))


def test_brief_focal_work_asks_for_all_five():
    five = dict.fromkeys(
        (
            "circumscribed_focus",
            "motivation_for_change",
            "one_good_relationship",
            "responds_to_trial_interpretation",
            "stays_with_affect",
        ),
        CONFIRMED,
    )
    assert "R16" in fired(consider(facts=five))
    for left_out in five:
        assert "R16" not in fired(consider(facts={**five, left_out: "unknown"}))


def test_nothing_else_is_shown_until_safety_is_acknowledged():
    given = {"facts": {"recurring_pattern": CONFIRMED}, "readings": {"core10_q6": 1}}
    before = consider(**given)
    assert [entry.rule_id for entry in before.must_do_first] == ["R1"]
    assert not any(
        (
            before.considerations_for,
            before.considerations_caution,
            before.ask_next,
            before.options_to_discuss,
            before.evidence_refs,
            before.missing_information,
        )
    )
    after = consider(**given, acknowledged={before.must_do_first[0].key})
    assert after.waits_for == ()
    assert "R14" in fired(after)


def test_new_grounds_ask_for_a_new_acknowledgement():
    before = consider(facts={}, readings={"core10_q6": 1})
    key = before.must_do_first[0].key
    worse = consider(facts={"stated_intent": CONFIRMED}, readings={"core10_q6": 1}, acknowledged={key})
    assert [entry.rule_id for entry in worse.waits_for] == ["R1"]


def test_acknowledging_one_does_not_open_the_rest():
    given = {"facts": {"eating_disorder": CONFIRMED}, "readings": {"core10_q6": 1}}
    first = consider(**given)
    half = consider(**given, acknowledged={first.must_do_first[0].key})
    assert half.considerations_for == ()
    assert len(half.waits_for) == 1


def test_an_open_risk_answer_is_missing_and_nothing_says_that_risk_is_absent():
    result = consider(facts={}, readings={"phq9_q9": LEFT_OPEN})
    assert any("item 9" in entry.text for entry in result.missing_information)
    words = " ".join(
        entry.text for name in (*FIRED, "missing_information") for entry in getattr(result, name)
    )
    assert "no risk" not in words.casefold()
    assert "low risk" not in words.casefold()


def test_the_ptsd_pattern_shows_the_guideline_first_and_then_both_statements():
    result = consider(facts={}, readings={"pcl5_total": 40})
    own = [entry for entry in result.considerations_caution if entry.rule_id == "R4"]
    assert [entry.evidence_refs for entry in own] == [
        ("nice_ng116",),
        ("article_000",),
        ("article_001", "article_002"),
    ]


@pytest.mark.parametrize("total", range(28))
def test_less_and_more_severe_depression_never_fire_together(total):
    found = fired(consider(facts={"depression": CONFIRMED}, readings={"phq9_total": total}))
    assert ("R7" in found) != ("R8" in found)
    assert ("R8" in found) == (total >= 16)


def test_poor_relations_are_never_a_caution_by_themselves():
    result = consider(facts={"low_quality_of_object_relations": CONFIRMED})
    assert result.considerations_caution == ()


def test_no_fact_is_about_a_protected_attribute():
    words = " ".join(f"{fact.id} {fact.words}" for fact in facts()).casefold()
    for attribute in (
        "age", "sex", "gender", "ethnic", "race", "religio", "language", "nationality", "orientation",
    ):  # fmt: skip
        assert not re.search(rf"\b{attribute}", words)


def test_facts_that_no_rule_knows_change_nothing():
    known = {"depression": CONFIRMED, "panic_disorder": CONFIRMED}
    plain = consider(facts=known)
    for extra in ("age_over_65", "woman", "religion", "first_language_spanish"):
        assert consider(facts={**known, extra: CONFIRMED}) == plain


def test_no_text_holds_a_percentage_a_probability_or_a_verdict():
    text = "".join((considering.DATA / name).read_text() for name in ("rules.yaml", "facts.yaml"))
    body = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#")).casefold()
    for word in (
        "%",
        "per cent",
        "probab",
        "unsuitable",
        "suitable",
        "good candidate",
        "low risk",
        "stop taking",
    ):
        assert word not in body


def test_every_option_has_reasons_for_and_against():
    everything = dict.fromkeys((fact.id for fact in facts()), CONFIRMED)
    for total, country in product((10, 20), ("US", "GB")):
        result = all_acknowledged(facts=everything, readings={"phq9_total": total}, country=country)
        assert all(entry.speaks_for and entry.speaks_against for entry in result.options_to_discuss)


def test_options_are_unranked_and_other_ways_stand_among_them():
    result = consider(facts={"recurring_pattern": CONFIRMED})
    names = [entry.name for entry in result.options_to_discuss]
    assert names == sorted(names, key=str.casefold)
    assert any("CBT" in name for name in names)


def test_the_rules_need_no_database_and_no_model():
    source = Path(considering.__file__).read_text()
    assert "models" not in source.split('"""', 2)[2]
