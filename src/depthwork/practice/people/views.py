"""The door: unlock, lock, demo logins, and pages for what went wrong."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as sign_in
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from depthwork.practice.audit.actions import record
from depthwork.practice.config.gate import Crowded
from depthwork.practice.people import actions, links
from depthwork.practice.people.demo import demo_person
from depthwork.practice.people.forms import (
    FactorLostForm,
    JoinForm,
    RecoverForm,
    TypedBackForm,
    UnlockForm,
)
from depthwork.practice.people.hashers import take_root
from depthwork.practice.people.models import Person
from depthwork.practice.people.signals import RECOVERY_OPEN, carry
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import sessions
from depthwork.practice.vault.errors import Refused, VaultError
from depthwork.practice.vault.models import Keyring
from depthwork.practice.vault.unlocked import current, is_unlocked


def unlock(request: HttpRequest) -> HttpResponse:
    """Type the passphrase again after a lock; what was being written is still there."""
    form = UnlockForm(request.POST or None, initial={"next": request.GET.get("next", "/")})
    person = request.user
    assert isinstance(person, Person)
    if request.method == "GET" and is_unlocked():  # nothing is shut: where the reader was going
        return HttpResponseRedirect(links.inside(request, request.GET.get("next", "/")))
    if request.method == "POST" and form.is_valid():
        # The try is counted before it is made, so that many at once are not all looked at; a right one is taken back.
        tried = ratelimit.consume(request, app="allauth.account", action="unlock", key=str(person.id))
        if not tried:
            _note(person, "unlock_refused")
            return ratelimit.respond_429(request)
        try:
            is_right = person.check_password(form.cleaned_data["passphrase"])
        except Crowded:  # it was not looked at, and is no try
            tried.rollback()
            raise
        if is_right:
            tried.rollback()
            root = take_root()
            assert root is not None
            try:
                carry(request, vault.unlock(person=person.id, root=root), person)
            except VaultError as error:
                form.add_error("passphrase", str(error))
                return _locked(request, form)
            _note(person, "unlocked")
            return HttpResponseRedirect(links.inside(request, form.cleaned_data["next"]))
        _note(person, "unlock_failed")
        form.add_error(
            "passphrase", _("This is not the passphrase of this account. Nothing is lost; try again.")
        )
    return _locked(request, form)


def _locked(request: HttpRequest, form: UnlockForm) -> HttpResponse:
    return render(request, "people/unlock.html", {"form": form})


@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Close the keys and stay signed in."""
    person = request.user
    assert isinstance(person, Person)
    sessions.lock(request.session)
    _note(person, "locked")
    return redirect("people:unlock")


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Read the interface in another language: kept in this browser, and with the person who is signed in."""
    code = request.POST.get("language", "")
    # Back to where the browser says it came from: no page repeats its own address, which may hold a name or a token.
    response = HttpResponseRedirect(links.came_from(request))
    if code in dict(settings.LANGUAGES):
        if isinstance(request.user, Person):
            actions.choose_language(by=request.user, language=code)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=365 * 24 * 3600,
            httponly=True,
            secure=settings.IS_PUBLIC,
            samesite="Lax",
        )
    return response


@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out, and ask the browser to forget what it kept of this site."""
    if request.method == "GET":
        return render(request, "people/sign_out.html")
    sessions.lock(request.session)
    logout(request)
    response = redirect("account_login")
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


def recover(request: HttpRequest) -> HttpResponse:
    """Open an account with its recovery code. A wrong code and an unknown account get the same answer."""
    form = RecoverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tried = ratelimit.consume(request, app="allauth.account", action="recover")
        if not tried:  # a right code is not called wrong because it was not looked at
            return ratelimit.respond_429(request)
        try:
            person = actions.recover(
                address=form.cleaned_data["login"],
                code=form.cleaned_data["code"],
                passphrase=form.cleaned_data["passphrase"],
            )
        except Crowded:
            tried.rollback()
            raise
        if person is not None:
            messages.success(request, _("The new passphrase is set. Sign in with it."))
            return redirect("account_login")
        form.add_error("code", _("This code does not open that account. Look at each group again."))
    return render(request, "people/recover.html", {"form": form})


