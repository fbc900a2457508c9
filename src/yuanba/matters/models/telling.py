from datetime import date

from django.db import models

from yuanba.matters.models.matter import Matter


class Notice(models.Model):
    """Something a resident, an organization or a post was told about a matter; shown in the product, sent
    further where an address is known.
    """

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    to_requester = models.BooleanField(default=False)
    organization = models.ForeignKey(
        "people.Organization", models.CASCADE, null=True, related_name="+", db_index=False
    )
    post = models.ForeignKey("people.Post", models.CASCADE, null=True, related_name="+", db_index=False)
    params = models.JSONField(default=dict)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["organization", "-id"], name="notice_organization"),
            models.Index(fields=["post", "-id"], name="notice_post"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(to_requester=True)
                | models.Q(organization__isnull=False)
                | models.Q(post__isnull=False),
                name="notice_has_a_reader",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} about {self.matter_id}"


class Tally(models.Model):
    """Counts by day, place, tier and category, kept up by the worker so that no total reads history.

    ``place`` is the request's community, or the street or district when it has none; the district too for a
    complaint about an office and for a protected request, which no list of a place shows. ``measure`` is what
    happened on that day (received, answered, said_solved, …); what is open now stands under `NOW`. Parts of a
    request count nowhere.
    """

    NOW = date(1970, 1, 1)

    day = models.DateField()
    place = models.ForeignKey("places.Place", models.CASCADE, related_name="+", db_index=False)
    tier = models.CharField(max_length=20)
    category = models.CharField(max_length=40, blank=True)
    measure = models.CharField(max_length=32)
    count = models.IntegerField(default=0)

    class Meta:
        verbose_name_plural = "tallies"
        constraints = (
            models.UniqueConstraint(
                fields=["place", "day", "measure", "tier", "category"], name="tally_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.measure} {self.count}"
