"""A colleague can be kept out of one client's pages, whatever their part or role; the denial wins until it ends."""

import pytest

from depthwork.practice.audit.models import Event
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.queries import clients_for
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db


def does(cast, act, other, who="ana"):
    said = {"act": act, "client": str(cast.client.id), "reader": str(other.id)}
    return getattr(cast, who).browser().post("/practice/sharing/", said)


def sees(cast, who):
    with opened(getattr(cast, who).unlocked) as keys:
        return (
            clients_for(getattr(cast, who).person).filter(id=cast.client.id).exists(),
            keys.holds(cast.client.id, "administration"),
        )


def test_the_office_can_be_kept_out_of_one_client(cast):
    assert sees(cast, "mara") == (True, True)
    assert does(cast, "keep_out", cast.mara).status_code == 302
    assert sees(cast, "mara") == (False, False)
    assert cast.mara.browser().get(f"/clients/{cast.client.id}/about/").status_code == 404
    assert cast.ana.browser().get(f"/clients/{cast.client.id}/about/").status_code == 200
    assert Event.objects.get(verb="colleague.kept_out").object_id == str(cast.mara.id)


def test_who_is_kept_out_stands_on_the_page_and_can_be_let_near_again(cast):
    does(cast, "keep_out", cast.mara)
    assert "No longer keep out" in cast.ana.browser().get("/practice/sharing/").content.decode()
    does(cast, "let_near", cast.mara)
    assert sees(cast, "mara") == (True, False)  # the way is open; a key is given anew, or not
    assert not Involvement.objects.filter(part=Part.DENIED, ends_at=None).exists()


def test_a_part_that_is_given_later_does_not_undo_it(cast):
    does(cast, "keep_out", cast.ben)
    Involvement.objects.create(
        person=cast.ben.person, practice=cast.practice.id, client=cast.client.id, part=Part.COVER
    )
    assert cast.ben.browser().get(f"/clients/{cast.client.id}/about/").status_code == 404


@pytest.mark.parametrize("who", ["eve", "mara", "ben"])
def test_only_who_treats_a_client_keeps_others_out(cast, who):
    assert does(cast, "keep_out", cast.ana, who=who).status_code == 404
    assert not Involvement.objects.filter(part=Part.DENIED).exists()


def test_strangers_clients_and_the_clinician_cannot_be_kept_out(cast):
    with opened(cast.ana.unlocked):
        for other in (cast.dov, cast.cleo, cast.ana):
            with pytest.raises(CourseError):
                actions.keep_out(client=cast.client, other=other.person, by=cast.ana.person)
        actions.keep_out(client=cast.client, other=cast.eve.person, by=cast.ana.person)
        with pytest.raises(CourseError, match="already"):
            actions.keep_out(client=cast.client, other=cast.eve.person, by=cast.ana.person)
        with pytest.raises(CourseError, match="not kept out"):
            actions.let_near(client=cast.client, other=cast.mara.person, by=cast.ana.person)


def test_taking_back_what_was_shared_does_not_end_a_denial(cast):
    does(cast, "keep_out", cast.mara)
    does(cast, "", cast.mara)
    assert Involvement.objects.filter(person=cast.mara.person, part=Part.DENIED, ends_at=None).exists()
