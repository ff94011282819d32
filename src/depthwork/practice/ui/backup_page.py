"""Where the day's backup goes, how the last one went, and the hint on the first pages when there was none."""

from __future__ import annotations

from datetime import UTC, datetime

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.audit.actions import record
from depthwork.practice.keeping import daily, recipients
from depthwork.practice.people.models import Person, Role
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.ui.installed import kept
from depthwork.practice.vault.errors import Refused


class FolderForm(forms.Form):
    """One path on the machine that serves."""

    folder = forms.CharField(
        label=gettext_lazy("Folder for the day’s backup"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "On another disk, or one that another machine copies from. Empty: none is made by itself."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def is_late_for(person: Person) -> bool:
    """Whether who manages the practice is to be told that no backup was made for more than 26 hours."""
    practice = person.practice
    if practice.is_demo or not person.has_role(Role.MANAGER):
        return False
    return daily.is_late(settings.HOME, at=datetime.now(UTC), since=practice.created_at)


@rule(P.MANAGE_PRACTICE, fresh=True)
def backups(request: HttpRequest) -> HttpResponse:
    """Choose the folder; see who could open a backup, when the last was made, and why one was not."""
    person, home = person_of(request), settings.HOME
    folder = recipients.place(home)
    form = FolderForm(request.POST or None, initial={"folder": str(folder) if folder else ""})
    if request.method == "POST" and form.is_valid():
        try:
            daily.choose(home, form.cleaned_data["folder"])
        except Refused as error:
            form.add_error("folder", str(error))
        else:
            record(verb="practice.backups_chosen", by=person.id, practice=person.practice_id)
            messages.success(request, _("Kept. While Depthwork runs, a backup is made once a day."))
            return redirect("ui:backups")
    context = {
        "form": form,
        "folder": folder,
        "kept": kept(),
        "people": len(recipients.recipients(home)),
        "failed": _(failed["why"]) if (failed := daily.last_failure(home)) else "",
        "is_late": is_late_for(person),
        "by_itself": connection.vendor == "sqlite",
    }
    return render(request, "ui/practice_backups.html", context, status=422 if form.errors else 200)
