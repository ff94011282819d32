"""Before a word is kept: would its writer still be able to read it after a lost passphrase?"""

from __future__ import annotations

from django.utils.translation import gettext as _

from depthwork.practice.people.models import Person
from depthwork.practice.vault.errors import Refused
from depthwork.practice.vault.models import Keyring


def may_write(by: Person) -> None:
    """Refused until the recovery code was typed back: till then a lost passphrase would lose the note."""
    if not Keyring.objects.filter(person=by, recovery_confirmed_at__isnull=False).exists():
        raise Refused(
            _(
                "type your recovery code back first (Practice, Your keys); until then a lost passphrase would lose the note"
            )
        )
