"""Files that nothing refers to any more."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import timezone

from yuanba.kernel.files.models import StoredFile

SPARED = timedelta(days=1)


def sweep(*, spared: timedelta = SPARED) -> int:
    """Delete rows that no other table refers to, then files without a row, and return how many files went.

    What was stored within `spared` stays: something may be about to refer to it, in a transaction not yet
    committed. To be run daily.
    """
    before = timezone.now() - spared
    _unreferenced(before).delete()
    swept = 0
    for folder in _folders():
        _inner, names = default_storage.listdir(folder)
        hashes = {name.split(".", 1)[0] for name in names}
        known = set(StoredFile.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))
        for name in names:
            path = f"{folder}/{name}"
            if name.split(".", 1)[0] not in known and default_storage.get_modified_time(path) < before:
                default_storage.delete(path)
                swept += 1
    return swept


def _unreferenced(before: datetime) -> QuerySet[StoredFile]:
    rows = StoredFile.objects.filter(stored_at__lt=before)
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            referring = relation.field.model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.exclude(Exists(referring))
    return rows


def _folders() -> Iterator[str]:
    """The folders that hold files: two levels of two hexadecimal digits each."""
    for first in _inner_folders(""):
        for second in _inner_folders(first):
            yield f"{first}/{second}"


def _inner_folders(path: str) -> list[str]:
    try:
        folders, _files = default_storage.listdir(path)
    except FileNotFoundError:
        return []
    return [name for name in folders if len(name) == 2]
