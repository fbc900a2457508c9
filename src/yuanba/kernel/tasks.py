"""What the worker does for the kernel itself."""

from yuanba.kernel.idempotency import forget_old
from yuanba.kernel.journal.sealing import seal_days
from yuanba.kernel.worker import every


@every(600)
def seal_finished_days() -> None:
    """Seal the journal's finished days."""
    seal_days()


@every(3600)
def forget_old_keys() -> None:
    """Drop idempotency keys that no client will send again."""
    forget_old()
