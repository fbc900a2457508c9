from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.crypto import EncryptedTextField
from yuanba.kernel.group_bots import GroupAddress, read_address
from yuanba.kernel.quiet import QuietHours
from yuanba.people.models.organizations import Organization
from yuanba.people.models.persons import Person


class NoticeChoice(models.Model):
    """Where notices of a person's posts go beside the product. Without a row: nowhere.

    ``urgent_at_night`` lets alarms pass the quiet hours, which are the district's where both times are empty.
    """

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="notice_choice")
    by_mail = models.BooleanField(_("by mail"), default=False)
    urgent_at_night = models.BooleanField(_("urgent ones also in quiet hours"), default=False)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    class Meta:
        verbose_name = _("choice of notices")
        verbose_name_plural = _("choices of notices")
        indexes = (models.Index(fields=["person"], condition=Q(by_mail=True), name="notices_by_mail"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_hours_have_both_ends",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id}"

    def quiet_hours(self, default: QuietHours | None) -> QuietHours | None:
        """Their own, else the district's."""
        if self.quiet_from is None or self.quiet_until is None:
            return default
        return QuietHours(self.quiet_from, self.quiet_until)


class GroupBot(models.Model):
    """The bot of an organization's group at WeCom, DingTalk or Feishu. Whoever has its address can write there: it is
    kept encrypted and never shown again.

    ``problem`` is why the last message was not taken, empty when it was.
    """

    organization = models.OneToOneField(
        Organization, models.CASCADE, primary_key=True, related_name="group_bot"
    )
    address = EncryptedTextField(_("address"))
    secret = EncryptedTextField(_("signing secret"), blank=True, default="")
    set_at = models.DateTimeField(_("set at"))
    tried_at = models.DateTimeField(_("last message at"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=60, blank=True, default="")

    class Meta:
        verbose_name = _("group bot")
        verbose_name_plural = _("group bots")

    def __str__(self) -> str:
        return f"{self.organization_id}"

    @property
    def parted(self) -> GroupAddress:
        """Its address, taken apart. Raises `Invalid` for a host that is no longer allowed."""
        return read_address(self.address)
