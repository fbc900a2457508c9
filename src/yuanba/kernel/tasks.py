"""What the worker does for the kernel itself."""

from yuanba.kernel import idempotency, ratelimit
from yuanba.kernel.files.sweeping import sweep
from yuanba.kernel.journal.sealing import seal_days
from yuanba.kernel.worker import every

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
    """Remove stored files that nothing refers to."""
    sweep()
