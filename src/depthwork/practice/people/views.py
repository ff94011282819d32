"""The door: unlock, lock, demo logins, and pages for what went wrong."""

from __future__ import annotations

from urllib.parse import urlsplit

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as sign_in
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from depthwork.practice.audit.actions import record
from depthwork.practice.people import actions, links
from depthwork.practice.people.demo import demo_person
from depthwork.practice.people.forms import JoinForm, RecoverForm, TypedBackForm, UnlockForm
from depthwork.practice.people.hashers import take_root
from depthwork.practice.people.models import Person
from depthwork.practice.people.signals import RECOVERY_OPEN, carry
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import sessions
from depthwork.practice.vault.errors import VaultError
from depthwork.practice.vault.models import Keyring
from depthwork.practice.vault.unlocked import current


def unlock(request: HttpRequest) -> HttpResponse:
    """Type the passphrase again after a lock; what was being written is still there."""
    form = UnlockForm(request.POST or None, initial={"next": request.GET.get("next", "/")})
    person = request.user
    assert isinstance(person, Person)
    if request.method == "POST" and form.is_valid():
        if person.check_password(form.cleaned_data["passphrase"]):
            root = take_root()
            assert root is not None
            try:
                carry(request, vault.unlock(person=person.id, root=root), person)
            except VaultError as error:
                form.add_error("passphrase", str(error))
                return render(request, "people/unlock.html", {"form": form})
            record(
                verb="unlocked",
                by=person.id,
                practice=person.practice_id,
                object_type="person",
                object_id=person.id,
            )
            return HttpResponseRedirect(_inside(request, form.cleaned_data["next"]))
        record(
            verb="unlock_failed",
            by=person.id,
            practice=person.practice_id,
            object_type="person",
            object_id=person.id,
        )
        form.add_error(
            "passphrase", _("This is not the passphrase of this account. Nothing is lost; try again.")
        )
    return render(request, "people/unlock.html", {"form": form}, status=200)


@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Close the keys and stay signed in."""
    person = request.user
    assert isinstance(person, Person)
    sessions.lock(request.session)
    record(
        verb="locked", by=person.id, practice=person.practice_id, object_type="person", object_id=person.id
    )
    return redirect("people:unlock")


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Read the interface in another language: kept in this browser, and with the person who is signed in."""
    code = request.POST.get("language", "")
    # Back to where the browser says it came from: no page repeats its own address, which may hold a name or a token.
    came_from = urlsplit(request.headers.get("Referer", ""))
    here = came_from.netloc == request.get_host()
    response = HttpResponseRedirect(_inside(request, came_from.path if here else "/"))
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
        if ratelimit.consume(request, action="recover"):
            person = actions.recover(
                address=form.cleaned_data["login"],
                code=form.cleaned_data["code"],
                passphrase=form.cleaned_data["passphrase"],
            )
            if person is not None:
                messages.success(request, _("The new passphrase is set. Sign in with it."))
                return redirect("account_login")
        form.add_error("code", _("This code does not open that account. Look at each group again."))
    return render(request, "people/recover.html", {"form": form})


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


def _inside(request: HttpRequest, target: str) -> str:
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if safe and target.startswith("/") else "/"
