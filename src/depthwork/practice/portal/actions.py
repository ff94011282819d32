"""Open a client's place, agree on thoughts for the hour, leave one, read it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.config import rows
from depthwork.practice.people.actions import admit, end_sign_in, keys_anew
from depthwork.practice.people.logins import is_taken
from depthwork.practice.people.models import ENDED, Person, Role
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.portal.models import Invitation, Opening, Thought
from depthwork.practice.sources.actions import write_note
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.actions import add_goal, answer_consent, rate_goal
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.models import Client, Consent, Goal, Session, Treatment
from depthwork.practice.treatments.queries import present_treatment
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import pins
from depthwork.practice.vault.tokens import fresh_token, token_name
from depthwork.practice.vault.unlocked import current, put_in_inbox, take_from_inbox

GOOD_FOR: Final = timedelta(hours=72)
LONGEST: Final = 8000


class PlaceError(ValueError):
    """An act that does not fit: what, and the mend."""


def _note(verb: str, client: Client, *, by: Person | None) -> None:
    record(
        verb=verb,
        by=by.id if by else None,
        practice=client.practice_id,
        object_type="treatments.client",
        object_id=client.id,
        client=client.id,
    )


@transaction.atomic
def invite(*, client: Client, by: Person, at: datetime | None = None) -> tuple[Invitation, str]:
    """A link with which the client makes an account. The token is given once."""
    if Person.objects.filter(client=client.id).exclude(login__startswith=ENDED).exists():
        raise PlaceError(_("this client has an account already"))
    at = at or datetime.now(UTC)
    Invitation.objects.filter(client=client, used_at=None).delete()
    token = fresh_token()
    row = Invitation.objects.create(
        client=client,
        made_by=by,
        token_name=token_name(token) or "",
        made_at=at,
        expires_at=at + GOOD_FOR,
    )
    _note("place.invited", client, by=by)
    return row, token


@transaction.atomic
def begin_anew(*, client: Client, by: Person) -> tuple[Invitation, str]:
    """A client lost passphrase and code: their old keys end, and a new link makes new ones. Nothing of the record is lost."""
    person = Person.objects.filter(client=client.id).first()
    if person is None:
        raise PlaceError(_("the client has not made an account yet"))
    end_sign_in(person=person, by=by)
    Invitation.objects.filter(client=client).delete()
    Involvement.objects.filter(person=person, client=client.id, part=Part.SELF).delete()
    _note("place.began_anew", client, by=by)
    return invite(client=client, by=by)


def invitation_of(token: str, *, at: datetime | None = None) -> Invitation | None:
    """The invitation a link belongs to, while it can be used."""
    name = token_name(token)
    if name is None:
        return None
    rows.enter_by("place", name)
    return (
        Invitation.objects.select_related("client__practice", "made_by")
        .filter(token_name=name, used_at=None, expires_at__gt=at or datetime.now(UTC))
        .first()
    )


@transaction.atomic
def accept(*, token: str, login: str, passphrase: str, at: datetime | None = None) -> tuple[Person, str]:
    """The client's account with keys of its own. Gives the recovery code, shown once. It opens nothing yet."""
    at = at or datetime.now(UTC)
    row = invitation_of(token, at=at)
    if row is None:
        raise PlaceError(_("this link opens nothing any more; ask for a new one"))
    if not login.strip() or is_taken(login):
        raise PlaceError(_("choose another name to sign in with"))
    known = Person.objects.select_related("practice").filter(client=row.client_id).first()
    try:
        if known is not None:  # who begins anew; an account whose keys stand is never invited
            person, code = known, keys_anew(person=known, address=login, passphrase=passphrase)[1]
        else:
            person, _access, code = admit(
                practice=row.client.practice,
                address=login,
                passphrase=passphrase,
                roles=[Role.CLIENT],
                by=None,
                client=row.client_id,
            )
    except ValidationError as error:
        raise PlaceError(" ".join(error.messages)) from None
    row.used_at, row.person = at, person
    row.save(update_fields=["used_at", "person"])
    _note("place.accepted", row.client, by=person)
    return person, code


