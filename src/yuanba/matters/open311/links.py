"""Addresses of pictures elsewhere: kept as words for a person to open, never fetched by us (SSRF)."""

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid
from yuanba.matters.open311.arguments import Arguments

MOST = 10
LENGTH = 500
_check = URLValidator(schemes=["http", "https"])


def media_links(arguments: Arguments) -> list[str]:
    """One line for each media_url. Raises `Invalid` for what is no web address."""
    links = arguments.texts("media_url")
    if len(links) > MOST or not all(_is_web_address(link) for link in links):
        raise Invalid(
            _("media_url must be a web address (http or https) of at most %(length)d characters.")
            % {"length": LENGTH},
            field="media_url",
        )
    return [_("Picture: %(link)s") % {"link": link} for link in links]


def _is_web_address(link: str) -> bool:
    try:
        _check(link)
    except ValidationError:
        return False
    return len(link) <= LENGTH