def factor_lost(request: HttpRequest) -> HttpResponse:
    """Take off a second factor that is lost, with passphrase and recovery code. Whatever is wrong has one answer."""
    form = FactorLostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tried = ratelimit.consume(request, app="allauth.account", action="recover")
        if not tried:
            return ratelimit.respond_429(request)
        try:
            person = actions.let_second_factor_go(
                address=form.cleaned_data["login"],
                passphrase=form.cleaned_data["passphrase"],
                code=form.cleaned_data["code"],
            )
        except Crowded:
            tried.rollback()
            raise
        except Refused as error:
            form.add_error("code", str(error))
            return render(request, "people/factor_lost.html", {"form": form})
        if person is not None:
            messages.success(
                request,
                _("The second factor is taken off. Sign in with your passphrase, and set up another."),
            )
            return redirect("account_login")
        form.add_error("code", _("Name, passphrase and code do not belong together."))
    return render(request, "people/factor_lost.html", {"form": form})


def recovery(request: HttpRequest) -> HttpResponse:
    """The recovery code: shown once, typed back. Until then no clinical word is stored."""
    person = request.user
    assert isinstance(person, Person)
    code, form = "", TypedBackForm()
    if request.method == "POST" and request.POST.get("act") == "new":
        code = actions.renew_code(person=person, unlocked=current())
    elif request.method == "POST":
        form = TypedBackForm(request.POST)
        if form.is_valid():
            try:
                actions.confirm_code(person=person, code=form.cleaned_data["code"])
            except VaultError as error:
                form.add_error("code", str(error))
            else:
                request.session.pop(RECOVERY_OPEN, None)
                messages.success(request, _("The code is confirmed. Keep the paper away from this machine."))
                return redirect("/")
    ring = Keyring.objects.filter(person=person).first()
    confirmed = bool(ring and ring.recovery_confirmed_at)
    return render(request, "people/recovery.html", {"form": form, "code": code, "confirmed": confirmed})


def link(request: HttpRequest, token: str) -> HttpResponse:
    """The first step of an invitation. Opening it uses nothing up; the button takes the token out of the address."""
    invitation = actions.invitation_of(token)
    if invitation is None:
        return links.quiet(render(request, "people/join_closed.html", status=404))
    if request.method == "POST":
        return links.carry_on("join", token, to="people:join")
    return links.quiet(render(request, "people/join_link.html", {"invitation": invitation}))


def join(request: HttpRequest) -> HttpResponse:
    """A colleague's first minute: a sign-in and keys of their own."""
    token = links.carried(request, "join")
    invitation = actions.invitation_of(token)
    if invitation is None:
        return render(request, "people/join_closed.html", status=404)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.join(
            token=token, address=form.cleaned_data["login"], passphrase=form.cleaned_data["passphrase"]
        )
        if made is None:
            return render(request, "people/join_closed.html", status=404)
        return links.spent(render(request, "people/joined.html", {"code": made[1]}), "join")
    return render(request, "people/join.html", {"form": form, "invitation": invitation})


@require_POST
def demo_sign_in(request: HttpRequest, who: str) -> HttpResponse:
    """One click into the fictional practice. Exists only where the practice is the demo."""
    found = demo_person(who)
    if found is None:
        raise Http404
    person, passphrase, start = found
    if not person.check_password(passphrase):
        raise Http404
    sign_in(request, person, backend="depthwork.practice.people.backends.PassphraseBackend")
    request.session["tour"] = 0  # the fiction is met on a walk of five steps, which can be left at once
    return redirect(start)


def _note(person: Person, verb: str) -> None:
    record(verb=verb, by=person.id, practice=person.practice_id, object_type="person", object_id=person.id)
