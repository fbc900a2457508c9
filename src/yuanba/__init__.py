"""yuanba (院坝): a district's grassroots governance, from request to confirmed result."""

__version__ = "0.1.0"
