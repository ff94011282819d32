"""People at work on a served practice: sign in, read, write, at a steady pace, each answer timed.

`python tests/trust/load.py PORT CLINICIANS RATE SECONDS` prints what was answered and how quickly. The pace does not wait
for answers: each request has its moment, and its time counts from then on, also while it stands in a queue.
"""

from __future__ import annotations

import http.client
import json
import random
import re
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from tests.trust.home import WORDS

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
LINK = re.compile(r'href="(/(?:clients|hours)/[0-9a-f-]{36}/(?:[a-z-]+/)?)"')


@dataclass
class Someone:
    """A browser: cookies, and the pages its person may open."""

    port: int
    name: str
    cookies: dict[str, str] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)
    saved: int = 0  # times this window has saved, and the version that stands
    version: int = 0
    at_hand: threading.Lock = field(default_factory=threading.Lock)

    def ask(
        self, path: str, data: dict[str, str] | None = None, *, wants: str = "text/html"
    ) -> tuple[int, str, str]:
        """One request: status, where to, body."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            headers = {
                "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
                "Accept": wants,
            }
            if data is not None:
                headers |= {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Referer": f"http://127.0.0.1:{self.port}{path}",
                }
            line.request(
                "GET" if data is None else "POST",
                path,
                urlencode(data) if data is not None else None,
                headers,
            )
            answer = line.getresponse()
            body = answer.read().decode("utf-8", "replace")
            for value in answer.headers.get_all("Set-Cookie") or ():
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
            return answer.status, answer.headers.get("Location", ""), body
        finally:
            line.close()

    def sign_in(self) -> int:
        """Through the door, with the passphrase. Gives the status; 302 is in."""
        _status, _to, body = self.ask("/account/login/")
        found = TOKEN.search(body)
        assert found is not None, body[:300]
        return self.ask(
            "/account/login/", {"csrfmiddlewaretoken": found.group(1), "login": self.name, "password": WORDS}
        )[0]

    def look_round(self) -> None:
        """Learn some addresses from one's own caseload."""
        _status, _to, body = self.ask("/caseload/")
        clients = sorted(set(LINK.findall(body)))
        self.pages = ["/today/", "/caseload/", *clients[:6]]
        for client in clients[:2]:
            body = self.ask(client)[2]
            self.pages += sorted({one for one in LINK.findall(body) if one.startswith("/hours/")})[:4]


def percentile(times: list[float], share: float) -> float:
    """In milliseconds."""
    ranked = sorted(times)
    return round(1000 * ranked[min(len(ranked) - 1, int(len(ranked) * share))], 1) if ranked else 0.0


def run(port: int, people: int, rate: float, seconds: float, *, seed: int = 1) -> dict[str, object]:
    """So many requests a second, four of five reading."""
    crowd = [Someone(port, f"who{n}@example.org") for n in range(people)]
    signing = []
    for one in crowd:
        for _ in range(12):  # thirty a minute come in from one address; whoever is told to wait tries again
            began = time.perf_counter()
            status = one.sign_in()
            if status != 429:
                break
            time.sleep(10)
        assert status == 302, f"{one.name} was not let in: {status}"
        signing.append(time.perf_counter() - began)
        one.look_round()
    draw, times, statuses, kinds = random.Random(seed), [], Counter(), Counter()
    lock = threading.Lock()

    def act(one: Someone, at: float, writes: bool, page: str) -> None:
        with one.at_hand:  # one browser does one thing after the other
            try:
                status = save(one) if writes else one.ask(page)[0]
            except OSError as error:
                status = f"none: {type(error).__name__}"
        with lock:
            times.append(time.perf_counter() - at)
            statuses[str(status)] += 1
            kinds["written" if writes else "read"] += 1

    begin = time.perf_counter()
    with ThreadPoolExecutor(max_workers=64) as hands:
        for n in range(int(rate * seconds)):
            at = begin + n / rate
            wait = at - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            one = draw.choice(crowd)
            hands.submit(act, one, at, draw.random() < 0.2, draw.choice(one.pages))
    spent = time.perf_counter() - begin
    return {
        "requests": len(times), "seconds": round(spent, 1), "p50": percentile(times, 0.5), "p95": percentile(times, 0.95),
        "p99": percentile(times, 0.99), "slowest": percentile(times, 1.0), "statuses": dict(statuses), "kinds": dict(kinds),
        "sign_in_p95": percentile(signing, 0.95), "load": Path("/proc/loadavg").read_text().split()[:3],
    }  # fmt: skip


def save(one: Someone) -> int:
    """Autosave of a draft beside an hour, as the editor does it while someone writes."""
    hours = [page for page in one.pages if page.startswith("/hours/")]
    if not hours:
        return one.ask("/today/")[0]
    token = one.cookies.get("dw-csrf", "")
    one.saved += 1
    sent = {
        "csrfmiddlewaretoken": token, "text": f"words at {time.time():.3f} " * 20, "writer": "load", "seq": str(one.saved),
        "draft_version": str(one.version), "fields": "{}",
    }  # fmt: skip
    status, _to, body = one.ask(f"{hours[0]}drafts/countertransference/", sent, wants="application/json")
    one.version = json.loads(body).get("version", one.version) if body[:1] == "{" else one.version
    return status


def memory_mb(process: int) -> int:
    """What a server and its children hold together; pages that they share are counted once (PSS)."""
    total, waiting = 0, [process]
    while waiting:
        one = waiting.pop()
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text()
            children = Path(f"/proc/{one}/task/{one}/children").read_text().split()
        except OSError:
            continue
        total += int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE).group(1))  # type: ignore[union-attr]
        waiting += [int(child) for child in children]
    return total >> 10


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))))
