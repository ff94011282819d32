"""An id that belongs to another client is looked for among one's own alone: the keys are never even tried."""

from datetime import UTC, date, datetime

import pytest

from depthwork.coding import Mark, Span
from depthwork.practice.casework.bridge import body_of
from depthwork.practice.casework.models import MarkRow
from depthwork.practice.formulation import actions as formulation
from depthwork.practice.formulation.models import Citation
from depthwork.practice.formulation.views.writing import statement_named_in
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.predicates import Case, in_practice, is_this_client
from depthwork.practice.policy.registry import allows
from depthwork.practice.portal import actions as place
from depthwork.practice.sources.models import Source
from depthwork.practice.supervision import actions as supervision
from depthwork.practice.supervision.queries import shared_source
from depthwork.practice.tracking import actions as tracking
from depthwork.practice.treatments.actions.alongside import add_adjunct, add_life_event
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.treatments.actions.frame import announce_break
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Goal
from depthwork.practice.treatments.queries import clients_for
from depthwork.practice.vault.unlocked import opened
from tests import cast as people
from tests.casework import note_of
from tests.supervising import share, supervised

pytestmark = pytest.mark.django_db


def named(person):
    return set(clients_for(person).values_list("id", flat=True))


def test_a_caseload_holds_ones_own_clients_alone(cast):
    theirs = people.client_of(cast.eve, "Ines Vale")
    assert named(cast.ana.person) == {cast.client.id}
    assert named(cast.eve.person) == {theirs.id}
    assert named(cast.dov.person) == {cast.other.id}
    assert named(cast.mara.person) == {cast.client.id, theirs.id}


def test_a_part_that_ended_and_a_denial_take_a_client_from_the_caseload(cast):
    second = people.client_of(cast.ana, "Ines Vale")
    Involvement.objects.filter(client=second.id).update(ends_at=datetime.now(UTC))
    assert named(cast.ana.person) == {cast.client.id}
    Involvement.objects.create(
        person=cast.ana.person, practice=cast.practice.id, client=cast.client.id, part=Part.DENIED
    )
    assert named(cast.ana.person) == set()


def never(*_args, **_kwargs):
    raise AssertionError("an action was asked for with a row of somebody else")


def test_a_client_rates_no_goal_of_another(cast, monkeypatch):
    with opened(cast.dov.unlocked):
        goal = Goal.objects.create(
            client=cast.other, treatment=cast.other_treatment, words="to stay", order=1
        )
    monkeypatch.setattr(place, "rate_own_goal", never)
    assert cast.cleo.browser().post(f"/place/goals/{goal.id}/", {"value": "5"}).status_code == 404


def test_a_form_of_another_client_opens_in_no_place(cast):
    theirs = people.treatment_of(cast.ana, people.client_of(cast.ana, "Ines Vale"), hours=1)
    with opened(cast.ana.unlocked):
        answer_consent(
            client=theirs.client,
            by=cast.ana.person,
            purpose="forms",
            is_yes=True,
            given_on=datetime.now(UTC).date(),
        )
        made = tracking.ask(
            client=theirs.client, by=cast.ana.person, measure_id="gad7", mode="place", treatment=theirs
        )
    browser = cast.cleo.browser()
    assert browser.get(f"/place/forms/{made.request.id}/").status_code == 404
    assert browser.post(f"/place/forms/{made.request.id}/save/", {"q1": "2"}).status_code == 404


def test_a_client_uses_the_place_of_no_other_client(cast):
    told = {"practice": cast.practice.id}
    assert allows(cast.cleo.person, P.USE_OWN_PLACE, client=cast.client.id, **told)
    assert not allows(cast.cleo.person, P.USE_OWN_PLACE, client=cast.other.id, **told)


def test_nobody_is_in_the_practice_whose_sign_in_was_closed(cast):
    assert allows(cast.ana.person, P.SEE_PRACTICE, practice=cast.practice.id)
    cast.ana.person.is_active = False
    assert not allows(cast.ana.person, P.SEE_PRACTICE, practice=cast.practice.id)


def test_coding_is_asked_for_no_text_of_another_client(cast, monkeypatch):
    with opened(cast.dov.unlocked):
        text = Source.objects.create(
            client=cast.other, treatment=cast.other_treatment, kind="transcript", provenance="verbatim"
        )
    monkeypatch.setattr(supervision, "ask_for_coding", never)
    answer = cast.ana.browser().post(
        f"/clients/{cast.client.id}/supervision/coding/", {"source": str(text.id), "me": "1"}
    )
    assert answer.status_code == 404


