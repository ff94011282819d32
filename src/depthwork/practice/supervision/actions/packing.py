"""A pack, in steps: what goes in, every spelling looked at, two questions answered, then the sheets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from depthwork.practice.people.models import Person
from depthwork.practice.supervision.models import Pack
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.consents import agreement
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Client, Consent, Treatment

LONGEST_WORDS = 200
NO_CONSENT = _("the client’s consents hold no yes to training or supervision")


def agreed_to_packs(client: Client, *, on: date) -> Consent | None:
    """The yes under which a pack is made: to training, or to supervision in general. Asked again at each making."""
    return agreement(client, Consent.Purpose.TRAINING, on=on) or agreement(
        client, Consent.Purpose.SUPERVISION, on=on
    )


@transaction.atomic
def begin_pack(*, treatment: Treatment, choice: dict[str, Any], today: date, by: Person) -> Pack:
    """What goes in, and for whom; the client has agreed to it. Verbatim dreams only where chosen one by one."""
    if not str(choice.get("audience") or "").strip():
        raise CourseError(gettext("say for whom the pack is; it stands on every sheet"))
    agreed = agreed_to_packs(treatment.client, on=today)
    if agreed is None:
        raise CourseError(
            gettext("%(reason)s; ask the client, and write the answer down among the consents")
            % {"reason": NO_CONSENT}
        )
    named = ("hours", "dreams", "formulation", "kept_lines", "measures", "patterns")
    if not any(choice.get(name) for name in named):
        raise CourseError(gettext("choose at least one thing to go in"))
    row = Pack.objects.create(
        client=treatment.client,
        treatment=treatment,
        made_by=by,
        consented_on=agreed.given_on,
        choice=choice,
        decisions={},
        words={},
        answers={},
    )
    note("pack.begun", row, by=by)
    return row


@transaction.atomic
def decide(
    *, pack: Pack, decisions: Mapping[str, str], words: Mapping[str, str], by: Person, version: int
) -> Pack:
    """What the clinician said of the spellings that were shown; an empty choice leaves a spelling to be looked at."""
    if any(len(one.strip()) > LONGEST_WORDS for one in words.values()):
        raise CourseError(
            gettext("your own words for a spelling have %(longest)s characters at most; shorten them")
            % {"longest": LONGEST_WORDS}
        )
    if not Pack.objects.filter(pk=pack.pk, version=version).update(version=version + 1, finished_at=None):
        raise Changed(gettext("this list was changed in another window; look at it again"))
    said = (pack.decisions or {}) | dict(decisions)
    pack.decisions = {key: choice for key, choice in said.items() if choice in ("replace", "keep")}
    pack.words = {k: w for k, w in ((pack.words or {}) | dict(words)).items() if w.strip()}
    pack.version, pack.finished_at = version + 1, None
    pack.save(update_fields=["decisions", "words"])
    note("pack.reviewed", pack, by=by)
    return pack


@transaction.atomic
def finish_pack(*, pack: Pack, answers: list[str], waiting: int, by: Person, version: int) -> Pack:
    """Only when nothing waits on the list and both questions have an answer."""
    if waiting:
        raise CourseError(gettext("%(n)s spelling(s) on the list are not decided on yet") % {"n": waiting})
    if len(answers) != 2 or any(len(a.strip()) < 2 for a in answers):
        raise CourseError(gettext("answer both questions in your own words; they are kept with the pack"))
    if not Pack.objects.filter(pk=pack.pk, version=version).update(version=version + 1):
        raise Changed(gettext("this pack was changed in another window; look at it again"))
    pack.answers = {"who": answers[0].strip(), "self": answers[1].strip()}
    pack.finished_at, pack.version = datetime.now(UTC), version + 1
    pack.save(update_fields=["answers", "finished_at"])
    note("pack.finished", pack, by=by)
    return pack