@transaction.atomic
def let_in(*, invitation: Invitation, by: Person, fingerprint: str, at: datetime | None = None) -> None:
    """After the two compared fingerprints: the client's account may open its own appointments and record."""
    if invitation.person_id is None:
        raise PlaceError(_("the client has not made an account yet"))
    at = at or datetime.now(UTC)
    pins.pin(
        person=by.id,
        own=current().keys,
        other=invitation.person_id,
        fingerprint=fingerprint,
        compared_at=at,
    )
    vault.share(
        owner=invitation.client_id,
        compartments=["administration", "record"],
        reader=invitation.person_id,
        purpose="own place",
    )
    Involvement.objects.get_or_create(
        person_id=invitation.person_id,
        client=invitation.client_id,
        part=Part.SELF,
        defaults={"practice": by.practice_id, "purpose": "own place"},
    )
    invitation.let_in_at = at
    invitation.save(update_fields=["let_in_at"])
    _note("place.let_in", invitation.client, by=by)


@transaction.atomic
def accept_clinician(*, person: Person) -> None:
    """At the client's side of the same comparison: the keys of whoever gave the grant are accepted as they stand."""
    from depthwork.practice.vault.models import Grant

    for granter in set(Grant.objects.filter(reader=person).values_list("granter_id", flat=True)):
        if granter and granter != person.id and not pins.is_pinned(person=person.id, other=granter):
            pins.pin(
                person=person.id,
                own=current().keys,
                other=granter,
                fingerprint=pins.fingerprint_of(granter),
                compared_at=None,
            )
            record(
                verb="keys.accepted", by=person.id, practice=person.practice_id, object_type="person", object_id=granter
            )  # fmt: skip


@transaction.atomic
def open_thoughts(*, client: Client, by: Person, yes: bool) -> Opening:
    """One of the two says yes or no to dreams and thoughts between the hours."""
    row, _ = Opening.objects.get_or_create(client=client)
    if by.client == client.id:
        row.by_client = yes
    else:
        row.by_clinician = yes
    row.save()
    _note("thoughts.opened" if yes else "thoughts.closed", client, by=by)
    return row


def ask_the_next_one(*, treatment: Treatment, by: Person) -> None:
    """Somebody else treats from here on: whether thoughts are left between the hours is agreed anew with them."""
    Opening.objects.filter(client=treatment.client_id, by_clinician=True).update(by_clinician=False)


@transaction.atomic
def leave_thought(
    *, client: Client, by: Person, kind: str, words: str, at: datetime | None = None
) -> Thought:
    """Leave a dream or a thought for the hour."""
    if not Opening.objects.filter(client=client, by_client=True, by_clinician=True).exists():
        raise PlaceError(_("this is not open; both of you have to agree to it first"))
    if kind not in Thought.Kind.values:
        raise PlaceError(_("it is a dream or a thought"))
    if not words.strip():
        raise PlaceError(_("write a few words first"))
    if len(words) > LONGEST:
        raise PlaceError(
            _("it can be %(longest)s characters long; keep the rest for the hour") % {"longest": LONGEST}
        )
    key, box = put_in_inbox(owner=client.id, compartment=Thought.compartment, raw=words.strip().encode())
    row = Thought.objects.create(
        client=client, kind=kind, left_at=at or datetime.now(UTC), box=box, data_key=key
    )
    _note("thought.left", client, by=by)
    return row


