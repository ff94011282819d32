"""The practice's own mail server: what is read, what is said without one, and what a mail holds."""

import threading

import pytest
from django.core import mail

from depthwork.practice.config.mail import mail_server
from depthwork.practice.tracking import nudges
from depthwork.practice.tracking.models import Watch
from depthwork.practice.treatments.errors import Changed
from tests.handing import propose

HOST = {"DEPTHWORK_MAIL_HOST": "mail.practice.example"}


@pytest.fixture
def addresses(cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.MAIL, settings.MAIL_LINK = mail_server(HOST), "https://rooms.example"
    people = (cast.ana, cast.eve)
    Watch.objects.create(
        practice=cast.practice,
        nudges={str(one.id): f"{one.person.display_name}@example.org" for one in people},
    )
    return cast


def test_without_a_host_there_is_no_way_out():
    server = mail_server({"DEPTHWORK_MAIL_PORT": "25", "DEPTHWORK_MAIL_USER": "x"})
    assert server.backend.endswith("dummy.EmailBackend")
    assert not server.is_odd


def test_a_server_is_spoken_to_with_tls_at_the_usual_port_unless_told_otherwise():
    assert (mail_server(HOST).tls, mail_server(HOST).port) == ("starttls", 587)
    assert mail_server(HOST | {"DEPTHWORK_MAIL_TLS": "TLS"}).port == 465
    assert mail_server(HOST | {"DEPTHWORK_MAIL_PORT": "2525"}).port == 2525


@pytest.mark.parametrize(
    "more",
    [
        {"PORT": "smtp"},
        {"PORT": "0"},
        {"PORT": "70000"},
        {"PORT": "-1"},
        {"PORT": "\u0662\u0665"},
        {"TLS": "yes"},
    ],
)
def test_what_is_no_port_or_no_tls_is_odd(more):
    assert mail_server(HOST | {f"DEPTHWORK_MAIL_{name}": value for name, value in more.items()}).is_odd


def test_the_password_is_not_printed_with_the_server():
    server = mail_server(HOST | {"DEPTHWORK_MAIL_PASSWORD": "boats on tin"})
    assert server.password == "boats on tin"
    assert "boats" not in repr(server)


def test_the_sender_is_the_user_where_that_is_an_address():
    assert mail_server(HOST | {"DEPTHWORK_MAIL_USER": "us@practice.example"}).sender == "us@practice.example"
    assert (
        mail_server(HOST | {"DEPTHWORK_MAIL_FROM": "look@practice.example"}).sender == "look@practice.example"
    )


@pytest.mark.django_db
def test_a_mail_holds_one_sentence_and_a_link_in_its_readers_language(addresses):
    type(addresses.eve.person).objects.filter(id=addresses.eve.id).update(language="de")
    assert nudges.nudge("alert", to=[addresses.ana.id, addresses.eve.id]) == 2
    words = {letter.to[0]: letter.body for letter in mail.outbox}
    assert words["Ana@example.org"] == "Something is waiting for you in Depthwork. https://rooms.example"
    assert words["Eve@example.org"].endswith("https://rooms.example")


@pytest.mark.django_db
def test_nobody_whose_sign_in_is_closed_is_mailed(addresses):
    type(addresses.eve.person).objects.filter(id=addresses.eve.id).update(is_active=False)
    assert nudges.nudge("alert") == 1


@pytest.mark.django_db
def test_one_address_that_is_refused_keeps_no_other_back(addresses, monkeypatch):
    real = nudges.send_mail

    def refuses(subject, body, sender, to, **more):
        if to == ["Ana@example.org"]:
            raise OSError("550")
        return real(subject, body, sender, to, **more)

    monkeypatch.setattr(nudges, "send_mail", refuses)
    assert nudges.nudge("alert") == 1


@pytest.mark.django_db
def test_a_server_that_is_down_costs_its_waiting_time_once(addresses, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert nudges.nudge("alert") == 0
    assert caplog.text.count("did not go out: ConnectionRefusedError") == 1
    assert "example.org" not in caplog.text


@pytest.mark.django_db
def test_beside_a_request_nobody_waits_for_the_server(addresses, monkeypatch):
    gate, done = threading.Event(), threading.Event()

    def slow(*args, **kwargs):
        gate.wait(5)
        done.set()
        return 1

    monkeypatch.setattr(nudges, "send_mail", slow)
    nudges.nudge_soon("alert", to=[addresses.ana.id])
    assert not done.is_set()
    gate.set()
    assert done.wait(5)


@pytest.mark.django_db
def test_the_page_says_that_no_mail_server_is_set_up(cast, settings):
    browser = cast.eve.browser()
    assert "No mail server is set up." in browser.get("/watch/").content.decode()
    page = browser.post("/watch/address/", {"address": "eve@example.org"}, follow=True).content.decode()
    assert "No mail goes out until a mail server is set up" in page
    settings.MAIL = mail_server(HOST)
    assert "No mail server is set up." not in browser.get("/watch/").content.decode()


@pytest.mark.django_db
def test_the_watch_publishes_which_answers_need_a_person(cast, django_assert_max_num_queries):
    browser = cast.eve.browser()
    with django_assert_max_num_queries(22):
        page = browser.get("/watch/").content.decode()
    assert "Answers that need a person" in page
    assert "“Several days” or more" in page
    assert "handed on after 30 minutes" in page


@pytest.mark.django_db(transaction=False)
def test_a_colleague_to_whom_a_treatment_is_proposed_is_told_to_look_and_nothing_else(
    addresses, django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr(nudges, "Thread", AtOnce)
    with django_capture_on_commit_callbacks(execute=True):
        row = propose(addresses)
    (letter,) = mail.outbox
    assert letter.to == [f"{addresses.eve.person.display_name}@example.org"]
    assert (
        letter.body == f"Something is waiting for you in Depthwork. https://rooms.example/handovers/{row.id}/"
    )
    assert letter.subject == "Depthwork"
    assert addresses.eve.browser().get(f"/handovers/{row.id}/").status_code == 200


@pytest.mark.django_db
def test_a_proposal_that_was_not_written_tells_nobody(
    addresses, django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr(nudges, "Thread", AtOnce)
    with django_capture_on_commit_callbacks(execute=True):
        propose(addresses)
        with pytest.raises(Changed):
            propose(addresses)
    assert len(mail.outbox) == 1


class AtOnce:
    """A thread that does its work where it is begun."""

    def __init__(self, *, target, args, daemon):
        self.run = lambda: target(*args)

    def start(self):
        self.run()
