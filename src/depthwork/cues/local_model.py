"""A second engine: asks a language model server on this machine, and believes only what it can find.

Off by default. It speaks to loopback addresses alone, with a fixed schema, bounded in time and
size; every cue's quote is looked up in the text and dropped when it is not there.
"""

from __future__ import annotations

import ipaddress
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from depthwork.cues.engine import CONSTRUCTS, Cue, EngineError, cue_at, without_overlap
from depthwork.transcripts.model import Transcript

ADDRESS, MODEL = "DEPTHWORK_LOCAL_MODEL_URL", "DEPTHWORK_LOCAL_MODEL_NAME"
_MOST_ANSWER = 400_000
_TURNS_AT_ONCE, _OVERLAP = 40, 4

RULES = """You mark passages in a psychotherapy hour for the therapist, who will judge each of them.
Mark only what the text shows; when in doubt leave it out. Return JSON: {"cues": [...]} and nothing else.
Each cue: construct, code, first_turn, last_turn, quote (an exact copy of words of the first turn), why (one plain
sentence), confidence (0 to 1), attributes.
Constructs, and what they need:
- figure: a person with a personal tie. attributes: label (the role), sphere (past: early life; current: adult life;
  therapist: the relation of the two in the room, not arrangements).
- episode: a told or lived exchange with one main other that shows a wish, a response of the other and a response of
  the self. attributes: figure, sphere. With it: wish, response_of_other and response_of_self, the last two with
  polarity positive, negative or mixed.
- defense: client only; a manoeuvre that is shown, never a feeling said plainly. attributes: level 1 to 7.
- rupture_withdrawal, rupture_confrontation: the client moves away from, or against, the work or the therapist.
  Sadness, disagreement and anger at people outside are none. attributes: repaired.
- rupture_resolution: the therapist mends such a strain.
- intervention: therapist only. An interpretation adds a hypothesis about meaning, motive or repetition; questions,
  echoes and validation do not. attributes: person (therapist, current, past), conflict (defense, anxiety, feeling).
- dream: manifest content of a told night dream, code dream_report. A daydream is none.
- risk: client only, said openly: suicide_passive, suicide_active, self_harm, harm_others, abuse. Idiom is none.
  attributes: kind."""

_CUE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["construct", "code", "first_turn", "last_turn", "quote", "why", "confidence", "attributes"],
    "properties": {
        "construct": {"enum": list(CONSTRUCTS)},
        "code": {"type": "string", "maxLength": 60},
        "first_turn": {"type": "integer", "minimum": 0},
        "last_turn": {"type": "integer", "minimum": 0},
        "quote": {"type": "string", "minLength": 1, "maxLength": 600},
        "why": {"type": "string", "maxLength": 300},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "attributes": {"type": "object"},
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["cues"],
    "properties": {"cues": {"type": "array", "maxItems": 200, "items": _CUE}},
}


class _StayHere(urllib.request.HTTPRedirectHandler):
    """A redirect could lead off the machine, so none is followed."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def loopback(address: str) -> str:
    """The address, if it is a plain loopback one.

    Raises
    ------
    EngineError
        For any host that is not this machine by number or ``localhost``.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    here = host == "localhost"
    if not here:
        try:
            here = ipaddress.ip_address(host).is_loopback
        except ValueError:
            here = False
    if parts.scheme != "http" or not here or parts.username:
        raise EngineError(
            "the local model must be on this machine: give an address such as http://127.0.0.1:8080"
        )
    return address.rstrip("/")