@transaction.atomic
def read_thoughts(*, client: Client, by: Person, at: datetime | None = None) -> list[Thought]:
    """Open what was left, in the hour. What was read stays readable for the clinician."""
    at = at or datetime.now(UTC)
    for row in Thought.objects.filter(client=client, box__isnull=False):
        raw = take_from_inbox(
            owner=client.id, compartment=row.compartment, data_key=row.data_key, blob=bytes(row.box)
        )
        row.words = {"words": raw.decode(), "read_by": str(by.id)}
        row.box = row.data_key = None
        row.read_at = at
        row.save(update_fields=["words", "box", "data_key", "read_at"])
        _note("thought.read", client, by=by)
    return list(Thought.objects.filter(client=client).order_by("-left_at"))


@transaction.atomic
def keep_thought(*, thought: Thought, session: Session, kind: str, by: Person) -> Source:
    """Keep what was left as a dream or a note of an hour. Its words move there: burned there, they are gone.

    Sent twice, it is kept once.
    """
    if kind not in (Source.Kind.DREAM, Source.Kind.PROCESS_NOTE):
        raise PlaceError(_("it is kept as a dream or as a note"))
    if session.client_id != thought.client_id:
        raise PlaceError(_("this hour is another client’s"))
    said = dict(thought.words or {})
    if kept := Source.objects.filter(pk=said.get("kept_as"), client_id=thought.client_id).first():
        return kept
    if not said.get("words"):
        raise PlaceError(_("read it first; then it can be kept"))
    source = write_note(
        session=session,
        text=said.pop("words"),
        by=by,
        kind=kind,
        about={"left_on": thought.left_at.astimezone(zone_of(by.practice.time_zone)).date().isoformat()},
        provenance=Source.Provenance.VERBATIM,
    )
    thought.words = {**said, "kept_as": str(source.id)}
    thought.save(update_fields=["words"])
    _note("thought.kept", thought.client, by=by)
    return source


def rate_own_goal(*, goal: Goal, by: Person, value: int, on: date) -> None:
    """The client's own rating."""
    if by.client != goal.client_id:
        raise PlaceError(_("this goal is somebody else’s"))
    rate_goal(goal=goal, by=by, rater="client", value=value, on=on)


MOST_OWN_GOALS: Final = 12
LONGEST_HOPE: Final = 300


@transaction.atomic
def hope_for(*, client: Client, by: Person, words: str) -> Goal:
    """A goal in the client's own words, written by the client, beside those that were written in the hour."""
    if by.client != client.id:
        raise PlaceError(_("only the client writes here what they hope for"))
    treatment = present_treatment(client)
    if treatment is None or treatment.state == Treatment.State.ENDED:
        raise PlaceError(_("there is no treatment under way to write it to"))
    if len(words) > LONGEST_HOPE:
        raise PlaceError(
            _("it can be %(longest)s characters long; keep the rest for the hour") % {"longest": LONGEST_HOPE}
        )
    own = Goal.objects.filter(treatment=treatment, is_own=True, closed_on=None)
    if len(own) >= MOST_OWN_GOALS:
        raise PlaceError(
            _("there are %(most)s already; speak of this one in the hour") % {"most": MOST_OWN_GOALS}
        )
    for row in own:
        if row.words == words.strip():  # sent twice
            return row
    row = add_goal(treatment=treatment, by=by, words=words)
    record(
        verb="place.hoped",
        by=by.id,
        practice=client.practice_id,
        object_type="treatments.goal",
        object_id=row.id,
        client=client.id,
    )
    return row


@transaction.atomic
def take_back_agreement(*, consent: Consent, by: Person, on: date, words: str = "") -> Consent:
    """The client says no, in their own place, to what they had agreed to. It binds from the next request on."""
    if by.client != consent.client_id:
        raise PlaceError(_("only the client takes an agreement back here"))
    if not consent.is_yes or not consent.is_open:
        raise PlaceError(_("this was changed in the meantime; look at the list again"))
    return answer_consent(
        client=consent.client,
        by=by,
        purpose=consent.purpose,
        is_yes=False,
        given_on=on,
        person=consent.person,
        how=Consent.How.OWN_PLACE,
        words={"said": words.strip()} if words.strip() else None,
    )
