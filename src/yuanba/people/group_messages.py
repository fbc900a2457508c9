"""Saying something in an organization's group: for the worker, never inside a transaction."""

from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.errors import DomainError
from yuanba.kernel.group_bots import NotDelivered, send
from yuanba.kernel.ratelimit import Rate, take
from yuanba.people.actions.channels import note_try
from yuanba.people.models import GroupBot

# WeCom and DingTalk take 20 a minute and then close the door for a while; one is kept for whoever else uses the bot.
PACE = Rate("group_bot", 19, 60)


def say_in_group(organization_id: int, text: str) -> bool:
    """Send `text` to the organization's group and note what became of it; False where it has no bot.

    Raises `NotDelivered`, `TooMany` above the services' own pace, `Invalid` for a host that is no longer allowed.
    """
    bot = GroupBot.objects.filter(pk=organization_id).first()
    if bot is None:
        return False
    try:
        address = bot.parted
        take(PACE, address.key, _("The service takes no more messages in this minute."))
        send(address, bot.secret, text)
    except (NotDelivered, DomainError) as error:
        note_try(organization_id, getattr(error, "code", ""), at=timezone.now())
        raise
    note_try(organization_id, "", at=timezone.now())
    return True