@dataclass(frozen=True, slots=True)
class LocalModel:
    """Cues from an OpenAI-compatible server on loopback.

    Parameters
    ----------
    address : str
        Such as ``http://127.0.0.1:8080``; the practice names it.
    model : str
        The name the server knows its model by.
    seconds : float
        Time for one hour of therapy, all questions together.
    """

    address: str
    model: str
    seconds: float = 120.0
    version: str = "1"

    @property
    def name(self) -> str:
        """Cues of this engine are labelled with the model that made them."""
        return f"local:{self.model}"

    def propose(self, transcript: Transcript) -> list[Cue]:
        """Ask part by part; keep only what quotes the text."""
        address = loopback(self.address)
        ends = time.monotonic() + self.seconds
        found: list[Cue] = []
        last = len(transcript.turns)
        for first in range(0, last, _TURNS_AT_ONCE - _OVERLAP):
            until = min(last, first + _TURNS_AT_ONCE)
            left = ends - time.monotonic()
            if left <= 0:
                raise EngineError(
                    f"the local model did not finish in {self.seconds:.0f} s; try a smaller model"
                )
            lines = [f"[{turn.index}] {turn.speaker}: {turn.text}" for turn in transcript.turns[first:until]]
            for item in _asked(address, self.model, "\n".join(lines), left):
                cue = verified(transcript, item)
                if cue is not None:
                    found.append(cue)
            if until == last:
                break
        return without_overlap(found)


def _asked(address: str, model: str, text: str, seconds: float) -> list[Any]:
    body = json.dumps(
        {
            "model": model,
            "temperature": 0,
            "max_tokens": 6000,
            "messages": [{"role": "system", "content": RULES}, {"role": "user", "content": text}],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "cues", "schema": SCHEMA, "strict": True},
            },
        }
    ).encode()
    request = urllib.request.Request(  # noqa: S310 - loopback() has let only http to this machine pass
        f"{address}/v1/chat/completions", data=body, headers={"Content-Type": "application/json"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _StayHere)
    ends = time.monotonic() + seconds
    try:
        with opener.open(request, timeout=max(0.1, seconds)) as answer:
            raw = b""
            while chunk := answer.read(8192):
                raw += chunk
                if len(raw) > _MOST_ANSWER:
                    raise EngineError("the local model answered at too great a length; nothing was kept")
                if time.monotonic() > ends:
                    raise TimeoutError
    except TimeoutError:
        raise EngineError("the local model took too long; nothing was kept") from None
    except (urllib.error.URLError, OSError) as error:
        why = getattr(error, "reason", None) or error
        slow = isinstance(why, TimeoutError)
        raise EngineError(
            "the local model took too long; nothing was kept"
            if slow
            else f"the local model at {address} does not answer as expected; is it running?"
        ) from None
    try:
        said = json.loads(raw)["choices"][0]["message"]["content"]
        cues = json.loads(said)["cues"]
    except (ValueError, KeyError, IndexError, TypeError):
        raise EngineError("the local model's answer is not in the agreed form; nothing was kept") from None
    return cues if isinstance(cues, list) else []


def verified(transcript: Transcript, item: Any) -> Cue | None:
    """A cue whose words are really there, in the turn it names; otherwise None."""
    if not isinstance(item, Mapping) or item.get("construct") not in CONSTRUCTS:
        return None
    first, last, quote = item.get("first_turn"), item.get("last_turn"), item.get("quote")
    if (
        not isinstance(first, int)
        or not isinstance(last, int)
        or not isinstance(quote, str)
        or not quote.strip()
    ):
        return None
    if not 0 <= first <= last < len(transcript.turns):
        return None
    at = transcript.turns[first].text.find(quote.strip())
    if at < 0:
        return None
    sure = item.get("confidence")
    valid = isinstance(sure, (int, float)) and not isinstance(sure, bool) and 0 <= sure <= 1
    construct = str(item["construct"])
    attributes = item.get("attributes")
    within = (at, at + len(quote.strip())) if first == last else None
    return cue_at(
        transcript,
        construct,
        str(item.get("code", ""))[:60],
        (first, last),
        within=within,
        why=str(item.get("why", ""))[:300],
        confidence=None if construct == "risk" else float(sure) if valid and sure is not None else 0.5,
        attributes=dict(attributes) if isinstance(attributes, Mapping) else {},
    )


def from_settings() -> LocalModel:
    """The engine as the environment names it (entry point ``local``).

    Raises
    ------
    EngineError
        If no address is set: the engine is off until the practice names one.
    """
    address, model = os.environ.get(ADDRESS, ""), os.environ.get(MODEL, "local")
    if not address:
        raise EngineError(f"the local model is off; set {ADDRESS} to an address on this machine to use it")
    return LocalModel(loopback(address), model)
