"""T16, T17, T19: nothing leaves, nothing is logged, nothing in a note runs."""

import ast
import html.parser
import json
import logging
import os
import random
import re
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session as SignIn
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

import depthwork
from depthwork.practice.people.errors import QuietFormatter
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.vault.unlocked import opened
from tests.trust.conftest import REPO, run
from tests.trust.figures import Tried, figure

SOURCE = Path(depthwork.__file__).parent
NETWORK = {"socket", "requests", "httpx", "aiohttp", "urllib3", "http.client", "urllib.request", "smtplib", "ftplib", "asyncio.streams", "telnetlib", "django.core.mail"}  # fmt: skip
# gunicorn listens; a model server is asked on loopback only, and only where the practice names one; a mail goes to the
# practice's own server, and only where it names one
ALLOWED = {
    "practice/config/serving.py",
    "cues/local_model.py",
    "practice/tracking/nudges.py",
    "cli/port.py",  # takes a port of its own to see whether it is free; it calls nobody
}
HOST = re.compile(
    r"""(?:src|href|action|url|@import|fetch|from|import)\s*[=(:]?\s*["'(]*\s*(?:https?:)?//([\w.-]+)""", re.I
)


def imports_of(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def dials(text):
    return [name for name in imports_of(text) if name in NETWORK]


@figure("T16", tried="modules of the program that import a way out", passes="0 outside the allow-list")
def test_no_module_imports_a_way_out():
    files = list(SOURCE.rglob("*.py"))
    found = [f"{file.relative_to(SOURCE)}: {dials(file.read_text())}" for file in files if dials(file.read_text()) and str(file.relative_to(SOURCE)) not in ALLOWED]  # fmt: skip
    assert found == []
    assert dials("import requests\nfrom urllib import request") == ["requests", "urllib.request"]
    return Tried(len(files), "0")


@figure(
    "T16", tried="templates, style sheets and scripts that name another host", passes="third-party hosts 0"
)
def test_no_page_names_another_host():
    files = [file for file in SOURCE.rglob("*") if file.suffix in (".html", ".css", ".js", ".svg")]
    found = [f"{file.name}: {host}" for file in files for host in HOST.findall(file.read_text()) if host not in ("www.w3.org",)]  # fmt: skip
    assert found == []
    assert HOST.findall('<script src="https://cdn.example/x.js">') == ["cdn.example"]
    return Tried(len(files), "0")


@pytest.mark.django_db
@figure(
    "T16",
    tried="pages of the site and the policy they send",
    passes="default-src 'none', connect-src 'self', no other host",
)
def test_every_page_forbids_other_hosts(cast):
    browser, pages = cast.ana.browser(), ("/", "/today/", "/caseload/", f"/clients/{cast.client.id}/", "/practice/", "/account/login/", "/nowhere/")  # fmt: skip
    for page in pages:
        response = browser.get(page, follow=True)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "connect-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"https?://", policy)
        assert response.headers["Cache-Control"] == "no-store"
    return Tried(len(pages), "held")


@pytest.mark.slow
@figure(
    "T16",
    tried="`depthwork doctor` and `backup` under strace: connections that are not loopback",
    passes="0",
    tier="nightly",
)
def test_no_command_dials_out(filled, tmp_path):
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    import subprocess
    import sys

    trace = tmp_path / "trace"
    env = {**os.environ, "DEPTHWORK_HOME": str(filled), "PYTHONPATH": str(SOURCE.parent)}
    env.pop("DEPTHWORK_SECRET_KEY", None)
    env["DJANGO_SETTINGS_MODULE"] = "depthwork.practice.config.settings"
    control = tmp_path / "control"
    subprocess.run(["strace", "-f", "-e", "trace=connect", "-o", control, sys.executable, "-c", "import socket; socket.socket().connect_ex(('192.0.2.1', 9))"], check=False, timeout=60, capture_output=True)  # fmt: skip
    assert "192.0.2.1" in control.read_text()  # the trace is not blind
    subprocess.run(["strace", "-f", "-e", "trace=connect", "-o", trace, sys.executable, "-m", "depthwork", "doctor"], env=env, check=False, timeout=120, capture_output=True)  # fmt: skip
    lines = [line for line in trace.read_text().splitlines() if "AF_INET" in line]
    assert [line for line in lines if "127.0.0.1" not in line and "::1" not in line] == []
    return Tried(1, "0")


def without_a_network(files):
    """The web tests of some files in a network namespace that has nothing but its own loopback."""
    if run("-c", "import os; raise SystemExit(os.system('unshare -rn true'))").returncode:
        pytest.skip("unshare is not possible here")
    import subprocess
    import sys

    inside = "import sys; from tests.trust.alone import loopback_up; loopback_up(); import pytest; sys.exit(pytest.main(sys.argv[1:]))"
    done = subprocess.run(["unshare", "-rn", sys.executable, "-c", inside, "-q", "-p", "no:cacheprovider", "-m", "not slow and not browser", *files], capture_output=True, text=True, check=False, timeout=3500, cwd=REPO)  # fmt: skip
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-500:]
    return Tried(int(re.search(r"(\d+) passed", done.stdout).group(1)), "passed 100%")


