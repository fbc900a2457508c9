"""A small made-up playbook that every test here starts from."""

from pathlib import Path

import pytest

from yuanba.places.models import Place
from yuanba.playbooks.reading import read_playbook
from yuanba.playbooks.schema import Playbook

EXAMPLE = Path(__file__).parent / "examples" / "xinhe.yaml"


@pytest.fixture(scope="session")
def made_up_source() -> str:
    return EXAMPLE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def made_up(made_up_source: str) -> Playbook:
    return read_playbook(made_up_source)


@pytest.fixture
def no_district() -> None:
    """The places that stand belong to no district by code, so that any playbook can come into force."""
    Place.objects.filter(parent=None).update(code="")
