"""Photos and papers that people send: checked by content, cleaned of what tells of the sender, kept by hash.

Models live in `yuanba.kernel.files.models`; this door is safe to import before Django's apps are ready.
"""
