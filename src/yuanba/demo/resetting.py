"""Taking a demo district away, so that it can be built anew; and refusing to take any other."""

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from yuanba.demo.cast import BUILDER
from yuanba.kernel.errors import Missing, NotAllowed
from yuanba.kernel.files.store import file_store
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.presence import be_alone, embedded_path
from yuanba.matters.district import district_root
from yuanba.matters.triage_in_use import model_path


def remove_district(named: str = "") -> None:
    """Remove the embedded database with its stored files and trained model, for good.

    Raises `NotAllowed` with a database server, while a server or worker runs, and unless the district is the
    demo or its name is given.
    """
    path = embedded_path()
    if path is None:
        raise NotAllowed(
            _("Only the embedded database can be removed. Empty a database on a server yourself."),
            code="not_embedded",
        )
    be_alone()
    _require_demo(named)
    files = file_store()
    files.claim()
    connection.close()
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    files.remove_all()
    model_path().unlink(missing_ok=True)


def _require_demo(named: str) -> None:
    try:
        name = _district_in_earnest()
    except DatabaseError as error:
        raise NotAllowed(
            _("This file is not a yuanba database of this version. Move it away yourself: %(path)s")
            % {"path": embedded_path()},
            code="not_demo",
        ) from error
    if name and name != named.strip():
        raise NotAllowed(
            _(
                "This database was not built as the demo: it holds %(name)s. Nothing was changed. "
                "To remove all of it for good: yuanba demo --reset --yes %(name)s"
            )
            % {"name": name},
            code="not_demo",
        )


def _district_in_earnest() -> str:
    """The name of the district that stands here; empty for the demo and for an empty database.

    The journal says who founded it. Raises DatabaseError for what is no database of ours.
    """
    if not connection.introspection.table_names() or not Entry.objects.exists():
        return ""
    try:
        root = district_root()
    except Missing:
        return str(_("a district without places"))
    founded = Entry.objects.filter(subject_kind="place", subject_id=root.pk).order_by("seq").first()
    return "" if founded is not None and founded.actor == BUILDER.actor else root.name
