"""What a log line may hold."""

import logging

import pytest

from yuanba.kernel.discreet import NoSecrets

SECRET = "0bLq-4Zk_wXg2mNf7Tt1Aw"


def written(text: str, *arguments: object) -> str:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, text, arguments, None)
    assert NoSecrets().filter(record)
    return record.getMessage()


@pytest.mark.parametrize(
    "path", [f"/m/{SECRET}/", f"/m/{SECRET}/confirm/", f"/follow/{SECRET}/stop/", f"/x?a=1&api_key={SECRET}"]
)
def test_a_secret_in_an_address_is_starred_out(path: str) -> None:
    said = written("%s: %s", "Not Found", path)
    assert SECRET not in said
    assert said.startswith("Not Found: ")
    assert "***" in said


def test_a_key_is_starred_out_wherever_it_stands() -> None:
    assert written("called with yb_k3y0fatest_%s", SECRET) == "called with yb_***"


def test_other_lines_stay_as_they_are() -> None:
    for path in ("/matters/261130-17/", "/matters/261130-17/moves/claim/", "/me/12345678/"):
        assert written("%s: %s", "Conflict", path) == f"Conflict: {path}"
