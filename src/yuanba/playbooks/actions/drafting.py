"""The draft of the next edition: saved, begun anew, previewed, published."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied, Invalid, Missing, NotAllowed, Stale
from yuanba.playbooks.actions.publishing import publish_playbook
from yuanba.playbooks.marks import MAX_BYTES
from yuanba.playbooks.models import Draft, PlaybookVersion, Preview, digest_of
from yuanba.playbooks.queries import editions, may_draft, newest_edition

_MEANWHILE = gettext_lazy("Somebody changed the draft meanwhile. Look at what is there now before you go on.")

_NO_DRAFT = gettext_lazy("There is no draft to publish.")


def save_draft(source: str, *, version: int, actor: Viewer, at: datetime) -> Draft:
    """Keep the text of the draft, faulty or not. `version` is the one it was written on, 0 for the first.

    The same text again changes nothing. Raises `Denied`, `Invalid` for what no database keeps or no playbook needs,
    and `Stale` when somebody saved meanwhile.
    """
    _require_drafting(actor)
    text = _kept_text(source)
    with transaction.atomic():
        draft = _locked(version, actor)
        if draft.version and draft.digest == digest_of(text):
            return draft
        return _store(draft, text, draft.based_on, actor, at)


def discard_draft(*, version: int, actor: Viewer, at: datetime) -> Draft:
    """Begin anew from the edition in force. Raises `Denied`, and `Stale` when somebody saved meanwhile."""
    _require_drafting(actor)
    with transaction.atomic():
        draft = _locked(version, actor)
        edition = _in_force()
        return _store(draft, edition.source if edition else "", edition, actor, at)


def start_preview(*, version: int, of_about: int, actor: Viewer, at: datetime) -> Preview:
    """Begin to work out what publishing this version would change; one that is there already is begun anew only
    when it was made against another edition. Raises `Denied` and `Stale`.
    """
    _require_drafting(actor)
    with transaction.atomic():
        draft = _locked(version, actor)
        if not draft.version:
            raise Missing(_NO_DRAFT)
        edition = newest_edition()
        known = Preview.objects.filter(draft_version=version).first()
        if known is not None and known.edition_id == (edition.pk if edition else None):
            return known
        Preview.objects.all().delete()
        return Preview.objects.create(
            draft_version=version, digest=draft.digest, edition=edition, started_at=at, of_about=of_about
        )


def note_preview(
    preview: Preview, *, found: dict[str, Any], looked_at: int, cursor: str, at: datetime
) -> None:
    """Keep what was found so far; without a cursor the preview is finished."""
    preview.found, preview.looked_at, preview.cursor = found, looked_at, cursor
    preview.finished_at = None if cursor else at
    preview.save(update_fields=["found", "looked_at", "cursor", "finished_at"])


def publish_draft(*, version: int, reason: str, actor: Viewer, at: datetime) -> PlaybookVersion:
    """Put the draft into force, by the one action that also the command line publishes with.

    It must be previewed in this version, against the edition in force now, and `reason` must say why. Sent twice, it
    is published once. Raises `Denied`, `Invalid`, `Stale`, `NotAllowed` and `PlaybookInvalid`.
    """
    actor.require(Power.MANAGE_PLAYBOOK)
    with transaction.atomic():
        draft = Draft.objects.select_for_update().filter(pk=1).first()
        if draft is None:
            raise Missing(_NO_DRAFT)
        if draft.published_from == version and draft.version == version + 1 and draft.based_on is not None:
            return draft.based_on
        _check_version(draft, version)
        if not reason.strip():
            raise Invalid(_("Say why the rules change."), field="reason", code="reason_missing")
        _check_previewed(draft)
        edition = publish_playbook(draft.source, reason=reason, actor=actor, at=at)
        draft.published_from = version
        _store(draft, draft.source, edition, actor, at)
    return edition


def _require_drafting(actor: Viewer) -> None:
    if not may_draft(actor):
        raise Denied(_("Your post does not include this."))


def _kept_text(source: str) -> str:
    """The text as it is kept: with the line ends of the files, as browsers send others."""
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        message = _("The text holds a sign that can't be kept. Copy it anew from your editor.")
        raise Invalid(message, field="source", code="unkeepable")
    if len(text.encode()) > MAX_BYTES:
        message = _("The file is larger than 1 MB; no playbook needs that much.")
        raise Invalid(message, field="source", code="too_large")
    return text


def _locked(version: int, actor: Viewer) -> Draft:
    """The draft, locked, or a new one that is not stored yet. Raises `Stale`."""
    draft = Draft.objects.select_for_update().filter(pk=1).first()
    if draft is None:
        draft = Draft(pk=1, version=0, based_on=newest_edition(), changed_by=actor.person_id)
    _check_version(draft, version)
    return draft


def _check_version(draft: Draft, version: int) -> None:
    if draft.version != version:
        raise Stale(_MEANWHILE, current_version=draft.version)


def _in_force() -> PlaybookVersion | None:
    return editions().defer(None).first()


def _check_previewed(draft: Draft) -> None:
    seen = Preview.objects.filter(draft_version=draft.version, digest=draft.digest).first()
    newest = newest_edition()
    if newest is not None and newest.digest == draft.digest:
        raise NotAllowed(_("The draft says the same as the playbook in force."), code="nothing_new")
    if seen is None or seen.finished_at is None or seen.edition_id != (newest.pk if newest else None):
        message = _(
            "Look at the consequences of this very draft first: they were not worked out to their end."
        )
        raise NotAllowed(message, code="not_previewed")


def _store(draft: Draft, source: str, based_on: PlaybookVersion | None, actor: Viewer, at: datetime) -> Draft:
    first = draft.version == 0
    draft.version, draft.source, draft.digest = draft.version + 1, source, digest_of(source)
    draft.based_on, draft.changed_at, draft.changed_by = based_on, at, actor.person_id
    try:
        with transaction.atomic():
            draft.save(force_insert=first)
    except IntegrityError:
        # Another began the draft in the same moment.
        raise Stale(_MEANWHILE, current_version=1) from None
    return draft
