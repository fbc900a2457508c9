from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.journal.models import Journaled
from yuanba.places.models import Place

# As playbooks write codes, and digits for those that the state gives.
CODE_FORM = r"^[a-z0-9][a-z0-9_-]*$"


class OrganizationKind(models.TextChoices):
    DISTRICT = "district", _("district")
    CENTRE = "centre", _("governance centre")
    STREET = "street", _("street office")
    COMMUNITY = "community", _("community committee")
    DEPARTMENT = "department", _("department")
    PARTY = "party", _("party organization")
    OWNERS_COMMITTEE = "owners_committee", _("owners' committee")
    PROPERTY_COMPANY = "property_company", _("property company")
    RESIDENT_UNIT = "resident_unit", _("resident unit")
    VOLUNTEER_TEAM = "volunteer_team", _("volunteer team")


# Kinds that speak for a place as a whole: there is one at a time, so that a matter's way up is never
# ambiguous.
SOLE_KINDS = (
    OrganizationKind.DISTRICT,
    OrganizationKind.CENTRE,
    OrganizationKind.STREET,
    OrganizationKind.COMMUNITY,
)

# Kinds that a community committee signs agreements with (共驻共建).
SIGNING_KINDS = (
    OrganizationKind.RESIDENT_UNIT,
    OrganizationKind.PROPERTY_COMPANY,
    OrganizationKind.OWNERS_COMMITTEE,
    OrganizationKind.VOLUNTEER_TEAM,
    OrganizationKind.DEPARTMENT,
)


class Organization(Journaled):
    """An office, committee, company or team that can own matters, in a tree of its own.

    ``path`` follows `yuanba.kernel.paths`; ``child_count`` counts every child that ever was. ``place`` is
    what the organization stands for, none for one that serves no single place. ``phone`` is the office's
    published number.
    """

    journal_kind = "organization"

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=40, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=20, choices=OrganizationKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("under")
    )
    path = models.CharField(max_length=64, unique=True, editable=False)
    child_count = models.PositiveIntegerField(default=0, editable=False)
    place = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organizations",
        db_index=False,
        verbose_name=_("stands for"),
    )
    phone = models.CharField(_("office phone"), max_length=40, blank=True, default="")
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        indexes = (models.Index(fields=["place", "kind"], name="organization_at_place"),)
        constraints = (
            models.UniqueConstraint(
                fields=["place", "kind"],
                condition=Q(
                    closed_on=None, place__isnull=False, kind__in=[kind.value for kind in SOLE_KINDS]
                ),
                name="organization_sole_for_place",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OrganizationKind.values), name="organization_kind_known"
            ),
            models.CheckConstraint(condition=Q(code__regex=CODE_FORM), name="organization_code_form"),
            models.CheckConstraint(condition=~Q(name=""), name="organization_has_name"),
            models.CheckConstraint(
                condition=Q(parent=None, path__regex=r"^[0-9a-z]{4}$")
                | Q(parent__isnull=False, path__regex=r"^([0-9a-z]{4}){2,16}$"),
                name="organization_path_form",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="organization_not_under_itself"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        """The name for lists: the short one where there is one."""
        return self.short_name or self.name
