"""T15: a lost passphrase. The recovery code opens every time, nothing like it does, and one share says nothing."""

import os

import pytest
from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics

from depthwork.practice.people.models import Practice, Role
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import recovery
from depthwork.practice.vault.errors import VaultError
from tests import cast as people
from tests.trust.figures import Tried, figure

pytestmark = pytest.mark.django_db


def near(code: str, n: int) -> str:
    """A code that is almost right: one sign changed, two exchanged, one missing, or another code altogether."""
    letters = [at for at, sign in enumerate(code) if sign.isalnum()]
    at, to = letters[n % len(letters)], letters[(n * 7 + 3) % len(letters)]
    signs = list(code)
    if n % 4 == 0:
        signs[at] = "B" if signs[at] != "B" else "C"
    elif n % 4 == 1:
        signs[at], signs[to] = signs[to], signs[at]
    elif n % 4 == 2:
        del signs[at]
    else:
        return recovery.fresh_code()
    return "".join(signs)


@pytest.mark.slow
@figure(
    "T15",
    tried="a thousand times: the passphrase is lost, the code opens, a new code is made; each time a code that is almost right",
    passes="right 1,000 of 1,000; wrong 0",
    tier="nightly",
)
def test_a_thousand_lost_passphrases_are_recovered():
    ana = people.person(Practice.objects.create(name="P"), "ana", Role.CLINICIAN)
    code, right, wrong, tried = ana.code, 0, 0, 0
    for n in range(1000):
        other = near(code, n)
        if other != code:
            tried += 1
            try:
                vault.unlock_with_recovery(person=ana.id, code=other, new_root=os.urandom(32))
                wrong += 1
            except VaultError:
                pass
        got = vault.unlock_with_recovery(person=ana.id, code=code.lower() if n % 2 else code, new_root=os.urandom(32))  # fmt: skip
        right += got.keys == ana.unlocked.keys
        code = vault.new_recovery_code(unlocked=got)
    assert (right, wrong) == (1000, 0)
    assert tried > 900
    return Tried(1000 + tried, f"right 1,000 of 1,000, wrong 0 of {tried}")


@figure(
    "T15",
    tried="a secret in two shares of three: each alone, and each two together",
    passes="alone 0, together all",
)
def test_one_share_alone_reveals_nothing():
    alone, together = 0, 0
    for _ in range(5):
        secret = os.urandom(32)
        shares = generate_mnemonics(1, [(2, 3)], secret, b"", iteration_exponent=0)[0]
        for n in range(3):
            try:
                combine_mnemonics([shares[n]], b"")
                alone += 1
            except MnemonicError:
                pass
            together += combine_mnemonics([shares[n], shares[(n + 1) % 3]], b"") == secret
    assert (alone, together) == (0, 15)
    return Tried(30, "alone 0 of 15, together 15 of 15")