def test_neither_a_closed_sign_in_nor_one_of_another_practice_is_in_a_practice(cast):
    case = Case(cast.ana.person, cast.practice.id, None, frozenset())
    assert in_practice(case)
    assert not in_practice(Case(cast.ana.person, cast.elsewhere.id, None, frozenset()))
    cast.ana.person.is_active = False
    assert not in_practice(case)


def test_an_id_makes_no_client_of_another_practice(cast):
    here, elsewhere = cast.practice.id, cast.elsewhere.id
    assert is_this_client(Case(cast.cleo.person, here, cast.client.id, frozenset()))
    assert not is_this_client(Case(cast.cleo.person, elsewhere, cast.client.id, frozenset()))


@pytest.fixture
def two(cast):
    """Two clients of one clinician, who holds the keys of both: the second has one of everything that can be cited."""
    second = people.client_of(cast.ana, "Ines Vale")
    course = people.treatment_of(cast.ana, second, hours=2)
    note = note_of(cast.ana, second, "She swept round the chair.")
    told = {"treatment": course, "by": cast.ana.person}
    day = date(2026, 3, 2)
    with opened(cast.ana.unlocked):
        mark = Mark(
            source_id=str(note.id), span=Span(0, 9), turn=0, speaker="N", construct="wish", code="to_be_understood",
            origin=f"coder:{cast.ana.id}", status="confirmed", codebook_version="relationship@1", quote="She swept",
            anchor=("", ""),
        )  # fmt: skip
        row = MarkRow.objects.create(
            client=second, treatment=course, session=note.session, source=note, coder=cast.ana.person, body=body_of(mark)
        )  # fmt: skip
        cast.theirs = {
            "mark": row,
            "session": note.session,
            "event": add_life_event(**told, kind="other", on=day, words="the move"),
            "adjunct": add_adjunct(**told, kind="medication", on=day, what="sertraline"),
            "break": announce_break(**told, from_date=date(2027, 8, 1), to_date=date(2027, 8, 20)),
        }
        cast.pages = {}
        for name, treatment in (("mine", cast.treatment), ("theirs", course)):
            version = formulation.begin_version(
                treatment=treatment, titles=["What returns"], by=cast.ana.person
            )
            key = version.sections[0]["key"]
            said = formulation.add_statement(
                formulation=version, section=key, words="She wishes.", by=cast.ana.person
            )
            cast.pages[name] = (version, said)
        yield cast


@pytest.mark.parametrize("kind", ["mark", "session", "event", "adjunct", "break"])
def test_nothing_of_another_client_is_cited(two, kind):
    key = f"{kind}:{two.theirs[kind].id}"
    own = formulation.cite(statement=two.pages["theirs"][1], key=key, by=two.ana.person)
    assert own.client_id == two.theirs[kind].client_id
    with pytest.raises(CourseError, match="not there any more"):
        formulation.cite(statement=two.pages["mine"][1], key=key, by=two.ana.person)
    assert Citation.objects.filter(client=two.client).count() == 0


def test_a_statement_of_another_formulation_is_not_found_in_this_one(two):
    (mine, said), (_, other) = two.pages["mine"], two.pages["theirs"]
    assert statement_named_in(mine, str(said.id)) == said
    assert statement_named_in(mine, str(other.id)) is None


def test_a_text_of_another_treatment_lies_outside_what_was_shared(cast):
    room = supervised(cast)
    row = share(room)
    assert shared_source(row, room.source)
    other = people.treatment_of(cast.ana, people.client_of(cast.ana, "Ines Vale"), hours=1)
    theirs = note_of(cast.ana, other.client, "Elsewhere.")
    assert not shared_source(row, theirs)


def test_nobody_of_another_practice_is_shown_whose_keys_to_compare(cast):
    """Whoever shares compares keys with a colleague of the own practice; another's fingerprint is not there."""
    browser = cast.ana.browser()
    assert browser.get(f"/clients/{cast.client.id}/supervision/keys/{cast.ben.id}/").status_code == 200
    assert browser.get(f"/clients/{cast.client.id}/supervision/keys/{cast.dov.id}/").status_code == 404
