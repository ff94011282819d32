"""Bring a transcript in: a file or pasted text, then who speaks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from depthwork.practice.config.refusals import sentence
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.sources import actions
from depthwork.practice.sources.actions.keeping import write_turns
from depthwork.practice.sources.incoming import (
    plain_values,
    read_bounded,
    recast,
    transcript_from,
    voices_of,
)
from depthwork.practice.sources.models import Draft, Source
from depthwork.practice.sources.views.common import hour_url, page
from depthwork.practice.treatments.actions import answer_consent
from depthwork.practice.treatments.consents import answered, today_at
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Consent, Session
from depthwork.practice.treatments.queries import session_named
from depthwork.practice.vault.errors import Refused
from depthwork.transcripts import CLIENT, THERAPIST
from depthwork.wording import said

MOST_MB = 20
_KIND = Source.Kind.TRANSCRIPT


class BringForm(forms.Form):
    """A file or a text, never both."""

    file = forms.FileField(
        required=False,
        allow_empty_file=True,
        label=gettext_lazy("A file"),
        help_text=gettext_lazy(
            "WebVTT, SubRip, plain text, Word, Whisper or WhisperX JSON, CHAT or ELAN; up to 20 MB and 250,000 words."
        ),
    )
    text = forms.CharField(
        required=False,
        strip=False,
        label=gettext_lazy("Or the text itself"),
        help_text=gettext_lazy(
            "One turn a paragraph, each begun with who speaks: “T:” and “C:”, or a name. “[pause 5s]” and “(laughs)” are kept."
        ),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        file, text = cleaned.get("file"), (cleaned.get("text") or "").strip()
        if file and text:
            raise forms.ValidationError(
                _("Choose the file or paste the text; both at once could be two hours.")
            )
        if not file and not text:
            raise forms.ValidationError(_("Choose a file, or paste the text."))
        if file and file.size > MOST_MB << 20:
            self.add_error("file", _("Larger than 20 MB; split the file by hour."))
        return cleaned


@rule(P.WRITE_PROCESS_NOTES, of=session_named)
@require_http_methods(["GET", "POST"])
def add_transcript(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Read the file in its own process; keep it as a draft until its speakers are settled."""
    session: Session = request.subject  # type: ignore[attr-defined]
    person = person_of(request)
    if _said_no(session):
        status = 422 if request.method == "POST" else 200
        return render(request, "sources/transcript.html", page(request, session, no=True), status=status)
    form = BringForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, text = form.cleaned_data["file"], form.cleaned_data["text"]
        try:
            if file:
                hour = read_bounded(file.read(), name=file.name or "file")
            else:
                hour = read_bounded(text.encode(), name="text")
            actions.drop_draft(session=session, by=person, kind=_KIND)
            actions.save_draft(session=session, by=person, kind=_KIND, words=plain_values(hour))
            return redirect("sources:speakers", session.id)
        except (CourseError, Refused) as error:
            form.add_error("file" if file else "text", sentence(str(error)))
    status = 422 if request.method == "POST" else 200
    waiting = Draft.objects.filter(person=person, session=session, kind=_KIND).exists()
    context = page(request, session, form=form, waiting=waiting)
    return render(request, "sources/transcript.html", context, status=status)


