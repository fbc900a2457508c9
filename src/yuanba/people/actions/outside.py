"""What happens between accounts here and those that people have with an outside service."""

from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Invalid
from yuanba.people.actions.accounts import locked_account
from yuanba.people.queries.outside import service_called
from yuanba.people.recording import change
from yuanba.people.texts import checked_text

SUBJECT_LENGTH = 191


def connect_outside(account_id: int, service: str, subject: str, *, actor: Viewer, at: datetime) -> None:
    """Let whoever is `subject` at `service` sign in to this account; its former one there no longer can.

    By the account itself, after the service vouched for it, or by who manages people in the whole district and has
    the subject from the service's own list. Raises `Invalid` for a service that is not set up or a subject that is
    somebody else's. The journal tells the service alone.
    """
    subject = checked_text(subject, "subject", at_most=SUBJECT_LENGTH)
    if service_called(service) is None:
        raise Invalid(_("There is no such service to sign in with."), field="service")
    with transaction.atomic():
        account = locked_account(account_id, actor)
        standing = SocialAccount.objects.filter(provider=service, uid=subject).first()
        if standing is not None and standing.user_id != account.pk:
            raise Invalid(
                _("This outside account is connected with somebody else here."), field="subject", code="taken"
            )
        if standing is not None:
            return
        SocialAccount.objects.filter(provider=service, user=account).delete()
        try:
            with transaction.atomic():
                SocialAccount.objects.create(provider=service, uid=subject, user=account)
        except IntegrityError:
            raise Invalid(
                _("This outside account is connected with somebody else here."), field="subject", code="taken"
            ) from None
        change(account, "outside_connected", actor=actor, at=at, data={"service": service})


def disconnect_outside(account_id: int, service: str, *, actor: Viewer, at: datetime) -> None:
    """Whoever was let in by `service` no longer is, and every session ends; where nothing was connected, nothing
    happens.
    """
    with transaction.atomic():
        account = locked_account(account_id, actor)
        removed, _kinds = SocialAccount.objects.filter(provider=service, user=account).delete()
        if removed:
            account.session_epoch += 1
            data = {"service": service}
            change(account, "outside_disconnected", "session_epoch", actor=actor, at=at, data=data)
