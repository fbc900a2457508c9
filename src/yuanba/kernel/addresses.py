"""Where a visitor comes from on the network; everything that counts visitors asks here."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# Whoever has one address of the sixth version has 2^64 of them: they are counted together.
_IPV6_PREFIX = 64


def address_of(request: HttpRequest) -> str:
    """The visitor's address; behind the operator's own proxy, what that proxy wrote down last. Of an address of
    IPv6 only the network, for the rest is the visitor's to choose. Empty when nothing is known.
    """
    said = ""
    if settings.SECURE_PROXY_SSL_HEADER:
        said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return _counted(said) or _counted(str(request.META.get("REMOTE_ADDR", "")))


def _counted(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), _IPV6_PREFIX), strict=False).network_address)