@rule(P.WRITE_PROCESS_NOTES, of=session_named, reads="transcript.opened")
@require_http_methods(["GET", "POST"])
def speakers(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Who speaks: the guess shown, each voice to be settled by a person."""
    session: Session = request.subject  # type: ignore[attr-defined]
    person = person_of(request)
    draft = Draft.objects.filter(person=person, session=session, kind=_KIND).first()
    if draft is None:
        return redirect("sources:add_transcript", session.id)
    if _said_no(session):
        actions.drop_draft(session=session, by=person, kind=_KIND)
        return redirect("sources:add_transcript", session.id)
    unasked = answered(session.client, Consent.Purpose.TRANSCRIPT) == "unasked"
    hour = transcript_from(draft.words, name=draft.words["name"])
    voices = [] if hour.provenance == "notes" else voices_of(hour)
    problem = ""
    if request.method == "POST":
        if "let_go" in request.POST:
            actions.drop_draft(session=session, by=person, kind=_KIND)
            messages.info(request, _("Nothing was kept of that file."))
            return redirect(hour_url(session))
        if voices and unasked and request.POST.get("agreed") == "no":
            with transaction.atomic():
                _answer(session, request, is_yes=False)
                actions.drop_draft(session=session, by=person, kind=_KIND)
            messages.info(request, _("The No is written down under Consents. Nothing was kept of that file."))
            return redirect(hour_url(session))
        try:
            if voices:
                roles = {v.speaker: _role(request, n, v.speaker) for n, v in enumerate(voices)}
                provenance = (
                    Source.Provenance.RECONSTRUCTED
                    if request.POST.get("provenance") == Source.Provenance.RECONSTRUCTED
                    else Source.Provenance.VERBATIM
                )
                with transaction.atomic():
                    if unasked:
                        _answer(session, request, is_yes=True)
                    actions.add_transcript(
                        session=session,
                        transcript=recast(hour, roles),
                        by=person,
                        provenance=provenance,
                        until_end="until_end" in request.POST,
                    )
            else:
                turns = [["N", t.text, None, None] for t in hour.turns]
                write_turns(session=session, turns=turns, by=person)
            actions.drop_draft(session=session, by=person, kind=_KIND)
        except (CourseError, Refused) as error:
            problem = sentence(str(error))
        else:
            messages.success(request, _("Kept with this hour."))
            return redirect(hour_url(session))
    context = page(
        request,
        session,
        hour=hour,
        rows=[_row(request, n, voice) for n, voice in enumerate(voices)],
        said=request.POST,
        unrecorded=answered(session.client, Consent.Purpose.RECORDING) == "no",
        odd=[sentence(said(warning)) for warning in hour.warnings],
        problem=problem,
        first_turns=hour.turns[:12],
        words=sum(len(t.text.split()) for t in hour.turns),
        unasked=unasked,
        lives=[one for one in Consent.Lives.choices if one[0] != Consent.Lives.DAY],
    )
    return render(request, "sources/speakers.html", context, status=422 if problem else 200)


def _said_no(session: Session) -> bool:
    return answered(session.client, Consent.Purpose.TRANSCRIPT) == "no"


def _answer(session: Session, request: HttpRequest, *, is_yes: bool) -> None:
    """What the client said, written down where nobody had asked before."""
    if is_yes and request.POST.get("agreed") != "yes":
        raise CourseError(_("say what the client answered to keeping it word for word"))
    lives = request.POST.get("lives", "")
    answer_consent(
        client=session.client,
        by=person_of(request),
        purpose=Consent.Purpose.TRANSCRIPT,
        is_yes=is_yes,
        given_on=today_at(session.client.practice),
        lives=lives
        if lives in Consent.Lives.values and lives != Consent.Lives.DAY
        else Consent.Lives.TREATMENT,
    )


def _chosen(speaker: str) -> str:
    return speaker if speaker in (THERAPIST, CLIENT) else "other"


def _row(request: HttpRequest, n: int, voice: Any) -> tuple[int, Any, str, str]:
    """A voice with what was chosen for it: by the person, and else by the file."""
    chosen = request.POST.get(f"voice-{n}") or _chosen(voice.speaker)
    return n, voice, chosen, request.POST.get(f"name-{n}", voice.speaker if chosen == "other" else "")


def _role(request: HttpRequest, n: int, speaker: str) -> str:
    wanted = request.POST.get(f"voice-{n}")
    if wanted in (THERAPIST, CLIENT):
        return wanted
    if wanted != "other":
        raise CourseError(_("say of each voice who it is"))
    name = " ".join(request.POST.get(f"name-{n}", "").split())[:80]
    if name in (THERAPIST, CLIENT):
        raise CourseError(_("“T” and “C” stand for therapist and client; choose them in the list"))
    return name or (speaker if speaker not in (THERAPIST, CLIENT) else "?")
