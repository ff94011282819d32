"""Everyone and everything that the chart knows by name: what a pack and a study take out of a text."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from depthwork.interchange.deidentify import Known, Person
from depthwork.practice.casework.queries import marks_of_treatment
from depthwork.practice.people.models import Person as Colleague
from depthwork.practice.supervision.models import Supervision
from depthwork.practice.treatments.models import Break, Client, Session, Treatment


def known_of(client: Client, *, named: Iterable[Person] = (), places: Iterable[str] = ()) -> Known:
    """The client, those close to them, everyone who treated or supervised, and whoever is named as a figure.

    Parameters
    ----------
    client : Client
        With its practice; the keys of administration and of the process notes are open.
    named, places : iterable, optional
        What the clinician added. A person named there is not named again by a figure's label.
    """
    details, contact = client.details or {}, client.contact or {}
    people = [Person((client.name or "", client.called or ""), relation=_("the client"))]
    emergency = contact.get("emergency_contact") or contact.get("emergency") or {}
    if isinstance(emergency, dict) and emergency.get("name"):
        relation = _("the %(relation)s") % {"relation": emergency.get("relation") or _("contact")}
        people.append(Person((str(emergency["name"]),), relation=relation))
    treatments = list(
        Treatment.objects.filter(client=client).select_related("clinician").order_by("starts_on")
    )
    people += _colleagues(client, treatments)
    people += named
    there = {name.casefold() for person in people for name in (*person.names, *person.nicknames)}
    people += [Person((one,), relation=_("someone spoken of")) for one in _figures(treatments) if one.casefold() not in there]  # fmt: skip
    found = [
        *places,
        *(part.strip() for part in str(contact.get("address") or "").split(",") if part.strip()),
    ]
    employers = (str(details["employer"]),) if details.get("employer") else ()
    other = [str(contact[name]) for name in ("phone", "email") if contact.get(name)]
    return Known(tuple(people), tuple(found), employers, (*other, client.practice.name))


def _colleagues(client: Client, treatments: list[Treatment]) -> list[Person]:
    therapists = {row.clinician_id: row.clinician.display_name for row in treatments}
    hours = set(
        Session.objects.filter(client=client).order_by().values_list("clinician", flat=True).distinct()
    )
    supervisors = set(Supervision.objects.filter(client=client).values_list("supervisor", flat=True))
    covers = list(Break.objects.filter(client=client))
    others = (hours | supervisors | {row.cover_id for row in covers if row.cover_id}) - set(therapists)
    made = [Person((name,), relation=_("the therapist")) for name in therapists.values()]
    for one in Colleague.objects.filter(id__in=others).order_by("id"):
        relation = _("the supervisor") if one.id in supervisors else _("a colleague")
        made.append(Person((one.display_name,), relation=relation))
    return made + [Person((row.cover_name,), relation=_("a colleague")) for row in covers if row.cover_name]


def _figures(treatments: list[Treatment]) -> list[str]:
    """Labels of figures that are names: those that begin with a capital letter."""
    labels = {
        str(mark.attributes.get("label") or "").strip()
        for treatment in treatments
        for mark in marks_of_treatment(treatment)
        if mark.construct == "figure"
    }
    return sorted(label for label in labels if label[:1].isupper())
