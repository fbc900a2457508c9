"""Which playbook is in force, and the one a matter was opened under."""

from time import monotonic

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Missing
from yuanba.kernel.kept import KeptSelect
from yuanba.playbooks.models import Draft, PlaybookVersion, Preview

# Editions never change, so keeping them is safe; the time bounds how long a row that a rolled-back
# transaction had shown could linger.
KEEP_S = 60.0
_kept: dict[int, tuple[float, PlaybookVersion]] = {}
_in_force: dict[str, tuple[float, PlaybookVersion]] = {}


def _light() -> QuerySet[PlaybookVersion]:
    """Editions without their text, which is long and only needed once per process to be parsed."""
    return PlaybookVersion.objects.defer("source")


_NEWEST = KeptSelect(lambda: _light().order_by("-pk")[:1], 0)


def current_playbook() -> PlaybookVersion:
    """The edition in force: the one published last. One small query, so every process sees a new one at once.

    Raises `Missing` while none has been published.
    """
    found = _NEWEST.rows()
    if not found:
        raise Missing(_("No playbook has been published yet."), code="no_playbook")
    version = found[0]
    _kept[version.pk] = _in_force["seen"] = (monotonic(), version)
    return version


def playbook_lately(within_s: float) -> PlaybookVersion:
    """The edition in force, as this process saw it at most so many seconds ago: no query for a page that has asked
    already. Raises `Missing` as `current_playbook` does.
    """
    seen_at, version = _in_force.get("seen", (0.0, None))
    if version is not None and monotonic() - seen_at < within_s:
        return version
    return current_playbook()


def version(pk: int) -> PlaybookVersion:
    """One edition; no query when this process has seen it lately. Raises `Missing`."""
    seen_at, kept = _kept.get(pk, (0.0, None))
    if kept is not None and monotonic() - seen_at < KEEP_S:
        return kept
    found = _light().filter(pk=pk).first()
    if found is None:
        raise Missing(_("There is no such playbook edition."))
    _kept[pk] = (monotonic(), found)
    return found


def editions() -> QuerySet[PlaybookVersion]:
    """All editions, newest first, without their text."""
    return _light().order_by("-pk")


def forget(pk: int) -> None:
    """Drop what is kept of an edition; called when it is written."""
    _kept.pop(pk, None)
    _in_force.clear()


def newest_edition() -> PlaybookVersion | None:
    """The edition in force, or None while there is none."""
    return editions().first()


def may_draft(viewer: Viewer) -> bool:
    """Whether the viewer may work on the draft: whoever may publish it, and whoever arbitrates in the whole district,
    for the centre that decides between offices knows what the rules do. A draft changes nothing.
    """
    return may_publish(viewer) or viewer.scope(Power.ARBITRATE).everywhere


def may_publish(viewer: Viewer) -> bool:
    """Whether the viewer may put a playbook into force."""
    return Power.MANAGE_PLAYBOOK in viewer.powers


def the_draft() -> Draft | None:
    """The draft as it stands; None before anybody began one."""
    return Draft.objects.select_related("based_on").defer("based_on__source").filter(pk=1).first()


def edition_with_text(pk: int) -> PlaybookVersion:
    """One edition with its text. Raises `Missing`."""
    found = PlaybookVersion.objects.filter(pk=pk).first()
    if found is None:
        raise Missing(_("There is no such playbook edition."))
    return found


def edition_before(edition: PlaybookVersion) -> PlaybookVersion | None:
    """The edition that was in force before this one."""
    return editions().filter(pk__lt=edition.pk).first()


def preview_of(version: int) -> Preview | None:
    """The preview of a version of the draft; None when none was begun, or another edition came into force since."""
    newest = newest_edition()
    return Preview.objects.filter(draft_version=version, edition=newest).first()
