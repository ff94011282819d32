"""What fits between someone who asks and someone who works here, said in words. Nothing is added up or put in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from depthwork.practice.intake.words import LABELS


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person who asks said they need; an empty wish asks nothing."""

    languages: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    plan: str = ""
    self_pay: bool = False
    step_free: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """What a clinician says of themselves."""

    name: str
    has_room: bool = True
    languages: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    takes_self_pay: bool = True
    step_free: bool | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """One clinician beside one inquiry: what fits, what does not, and what nobody has said."""

    name: str
    fits: tuple[str, ...]
    does_not: tuple[str, ...]
    to_ask: tuple[str, ...]


def match_all(wishes: Wishes, offers: Iterable[Offer]) -> list[Match]:
    """Every clinician, in the order of their names: who fits better is for people to say."""
    return sorted((match(wishes, offer) for offer in offers), key=lambda m: m.name.casefold())


def match(wishes: Wishes, offer: Offer) -> Match:
    """Compare wish by wish."""
    fits: list[str] = []
    not_: list[str] = []
    ask: list[str] = []
    (fits if offer.has_room else not_).append(
        _("has a place free") if offer.has_room else _("has no place free at present")
    )
    _languages(wishes, offer, fits, not_, ask)
    for head, wanted, given in (
        (_("works with"), wishes.problems, offer.problems),
        (_("offers"), wishes.formats, offer.formats),
        (_("has hours"), wishes.times, offer.times),
        (_("sees people"), wishes.places, offer.places),
    ):
        for one in wanted:
            label = f"{head}: {LABELS.get(one, one)}"
            if not given:
                ask.append(label)
            elif one in given:
                fits.append(label)
            else:
                not_.append(_("not named: %(what)s") % {"what": LABELS.get(one, one)})
    _money(wishes, offer, fits, not_, ask)
    if wishes.step_free:
        if offer.step_free is None:
            ask.append(_("a way in without steps"))
        else:
            (fits if offer.step_free else not_).append(
                _("a way in without steps") if offer.step_free else _("there are steps on the way in")
            )
    return Match(offer.name, tuple(fits), tuple(not_), tuple(ask))


def _languages(wishes: Wishes, offer: Offer, fits: list[str], not_: list[str], ask: list[str]) -> None:
    if not wishes.languages:
        return
    spoken = {language.casefold(): language for language in offer.languages}
    shared = [spoken[one.casefold()] for one in wishes.languages if one.casefold() in spoken]
    if shared:
        fits.append(_("speaks %(which)s") % {"which": ", ".join(shared)})
    elif spoken:
        not_.append(_("speaks %(which)s") % {"which": ", ".join(offer.languages)})
    else:
        ask.append(_("which languages"))


def _is_a_sentence(plan: str) -> bool:
    """Words about the payer rather than its name: they can only be asked about."""
    return len(plan.split()) > 4 or any(sign in plan for sign in ";?!,")


def _money(wishes: Wishes, offer: Offer, fits: list[str], not_: list[str], ask: list[str]) -> None:
    if wishes.plan:
        named = {plan.casefold() for plan in offer.plans}
        if wishes.plan.casefold() in named:
            fits.append(_("works with %(plan)s") % {"plan": wishes.plan})
        elif _is_a_sentence(wishes.plan):
            ask.append(_("payment: “%(words)s”") % {"words": wishes.plan})
        elif named:
            not_.append(_("“%(plan)s” is not among the plans named") % {"plan": wishes.plan})
        else:
            ask.append(_("whether “%(plan)s” is accepted") % {"plan": wishes.plan})
    if wishes.self_pay:
        (fits if offer.takes_self_pay else not_).append(
            _("can be paid privately") if offer.takes_self_pay else _("is not paid privately")
        )
