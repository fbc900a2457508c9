"""Messages written with the change they tell of and delivered after it: retried, and visible when they can't
be.
"""
