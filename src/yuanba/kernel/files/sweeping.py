"""Files that nothing refers to any more."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import timezone

from yuanba.kernel.files.models import StoredFile
from yuanba.kernel.files.store import Store, file_store

SPARED = timedelta(days=1)


def sweep(*, spared: timedelta = SPARED) -> int:
    """Delete rows that no other table refers to, then files without a row, and return how many files went.

    What was stored within `spared` stays: something may be about to refer to it, in a transaction not yet
    committed. To be run daily. Raises `NotAllowed` where the files are another database's, `Away` without the
    store.
    """
    before = timezone.now() - spared
    files = file_store()
    files.claim()
    _unreferenced(before).delete()
    swept = 0
    for paths in files.pages():
        for path in _without_row(paths):
            if _written_before(files, path, before):
                files.delete(path)
                swept += 1
    return swept


def _without_row(paths: list[str]) -> list[str]:
    hashes = {path: path.rpartition("/")[2].split(".", 1)[0] for path in paths}
    rows = StoredFile.objects.filter(sha256__in=set(hashes.values()))
    known = set(rows.values_list("sha256", flat=True))
    return [path for path in paths if hashes[path] not in known]


def _written_before(files: Store, path: str, before: datetime) -> bool:
    """Asked right before a file goes: it may have been stored again since it was listed."""
    try:
        return files.get_modified_time(path) < before
    except FileNotFoundError:  # another worker was faster
        return False


def _unreferenced(before: datetime) -> QuerySet[StoredFile]:
    rows = StoredFile.objects.filter(stored_at__lt=before)
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            referring = relation.field.model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.exclude(Exists(referring))
    return rows
