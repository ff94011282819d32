"""What every page knows of who is looking."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from depthwork.practice.people.demo import demo_logins, published_passphrase
from depthwork.practice.people.models import Person
from depthwork.practice.vault.unlocked import is_unlocked


def people(request: HttpRequest) -> dict[str, Any]:
    """The person, the practice and whether the keys are open."""
    person = request.user if isinstance(getattr(request, "user", None), Person) else None
    practice = person.practice if person else None
    return {
        "person": person,
        "practice": practice,
        "is_unlocked": is_unlocked(),
        "demo_logins": demo_logins() if request.path.startswith("/account/login") else [],
        "demo_passphrase": lambda: published_passphrase(person),
        "word_for_client": practice.word_for_client if practice else "client",
    }
