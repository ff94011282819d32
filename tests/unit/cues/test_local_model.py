"""The second engine: loopback only, bounded, and nothing kept that the text does not hold."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from depthwork.cues.engine import EngineError
from depthwork.cues.local_model import LocalModel, from_settings, loopback, verified
from depthwork.transcripts.model import transcript_of

HOUR = transcript_of([("T", "What did she say?"), ("C", "She said, is there parking? And I hung up.")])


def cue(**changes):
    return {
        "construct": "defense",
        "code": "denial",
        "first_turn": 1,
        "last_turn": 1,
        "quote": "I hung up",
        "why": "A deed in place of a word.",
        "confidence": 0.7,
        "attributes": {"level": 3},
    } | changes


@pytest.fixture
def serve():
    servers = []

    def start(answer, *, status=200, wait=0.0, raw=None, headers=()):
        seen = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                seen.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                time.sleep(wait)
                body = (
                    raw
                    if raw is not None
                    else json.dumps(
                        {"choices": [{"message": {"content": json.dumps({"cues": answer})}}]}
                    ).encode()
                )
                try:
                    self.send_response(status)
                    for name, value in headers:
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass

            def log_message(self, *args):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}", seen

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_cue_that_quotes_the_text_is_kept_and_labelled(serve):
    address, seen = serve([cue()])
    engine = LocalModel(address, "small")
    (found,) = engine.propose(HOUR)
    assert engine.name == "local:small"
    assert found.quote == "I hung up"
    assert HOUR.text[found.start : found.end] == "I hung up"
    assert seen[0]["response_format"]["type"] == "json_schema"
    assert "[1] C: She said" in seen[0]["messages"][1]["content"]


@pytest.mark.parametrize(
    "changes",
    [
        {"quote": "I rang again"},
        {"quote": ""},
        {"first_turn": 0, "last_turn": 0},
        {"last_turn": 9},
        {"first_turn": -1},
        {"construct": "diagnosis"},
        {"quote": None},
    ],
)
def test_a_cue_that_is_not_in_the_text_is_dropped(changes):
    assert verified(HOUR, cue(**changes)) is None


def test_an_item_that_is_no_object_is_dropped():
    assert verified(HOUR, "denial") is None


def test_a_risk_cue_never_carries_a_confidence():
    found = verified(HOUR, cue(construct="risk", code="suicide_passive"))
    assert found.confidence is None


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org",
        "https://127.0.0.1",
        "http://10.0.0.5:8080",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://user@127.0.0.1",
        "file:///etc/passwd",
        "127.0.0.1:8080",
        "http://[::ffff:10.0.0.1]",
        "",
    ],
)
def test_another_machine_is_refused(address):
    with pytest.raises(EngineError, match="on this machine"):
        loopback(address)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8080/", "http://localhost:1", "http://[::1]:9", "http://127.9.9.9"]
)
def test_this_machine_is_let_pass(address):
    assert loopback(address)


def test_a_slow_server_is_given_up(serve):
    address, _ = serve([cue()], wait=1.0)
    with pytest.raises(EngineError, match="too long"):
        LocalModel(address, "slow", seconds=0.2).propose(HOUR)


def test_too_long_an_answer_is_given_up(serve):
    address, _ = serve([], raw=b"x" * 500_000)
    with pytest.raises(EngineError, match="length"):
        LocalModel(address, "long").propose(HOUR)


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b'{"choices": []}', b'{"choices":[{"message":{"content":"hello"}}]}']
)
def test_an_answer_in_another_form_is_refused(serve, raw):
    address, _ = serve([], raw=raw)
    with pytest.raises(EngineError, match="agreed form"):
        LocalModel(address, "odd").propose(HOUR)


def test_a_redirect_is_not_followed(serve):
    address, _ = serve([], status=302, headers=[("Location", "http://example.org/")])
    with pytest.raises(EngineError, match="answer as expected"):
        LocalModel(address, "moved").propose(HOUR)


def test_a_server_that_is_not_there_is_named():
    with pytest.raises(EngineError, match="is it running"):
        LocalModel("http://127.0.0.1:9", "none").propose(HOUR)


def test_no_client_text_stands_in_an_error(serve):
    address, _ = serve([], raw=b"{}")
    with pytest.raises(EngineError) as caught:
        LocalModel(address, "odd").propose(HOUR)
    assert "parking" not in str(caught.value)


def test_it_is_off_until_an_address_is_named(monkeypatch):
    monkeypatch.delenv("DEPTHWORK_LOCAL_MODEL_URL", raising=False)
    with pytest.raises(EngineError, match="off"):
        from_settings()


def test_a_long_hour_is_asked_in_parts(serve):
    address, seen = serve([])
    LocalModel(address, "small").propose(transcript_of([("C", f"Line {i}.") for i in range(100)]))
    assert len(seen) == 3
