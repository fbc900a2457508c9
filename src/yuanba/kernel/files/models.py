from uuid import uuid4

from django.db import models
from django.db.models import Q


class StoredFile(models.Model):
    """A photo or other file, kept under the hash of its bytes; its file name, which may name people, is not kept.

    ``sha256`` is over the stored bytes (a photo's re-encoded ones), so the same photo sent twice is one row
    and one file. A photo's thumbnail lies beside it and has no row of its own.
    """

    class Kind(models.TextChoices):
        PHOTO = "photo"
        ATTACHMENT = "attachment"

    sha256 = models.CharField(max_length=64)
    suffix = models.CharField(max_length=8)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    media_type = models.CharField(max_length=80)
    size_bytes = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    stored_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["sha256", "suffix"], name="file_once_by_hash"),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$", suffix__regex=r"^[a-z0-9]{2,8}$"),
                name="file_plain_name",
            ),
            models.CheckConstraint(
                condition=Q(kind="attachment", width=None, height=None)
                | Q(kind="photo", width__isnull=False, height__isnull=False, width__gte=1, height__gte=1),
                name="file_photo_has_size",
            ),
            models.CheckConstraint(condition=Q(size_bytes__gte=1), name="file_not_empty"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}.{self.suffix}"

    @property
    def path(self) -> str:
        """Where the bytes lie in the default storage."""
        return stored_path(self.sha256, self.suffix)

    @property
    def thumbnail_path(self) -> str:
        """Where a photo's thumbnail lies in the default storage."""
        return stored_path(self.sha256, f"small.{self.suffix}")


class StoreMark(models.Model):
    """By what a store outside knows this database. Left out of backups: a restored copy is another database,
    which must not sweep away the first one's files.
    """

    mark = models.CharField(max_length=32)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="store_mark_once"),)

    def __str__(self) -> str:
        return self.mark

    @classmethod
    def own(cls) -> str:
        """This database's mark, made when it is first asked for."""
        return cls.objects.get_or_create(pk=1, defaults={"mark": uuid4().hex})[0].mark


def stored_path(sha256: str, ending: str) -> str:
    """Two levels of folders, so that no folder grows past what a file system likes."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}.{ending}"
