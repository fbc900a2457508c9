from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.journal.models import Journaled
from yuanba.people.models.organizations import Organization
from yuanba.people.models.persons import Person
from yuanba.people.models.posts import Post


class Agreement(Journaled):
    """Joint construction (共驻共建): what a community and a unit located in it have promised each other.

    ``deputy_post`` is the part-time deputy secretary's post that the unit's leader takes on in the community.
    """

    journal_kind = "agreement"

    community = models.ForeignKey(
        Organization, models.PROTECT, related_name="agreements", verbose_name=_("community")
    )
    unit = models.ForeignKey(
        Organization, models.PROTECT, related_name="unit_agreements", verbose_name=_("resident unit")
    )
    text = models.TextField(_("what was agreed"))
    signed_on = models.DateField(_("signed on"))
    until_on = models.DateField(_("valid until"), null=True, blank=True)
    deputy_post = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("part-time deputy secretary"),
    )

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = (
            models.UniqueConstraint(fields=["community", "unit", "signed_on"], name="agreement_once_a_day"),
            models.CheckConstraint(condition=~Q(community=F("unit")), name="agreement_between_two"),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gt=F("signed_on")), name="agreement_span_forward"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="agreement_has_text"),
        )

    def __str__(self) -> str:
        return f"{self.community_id}–{self.unit_id} {self.signed_on}"


class CheckIn(Journaled):
    """An official reporting for service at the community where they live or are paired (报到), and what they
    did.
    """

    journal_kind = "check_in"

    person = models.ForeignKey(Person, models.PROTECT, related_name="check_ins", verbose_name=_("official"))
    community = models.ForeignKey(
        Organization, models.PROTECT, related_name="check_ins", verbose_name=_("community")
    )
    checked_in_on = models.DateField(_("day"))
    what_was_done = models.TextField(_("what was done"))

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        indexes = (models.Index(fields=["community", "-checked_in_on", "-id"], name="check_in_by_community"),)
        constraints = (
            models.UniqueConstraint(
                fields=["person", "community", "checked_in_on"], name="check_in_once_a_day"
            ),
            models.CheckConstraint(condition=~Q(what_was_done=""), name="check_in_says_what"),
        )

    def __str__(self) -> str:
        return f"{self.community_id} {self.checked_in_on}"
