"""The append-only journal: hash-chained per subject, sealed by the day, provable offline.

Models live in `yuanba.kernel.journal.models`; this door is safe to import before Django's apps are ready.
"""
