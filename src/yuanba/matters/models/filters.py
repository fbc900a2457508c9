from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """A filter of a list that one person has named, to find it again. ``query`` is the part of the address after the
    question mark; what it says is read anew each time, for tiers, offices and posts change.
    """

    class List(models.TextChoices):
        DESK = "desk", _("Desk")
        PROBLEMS = "problems", _("Problem list")

    person = models.ForeignKey("people.Person", models.CASCADE, related_name="+", db_index=False)
    list = models.CharField(max_length=10, choices=List)
    name = models.CharField(max_length=30)
    query = models.CharField(max_length=500)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "list", "name"], name="saved_filter_once_per_name"),
            models.CheckConstraint(condition=~models.Q(name=""), name="saved_filter_has_a_name"),
        )

    def __str__(self) -> str:
        return self.name
