"""Audit events as sentences that a person can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.audit.models import Event
from depthwork.practice.policy.registry import routes, rule_of
from depthwork.practice.treatments.actions import emergency
from depthwork.practice.ui.erasing import WHY
from depthwork.practice.ui.verb_words import VERBS
from depthwork.wording import isolated

# What no week should pass over, as a manager and the doctor are told it.
GRAVE = {
    "sign_in_failed": gettext_lazy("sign-ins that failed"),
    "unlock_failed": gettext_lazy("wrong passphrases at an open desk"),
    "refused": gettext_lazy("requests for what is not theirs"),
    "seal.broken": gettext_lazy("seals that did not hold"),
    "restored": gettext_lazy("backups put in place"),
    "alarm.raised": gettext_lazy("alarms that much was changed at once"),
    "person.recovered": gettext_lazy("accounts opened with a recovery code"),
    "person.second_factor_lost": gettext_lazy("second factors taken off with a recovery code"),
    "emergency.opened": gettext_lazy("records opened in an emergency"),
}


# What somebody asked for that was not theirs, by the permission they lacked.
_OF = {
    gettext_lazy(
        "process notes"
    ): "read_process_notes write_process_notes mark_hours comment_hours burn_notes",
    gettext_lazy("the record"): "read_record write_record read_measures ask_measures answer_alert",
    gettext_lazy("name, contact and hours"): "see_administration edit_administration edit_coverage",
    gettext_lazy("giving out, sharing or erasing"): "share_client export_client shred_client export_research",
    gettext_lazy("the practice"): "manage_practice see_practice read_audit",
}
REFUSED = {one: said for said, names in _OF.items() for one in names.split()}


@cache
def reading_verbs() -> frozenset[str]:
    """What the audit says of mere readings."""
    rules = (rule_of(view, name) for _, name, view in routes())
    return frozenset(one.reads for one in rules if one and one.reads) | {
        "page.opened",
        "search.found",
        "fhir.read",
    }


@dataclass(frozen=True, slots=True)
class Kind:
    """Events that belong together, by their verb or by how it begins."""

    label: object
    verbs: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()

    def asks(self) -> Q:
        found = Q(verb__in=self.verbs)
        for begin in self.begins:
            found |= Q(verb__startswith=begin)
        return found


class _Readings(Kind):
    def asks(self) -> Q:
        return Q(verb__in=reading_verbs())


KINDS: dict[str, Kind] = {
    "grave": Kind(gettext_lazy("what should not pass unnoticed"), tuple(GRAVE)),
    "door": Kind(
        gettext_lazy("signing in, locking, passphrases"),
        ("signed_in", "signed_out", "sign_in_failed", "unlocked", "unlock_failed", "locked",
         "passphrase_again", "passphrase_again_failed"),
        ("recovery.",),
    ),
    "readings": _Readings(gettext_lazy("readings")),
    "given": Kind(
        gettext_lazy("given out, shared, taken back"),
        ("sharing.ended", "break.cover_let_in", "client.shown_to_office", "keys.compared"),
        ("gave_out.", "supervision.", "release.", "pack.", "place.", "token.", "inquiries.", "will.", "emergency.", "colleague.", "handover."),
    ),
    "destroyed": Kind(
        gettext_lazy("burned, erased, held"),
        ("client.erased", "notes.destroyed_by_will", "source.burned", "source.burned_as_agreed", "restored"),
        ("hold.",),
    ),
    "people": Kind(gettext_lazy("people and the practice"), (), ("person.", "practice.")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One event for the page."""

    n: int
    when: datetime
    who: str
    what: str
    about: str
    reason: str


def sentence(
    event: Event,
    people: Mapping[UUID, str],
    names: Mapping[UUID, str],
    tokens: Mapping[str, str] | None = None,
) -> Line:
    """Who did what, and when; a client by name for who holds the key to it, otherwise by a short code.

    A token stands by a short code and its purpose, which is looked up: the audit holds no word that somebody typed.
    """
    who = people.get(event.actor, _("someone who left")) if event.actor else _("Nobody signed in")
    what = VERBS.get(event.verb) or _("did what this version has no words for (%(verb)s)") % {
        "verb": event.verb
    }
    about = ""
    if event.client:
        about = names.get(event.client) or _("client %(code)s") % {"code": event.client.hex[:6]}
    elif event.object_type == "person" and event.object_id != str(event.actor or ""):
        about = next((name for pk, name in people.items() if str(pk) == event.object_id), "")
    if event.object_type == "api.apitoken" and event.object_id:
        token = _("token %(code)s, for: %(purpose)s") % {
            "code": event.object_id.replace("-", "")[:6],
            "purpose": (tokens or {}).get(event.object_id, _("not known any more")),
        }
        about = f"{isolated(about)} · {token}" if about else token
    return Line(event.n, datetime.fromisoformat(event.utc), who, str(what), about, _reason(event))


def _reason(event: Event) -> str:
    """Why, where the event says so in a word that a person can read; digests and codes stay in the chain."""
    known = REFUSED if event.verb == "refused" else WHY if event.verb == "client.erased" else {}
    if event.verb.startswith("emergency."):
        known = emergency.REASONS
    said = known.get(event.reason)
    return str(said) if said else ""
