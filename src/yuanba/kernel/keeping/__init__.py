"""Keeping a district safe: one archive with everything in it, and back into an empty database on either
engine.

What is kept is every table and every stored file, as they were at one moment. What is not: sessions, counts
of tries and idempotency keys, which nobody misses, and the secrets, which must lie elsewhere than the data
they open.
"""

from yuanba.kernel.keeping.backing_up import Kept, backup
from yuanba.kernel.keeping.restoring import Restored, restore

__all__ = ["Kept", "Restored", "backup", "restore"]
