import pytest
from django.test import RequestFactory
from pytest_django import Settings

from yuanba.kernel.addresses import address_of


@pytest.mark.parametrize(
    ("sent", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("no address", ""),
    ],
)
def test_a_visitor_is_counted_by_the_network_they_can_not_choose(sent: str, counted: str) -> None:
    assert address_of(RequestFactory().get("/", REMOTE_ADDR=sent)) == counted


def test_only_the_operators_own_proxy_is_believed(settings: Settings) -> None:
    request = RequestFactory().get(
        "/", REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
    )
    settings.SECURE_PROXY_SSL_HEADER = None
    assert address_of(request) == "127.0.0.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert address_of(request) == "203.0.113.7"
    garbled = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "x"})
    assert address_of(garbled) == "127.0.0.1"
