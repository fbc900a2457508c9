"""The secret link that leads a resident to their own matter: what is kept of it, and how the journal names them."""

from hashlib import sha256

# Ends the name of a resident whose link went through an office's hands.
AT_OFFICE = "/link:office"


def track_digest(track_key: str) -> str:
    """What is kept of a tracking secret: 128 random bits need no slow hash."""
    return sha256(track_key.encode()).hexdigest()
