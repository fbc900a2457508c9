"""A model trained once for all tests of the triage."""

import pytest

from yuanba.language.tests.triage.made import made_messages
from yuanba.language.triage.model import Model
from yuanba.language.triage.training import train


@pytest.fixture(scope="session")
def model() -> Model:
    return train(made_messages(160, seed=1), seed=7)
