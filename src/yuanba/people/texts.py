"""Checks that texts about people must pass before they are stored."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid

NAME_LENGTH = 60


def checked_text(text: str, field: str, *, at_most: int, required: bool = True) -> str:
    """`text` trimmed, counted in code points. Raises `Invalid` naming `field` when it is missing, too long
    or no text.
    """
    words = text.strip()
    if required and not words:
        raise Invalid(_("Please fill this in."), field=field, code="empty")
    if len(words) > at_most:
        raise Invalid(
            _("At most %(limit)d characters fit here, not %(length)d.")
            % {"limit": at_most, "length": len(words)},
            field=field,
            code="too_long",
        )
    if any((sign < " " and sign not in "\n\r\t") or "\ud800" <= sign <= "\udfff" for sign in words):
        raise Invalid(
            _("The text holds characters that can't be stored."), field=field, code="bad_characters"
        )
    return words


def checked_name(name: str) -> str:
    """A person's name in any script: up to 60 code points on one line, the dot of many names (·) included."""
    name = " ".join(name.split())
    return checked_text(name, "name", at_most=NAME_LENGTH, required=False)


def checked_email(email: str) -> str:
    """An e-mail address or nothing. Raises `Invalid`."""
    email = email.strip()
    try:
        if email:
            validate_email(email)
    except ValidationError:
        raise Invalid(_("This is not an e-mail address."), field="email") from None
    return email
