"""What is given out: where the file goes, and whether it holds all that whoever sends it thinks it holds."""

import errno
import os
from datetime import date

import pytest

from depthwork.practice.audit.models import Event
from depthwork.practice.disclosure import actions
from depthwork.practice.disclosure.models import Disclosure
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.vault.unlocked import opened
from tests.cast import treatment_of
from tests.moving import ALL
from tests.web.test_disclosure_pages import cast, cast_once, ida, run  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db


def give(out, *more, form="fhir"):
    return run("export", form, "--login", "ida", "--client", "ada", "-o", str(out), *more)


def release(actor, client):
    return actions.give_release(
        client=client, by=actor.person, purpose="transfer", compartments=ALL, to_whom="Hill House",
        signed_on=date(2026, 1, 6),
    )  # fmt: skip


def test_a_stick_that_knows_no_hard_links_takes_the_file(ida, tmp_path, monkeypatch):  # noqa: F811
    def no_links(*_):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    done = give(tmp_path / "ada.json")
    assert done.exit_code == 0, done.output
    assert [one.name for one in tmp_path.iterdir()] == ["ada.json"]
    assert (tmp_path / "ada.json").stat().st_size == Disclosure.objects.get().size


@pytest.mark.parametrize("when", ["full", "in the way"])
def test_what_could_not_be_written_is_in_no_account(ida, tmp_path, monkeypatch, when):  # noqa: F811
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    if when == "full":
        monkeypatch.setattr("depthwork.cli.export.os.fsync", full)
    else:
        (tmp_path / ".ada.json.part").mkdir()  # what lies in the way, where the file would be written
    done = give(tmp_path / "ada.json")
    assert done.exit_code == 2
    assert "nothing was given out" in done.stderr
    assert "name another place" in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    assert not Disclosure.objects.exists()
    assert not Event.objects.filter(verb="gave_out.fhir").exists()
    assert not (tmp_path / "ada.json").exists()


def test_a_try_that_was_cut_off_does_not_stand_in_the_way(ida, tmp_path):  # noqa: F811
    (tmp_path / ".ada.json.part").write_bytes(b"half")
    done = give(tmp_path / "ada.json")
    assert done.exit_code == 0, done.output
    assert [one.name for one in tmp_path.iterdir()] == ["ada.json"]


def test_whoever_gives_out_one_of_two_treatments_is_told_of_the_other(ida, tmp_path):  # noqa: F811
    client = Client.objects.order_by("-created_at").first()
    Treatment.objects.filter(client=client).update(state=Treatment.State.ENDED)
    treatment_of(ida, client, hours=1, start=Treatment.objects.get(client=client).starts_on.replace(month=9))
    with opened(ida.unlocked):
        release(ida, client)
    typed = "salt rope lantern quarter\n" + "moss on the north wall\n" * 2
    done = run(
        "export", "case", "--login", "ida", "--client", "ada", "--passphrase", "-o", str(tmp_path / "ada.age"), typed=typed,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "holds the treatment since 2026-09-06 alone; the client's others (--treatment): 2026-01-06" in done.stderr  # fmt: skip


def test_whoever_gives_out_sees_which_treatment_leaves_and_that_there_is_another(cast):  # noqa: F811
    assert (
        "whose pages lie open"
        not in cast.ana.browser().get(f"/clients/{cast.client.id}/giving-out/").content.decode()
    )
    with opened(cast.ana.unlocked):
        release(cast.ana, cast.client)
    Treatment.objects.filter(client=cast.client).update(state=Treatment.State.ENDED)
    later = treatment_of(cast.ana, cast.client, hours=1, start=date(2026, 9, 1))
    browser = cast.ana.browser()
    address = f"/clients/{cast.client.id}/giving-out/"
    said = browser.get(address).content.decode()
    assert "This is the treatment since 1 September 2026, whose pages lie open. There is one more" in said
    assert "Those of the treatment since 1 September 2026." in said
    earlier = Treatment.objects.filter(client=cast.client).exclude(pk=later.pk).get()
    opens = f"/clients/{cast.client.id}/treatment/{earlier.id}/open/"
    assert f'action="{opens}"' in said
    browser.post(opens)
    assert (
        f"the treatment since {earlier.starts_on:%-d %B %Y}, whose" in browser.get(address).content.decode()
    )
