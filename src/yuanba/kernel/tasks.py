"""What the worker does for the kernel itself."""

import logging

from yuanba.kernel import idempotency, ratelimit
from yuanba.kernel.errors import Away, NotAllowed
from yuanba.kernel.files.sweeping import sweep
from yuanba.kernel.journal.sealing import seal_days
from yuanba.kernel.worker import every

log = logging.getLogger(__name__)
DAY_S = 24 * 3600


@every(600)
def seal_finished_days() -> None:
    """Seal the journal's finished days."""
    seal_days()


@every(3600)
def forget_old_keys() -> None:
    """Drop idempotency keys that no client will send again, and counts of windows long over."""
    idempotency.forget_old()
    ratelimit.forget_old()


@every(DAY_S)
def sweep_files() -> None:
    """Remove stored files that nothing refers to. Without the store they wait for tomorrow."""
    try:
        sweep()
    except (Away, NotAllowed) as error:
        log.error("stored files were not swept: %s", error.message)
