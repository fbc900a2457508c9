import traceback
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from pytest_django import Settings

from yuanba.kernel.mail import NotSent, mail_settings, send, sends_mail

ADDRESS = "me@example.org"


class NoSuchBox(BaseEmailBackend):
    """A server that refuses whom a mail is for, and says so with the address as servers do."""

    def send_messages(self, _messages: Any) -> int:
        raise SMTPRecipientsRefused({ADDRESS: (550, f"5.1.1 no box {ADDRESS}".encode())})


class Limiting(BaseEmailBackend):
    """A server that has had enough letters for now, and says no more than that."""

    def send_messages(self, _messages: Any) -> int:
        raise SMTPRecipientsRefused({ADDRESS: (550, b"Ip frequency limited")})


class Blocking(BaseEmailBackend):
    """A server that wants nothing from this network, whomever it is for."""

    def send_messages(self, _messages: Any) -> int:
        raise SMTPRecipientsRefused({ADDRESS: (550, b"5.7.1 your network is blocked")})


class Greylisting(BaseEmailBackend):
    def send_messages(self, _messages: Any) -> int:
        raise SMTPRecipientsRefused({ADDRESS: (450, b"4.2.0 come again")})


class FullBox(BaseEmailBackend):
    def send_messages(self, _messages: Any) -> int:
        raise SMTPDataError(552, f"the box of {ADDRESS} is full".encode())


def test_without_an_address_nothing_is_sent() -> None:
    assert mail_settings(" ") == {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}


@pytest.mark.parametrize(
    ("url", "port", "switch"),
    [
        ("smtp://mail.example.org", 25, None),
        ("smtp+tls://mail.example.org", 587, "EMAIL_USE_TLS"),
        ("smtps://mail.example.org", 465, "EMAIL_USE_SSL"),
        ("smtps://mail.example.org:2465", 2465, "EMAIL_USE_SSL"),
    ],
)
def test_the_scheme_says_how_to_encrypt(url: str, port: int, switch: str | None) -> None:
    found = mail_settings(url)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example.org", port)
    assert [name for name in ("EMAIL_USE_TLS", "EMAIL_USE_SSL") if found.get(name)] == [switch] * bool(switch)


def test_signs_in_names_and_passwords_are_written_in_percents() -> None:
    found = mail_settings("smtps://notice%40example.org:p%3A%2Fw@mail.example.org")
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("notice@example.org", "p:/w")


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp://"])
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="EMAIL_URL"):
        mail_settings(url)


@pytest.mark.parametrize(
    "url", ["smtp://clerk:sec/ret@mail.example.org", "smtp://clerk:secret@mail.example.org:x"]
)
def test_a_refusal_repeats_nothing_of_the_password(url: str) -> None:
    with pytest.raises(ValueError, match="EMAIL_URL") as refused:
        mail_settings(url)
    assert "sec" not in str(refused.value)


@pytest.mark.parametrize(
    ("server", "said"),
    [("NoSuchBox", "SMTPRecipientsRefused 550"), ("FullBox", "SMTPDataError 552")],
)
def test_a_mail_that_is_refused_leaves_its_address_in_no_log(
    settings: Settings, server: str, said: str
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{server}"
    with pytest.raises(NotSent, match=said) as refused:
        send("subject", "body", ADDRESS)
    assert ADDRESS not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize(
    ("server", "for_good"),
    [
        ("NoSuchBox", True),
        ("Limiting", False),
        ("Blocking", False),
        ("Greylisting", False),
        ("FullBox", False),
    ],
)
def test_a_refusal_tells_whether_the_address_is_at_fault(
    settings: Settings, server: str, for_good: bool
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{server}"
    with pytest.raises(NotSent) as refused:
        send("subject", "body", ADDRESS)
    assert refused.value.for_good == for_good


def test_headers_go_along() -> None:
    send("subject", "body", ADDRESS, {"List-Unsubscribe": "<https://example.org/stop/>"})
    (letter,) = mail.outbox
    assert (letter.to, letter.body) == ([ADDRESS], "body")
    assert letter.message()["List-Unsubscribe"] == "<https://example.org/stop/>"


def test_mail_is_offered_only_where_a_server_takes_it(settings: Settings) -> None:
    settings.EMAIL_BACKEND = mail_settings("smtp://mail.example.org")["EMAIL_BACKEND"]
    assert sends_mail()
    settings.EMAIL_BACKEND = mail_settings("")["EMAIL_BACKEND"]
    assert not sends_mail()
