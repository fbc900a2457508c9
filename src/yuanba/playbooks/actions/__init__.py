"""All that can happen to playbooks: publishing, and the draft that comes before it."""

from yuanba.playbooks.actions.drafting import (
    discard_draft,
    note_preview,
    publish_draft,
    save_draft,
    start_preview,
)
from yuanba.playbooks.actions.publishing import (
    REASON_LENGTH,
    before_publishing,
    guards_refusal,
    publish_playbook,
)

__all__ = [
    "REASON_LENGTH",
    "before_publishing",
    "discard_draft",
    "guards_refusal",
    "note_preview",
    "publish_draft",
    "publish_playbook",
    "save_draft",
    "start_preview",
]
