import pytest

from yuanba.kernel.mail import mail_settings


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
