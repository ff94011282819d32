"""What several files of web tests stand on."""

import pytest

from depthwork.practice.vault.unlocked import opened
from tests.cast import everybody
from tests.moving import standing
from tests.treatments_made import fill_treatment


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    """Ana's treatment with something in every table that travels."""
    with standing(django_db_blocker):
        cast = everybody()
        with opened(cast.ana.unlocked):
            fill_treatment(cast.treatment, by=cast.ana.person, other=cast.ben.person, seed=1)
        yield cast