def web_tests():
    """The files in three shares of about the same length."""
    files = sorted(str(file) for file in (REPO / "tests" / "web").glob("test_*.py"))
    return [files[n::3] for n in range(3)]


@pytest.mark.slow
@figure("T16", tried="the web tests of the practice without any network (unshare -rn), first third", passes="pass 100%", tier="nightly")  # fmt: skip
def test_the_practice_works_without_a_network_first_third():
    return without_a_network(web_tests()[0])


@pytest.mark.slow
@figure("T16", tried="the web tests of the practice without any network (unshare -rn), second third", passes="pass 100%", tier="nightly")  # fmt: skip
def test_the_practice_works_without_a_network_second_third():
    return without_a_network(web_tests()[1])


@pytest.mark.slow
@figure("T16", tried="the web tests of the practice without any network (unshare -rn), last third", passes="pass 100%", tier="nightly")  # fmt: skip
def test_the_practice_works_without_a_network_last_third():
    return without_a_network(web_tests()[2])


class Caught(logging.Handler):
    """What the product's own formatter would have written."""

    def __init__(self):
        super().__init__()
        self.lines = []
        self.setFormatter(QuietFormatter())

    def emit(self, entry):
        self.lines.append(self.format(entry))


@pytest.mark.django_db
@figure(
    "T17",
    tried="canaries in every free-text field, through pages and a hundred forced failures",
    passes="in logs, mail, sessions, cache, tmp 0",
)
def test_no_word_reaches_log_mail_session_cache_or_tmp(cast, monkeypatch):
    words = [f"canary{n:04d}heron" for n in range(200)]
    handler, before = Caught(), set(os.listdir(tempfile.gettempdir()))
    logging.getLogger().addHandler(handler)
    logging.getLogger("django").addHandler(handler)
    browser = cast.ana.browser()
    browser.raise_request_exception = False
    try:
        rows = list(Session.objects.filter(client=cast.client))
        for n, word in enumerate(words):
            if n < 100:
                browser.post(
                    f"/clients/{cast.client.id}/about/edit/",
                    {"name": f"Cleo {word}", "called": word, "phone": word, "email": word, "emergency": word},
                ) if n % 4 == 0 else browser.post("/search/", {"words": word})
            else:
                with opened(cast.ana.unlocked):
                    row = rows[n % len(rows)]
                    row.kept_line = row.first_words = word
                    row.save()
                if n % 10 == 0:
                    browser.get(f"/clients/{cast.client.id}/")
        from depthwork.practice.treatments.views import clients

        def fails(*args, **kwargs):
            word = words[len(handler.lines) % 200]
            raise ValueError(f"could not keep {word} of {args}")

        monkeypatch.setattr(clients.actions, "change_client", fails)
        failed = 0
        for n in range(100):
            answer = browser.post(
                f"/clients/{cast.client.id}/about/edit/", {"name": words[n], "called": words[n]}
            )
            failed += answer.status_code == 500
            assert words[n] not in answer.content.decode()
    finally:
        logging.getLogger().removeHandler(handler)
        logging.getLogger("django").removeHandler(handler)
    assert failed == 100
    places = "\n".join(handler.lines) + str([m.message() for m in mail.outbox])
    places += json.dumps([row.get_decoded() for row in SignIn.objects.all()], default=str)
    places += str(getattr(cache, "_cache", ""))
    fresh = set(os.listdir(tempfile.gettempdir())) - before
    assert not any("heron" in name for name in fresh)
    assert not re.search(r"canary\d{4}heron", places)
    assert handler.lines  # the failures were logged: where, and nothing of what
    return Tried(len(words) + 100, "0")


def test_the_search_for_leaks_is_not_blind():
    handler = Caught()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("tests.leak")
    logger.addHandler(handler)
    logger.warning("could not keep %s", "canary0001heron")
    logger.removeHandler(handler)
    assert re.search(r"canary\d{4}heron", "\n".join(handler.lines))


