from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.journal.models import Journaled
from yuanba.places.kinds import PlaceKind

DOOR_CODE = r"^[0-9A-HJKMNP-TV-Z]{10}$"


class Place(Journaled):
    """Anything that a matter can be at, from the nation down to one household: one tree.

    ``path`` is the materialized path of `yuanba.kernel.paths`; ``child_count`` counts every child that ever
    was, so the next child's number is never given twice. ``street`` and ``community`` are the place's own
    ancestor of that kind or the place itself. Coordinates are WGS-84 degrees. ``code`` is the 12-digit code
    (统计用区划代码), empty where the bureau gives none. ``door_code`` is the unguessable part of the address
    behind the QR code on a door.
    """

    journal_kind = "place"

    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        db_index=False,
        verbose_name=_("inside"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=PlaceKind)
    name = models.CharField(_("name"), max_length=120)
    code = models.CharField(_("statistics code"), max_length=12, blank=True, default="")
    path = models.CharField(max_length=64, editable=False)
    child_count = models.PositiveIntegerField(default=0, editable=False)
    street = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("street")
    )
    community = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("community")
    )
    lon = models.FloatField(_("longitude (WGS-84)"), null=True, blank=True)
    lat = models.FloatField(_("latitude (WGS-84)"), null=True, blank=True)
    households_count = models.PositiveIntegerField(_("households"), null=True, blank=True)
    door_code = models.CharField(_("door code"), max_length=10, blank=True, default="", editable=False)
    unmanaged = models.BooleanField(
        _("unmanaged"), default=False, help_text=_("No manager, no owner department, no protection.")
    )
    retired_on = models.DateField(_("retired on"), null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("replaced by"),
    )

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = (
            models.UniqueConstraint(fields=["path"], name="place_one_per_path"),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="place_one_per_code"),
            models.UniqueConstraint(
                fields=["door_code"], condition=~Q(door_code=""), name="place_one_per_door_code"
            ),
            # Two villages of one town may share a name, their codes tell them apart; so may two households.
            models.UniqueConstraint(
                fields=["parent", "kind", "name"],
                condition=Q(retired_on=None, code="") & ~Q(kind=PlaceKind.HOUSEHOLD),
                name="place_one_name_per_parent",
            ),
            models.CheckConstraint(condition=Q(kind__in=PlaceKind.values), name="place_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="place_has_name"),
            models.CheckConstraint(
                condition=Q(code="") | Q(code__regex=r"^[0-9]{12}$"), name="place_code_12_digits"
            ),
            models.CheckConstraint(
                condition=Q(door_code="") | Q(door_code__regex=DOOR_CODE), name="place_door_code_form"
            ),
            models.CheckConstraint(
                condition=Q(parent=None, path__regex=r"^[0-9a-z]{4}$")
                | Q(parent__isnull=False, path__regex=r"^([0-9a-z]{4}){2,16}$"),
                name="place_path_form",
            ),
            models.CheckConstraint(
                condition=Q(lon=None, lat=None)
                | Q(
                    lon__isnull=False,
                    lat__isnull=False,
                    lon__gte=-180,
                    lon__lte=180,
                    lat__gte=-90,
                    lat__lte=90,
                ),
                name="place_coordinates_whole",
            ),
            models.CheckConstraint(
                condition=~Q(kind=PlaceKind.STREET) | Q(street=F("id")), name="place_street_is_its_own"
            ),
            models.CheckConstraint(
                condition=~Q(kind=PlaceKind.COMMUNITY) | Q(community=F("id")),
                name="place_community_is_its_own",
            ),
            models.CheckConstraint(
                condition=Q(replaced_by=None) | Q(retired_on__isnull=False), name="place_replaced_is_retired"
            ),
        )
        indexes = (
            models.Index(fields=["parent", "path"], name="place_children"),
            models.Index(fields=["name"], name="place_by_name"),
            models.Index(fields=["lat", "lon"], condition=Q(lat__isnull=False), name="place_by_coordinates"),
        )

    def __str__(self) -> str:
        return self.name


class PlaceCode(models.Model):
    """A statistics code that a place had; the bureau gives new ones every year. Days are inclusive."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="former_codes", verbose_name=_("place"))
    code = models.CharField(_("statistics code"), max_length=12, db_index=True)
    valid_from = models.DateField(_("valid from"), null=True)
    valid_to = models.DateField(_("valid to"))

    class Meta:
        verbose_name = _("former code")
        verbose_name_plural = _("former codes")
        constraints = (
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{12}$"), name="former_code_12_digits"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_from__lte=F("valid_to")),
                name="former_code_span_forward",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} ({self.valid_to})"


class PlaceAlias(models.Model):
    """A name that residents use for a place beside its official one: a nickname, a former name."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="aliases", verbose_name=_("place"))
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        constraints = (
            models.UniqueConstraint(fields=["place", "name"], name="alias_once_per_place"),
            models.CheckConstraint(condition=~Q(name=""), name="alias_not_empty"),
        )

    def __str__(self) -> str:
        return self.name


class PlaceTree(models.Model):
    """One row about the whole tree: how many roots there are, and a random number drawn with every change.

    Locked last in a transaction, and briefly; whoever keeps a copy of all names compares ``revision``, which
    never comes back, not even after a backup was restored.
    """

    root_count = models.PositiveIntegerField(default=0)
    revision = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="place_tree_single"),)

    def __str__(self) -> str:
        return f"#{self.revision}"
