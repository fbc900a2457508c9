from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.journal.models import Journaled
from yuanba.people.models.organizations import Organization
from yuanba.people.models.persons import Person
from yuanba.places.models import Place


class Post(Journaled):
    """A seat with duties and powers, whoever sits on it: a post kind of the playbook at an organization or
    a place.

    Its territory is ``place`` and the places paired with it (`PostTerritory`, 包片), else its organization's
    place. ``duty`` and ``promise`` are what the public duty board shows.
    """

    journal_kind = "post"

    kind = models.CharField(_("post kind"), max_length=40)
    title = models.CharField(_("title"), max_length=80)
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=_("organization"),
    )
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("place")
    )
    duty = models.TextField(_("duties"), blank=True, default="")
    promise = models.TextField(_("public promise"), blank=True, default="")
    abolished_on = models.DateField(_("abolished on"), null=True, blank=True)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = (
            models.CheckConstraint(
                condition=Q(organization__isnull=False) | Q(place__isnull=False),
                name="post_belongs_somewhere",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="post_has_title"),
            models.CheckConstraint(condition=Q(kind__regex=r"^[a-z][a-z0-9_-]*$"), name="post_kind_form"),
        )

    def __str__(self) -> str:
        return self.title


class PostTerritory(models.Model):
    """A place paired with a post that serves several, such as a district leader's streets (包片)."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="territories", db_index=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="paired_posts", verbose_name=_("place"))

    class Meta:
        verbose_name = _("paired place")
        verbose_name_plural = _("paired places")
        constraints = (models.UniqueConstraint(fields=["post", "place"], name="territory_once_per_post"),)

    def __str__(self) -> str:
        return f"{self.post} – {self.place}"


class Holding(models.Model):
    """Who holds a post, from the first day to the day it ends (which is no longer held).

    A holding that ends on its first day never held: so a mistaken appointment is taken back without losing
    its trace.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="holdings", verbose_name=_("post"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="holdings", verbose_name=_("person"))
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("holding")
        verbose_name_plural = _("holdings")
        constraints = (
            models.UniqueConstraint(
                fields=["post"], condition=Q(to_on=None), name="holding_one_open_per_post"
            ),
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")), name="holding_span_forward"
            ),
        )

    def __str__(self) -> str:
        return f"{self.post_id} {self.from_on}"
