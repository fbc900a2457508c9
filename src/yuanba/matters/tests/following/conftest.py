"""Time stands still unless a test moves it."""

from collections.abc import Iterator

import pytest
import time_machine

from yuanba.matters.tests.following.mornings import CONFIRMED


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(CONFIRMED, tick=False) as moved:
        yield moved