class Running(html.parser.HTMLParser):
    """What in a page could run, other than the page's own scripts."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name.startswith("on") or (name in ("href", "src", "action", "formaction", "data") and (value or "").strip().lower().startswith(("javascript:", "data:text/html", "vbscript:"))):  # fmt: skip
                self.found.append((tag, name))
        named = dict(attributes)
        if tag == "script" and not (named.get("src") or "").startswith("/static/"):
            self.found.append((tag, "inline"))
        if tag in ("iframe", "object", "embed", "base", "math") or (tag == "svg" and "onload" in named):
            self.found.append((tag, ""))


SEEDS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>", "javascript:alert(1)", "<a href=javascript:alert(1)>x</a>", "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>", "<iframe srcdoc='<script>alert(1)</script>'>", "{{constructor.constructor('alert(1)')()}}",
    "<math><mtext></mtext><script>alert(1)</script></math>", "<details open ontoggle=alert(1)>", "<body onload=alert(1)>", "\u2028<script>alert(1)</script>",
]  # fmt: skip


def mutated(draw):
    text = draw.choice(SEEDS)
    for _ in range(draw.randrange(4)):
        way, at = draw.randrange(4), draw.randrange(len(text) + 1)
        if way == 0:
            text = text[:at] + draw.choice("\t\n\r\x0b <>'\"/=`&#") + text[at:]
        elif way == 1:
            text = "".join(c.upper() if draw.random() < 0.5 else c for c in text)
        elif way == 2:
            text = text + draw.choice(SEEDS)
        else:
            text = text.replace("<", draw.choice(["<", "<<", "< ", "&lt;", "\\u003c"]), 1)
    return text


AT_ONCE = 40  # payloads that stand on a client's pages together


def more_hours(cast, count):
    """Held hours after those that the treatment has."""
    with opened(cast.ana.unlocked):
        last = Session.objects.filter(treatment=cast.treatment).order_by("number").last()
        return [
            Session.objects.create(
                client=cast.client, treatment=cast.treatment, clinician=last.clinician, day=last.day + timedelta(weeks=n),
                wall_time=last.wall_time, zone=last.zone, starts_at=last.starts_at + timedelta(weeks=n), status="held",
                number=last.number + n, kept_line="x",
            )
            for n in range(1, count + 1)
        ]  # fmt: skip


def scripts_that_run(cast, payloads):
    """Payloads as name, contact and kept lines; each page is parsed as a browser would, and what could run is kept."""
    browser, found = cast.ana.browser(), []
    hours = more_hours(cast, AT_ONCE - 4)
    with opened(cast.ana.unlocked):
        client = Client.objects.get(id=cast.client.id)
    pages = [f"/clients/{client.id}/{one}" for one in ("", "about/", "kept-lines/")]
    for at in range(0, len(payloads), AT_ONCE):
        batch = payloads[at : at + AT_ONCE]
        with opened(cast.ana.unlocked):
            client.name, client.called = f"x {batch[0]}", batch[1] or "x"
            client.contact = {"phone": batch[2], "email": batch[3], batch[0]: batch[1]}
            client.save()
            for row, line in zip(hours, batch[4:], strict=False):
                row.kept_line = line
                row.save(update_fields=["kept_line"])
        for page in (*pages, "/caseload/"):
            found.extend((page, *one) for one in running_in(browser.get(page)))
        found.extend(
            ("search", *one) for one in running_in(browser.post("/search/", {"words": batch[4][:5]}))
        )
    return found


def running_in(answer):
    parser = Running()
    parser.feed(answer.content.decode())
    return parser.found


@pytest.mark.django_db
@figure(
    "T19",
    tried="mutated scripts in names, contacts and kept lines, on five pages each",
    passes="that could run 0",
)
def test_no_word_of_a_note_runs(cast):
    draw = random.Random(19)
    payloads = [mutated(draw) for _ in range(80)]
    assert scripts_that_run(cast, payloads) == []
    return Tried(80, "0")


@pytest.mark.slow
@pytest.mark.django_db
@figure(
    "T19",
    tried="twenty thousand mutated scripts, on five pages each",
    passes="that could run 0 of 20,000",
    tier="nightly",
)
def test_no_word_of_twenty_thousand_runs(cast):
    draw = random.Random(20)
    assert scripts_that_run(cast, [mutated(draw) for _ in range(20_000)]) == []
    return Tried(20_000, "0")


def test_the_look_for_scripts_is_not_blind():
    for seed in SEEDS[:5]:
        parser = Running()
        parser.feed(seed)
        assert parser.found


@figure("T19", tried="uses of mark_safe and the safe filter outside the parts of a page", passes="0")
def test_nothing_is_declared_safe_outside_one_module():
    found = []
    files = [f for f in SOURCE.rglob("*") if f.suffix in (".py", ".html")]
    for file in files:
        text = file.read_text()
        if file.name == "chart.html":  # drawings of our own, set from numbers and escaped labels
            continue
        if (file.suffix == ".py" and "mark_safe" in text and file.name != "markup.py") or (file.suffix == ".html" and file.name != "chart.html" and re.search(r"\|\s*safe\b|autoescape off", text)):  # fmt: skip
            found.append(str(file.relative_to(SOURCE)))
    assert found == []
    return Tried(len(files), "0")


@pytest.mark.django_db
def test_the_words_of_a_search_are_in_no_query(cast):
    with CaptureQueriesContext(connection) as seen:
        cast.ana.browser().post("/search/", {"words": "xylophone"})
    assert "xylophone" not in str([q["sql"] for q in seen.captured_queries])
