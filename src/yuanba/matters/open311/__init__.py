"""Open311 GeoReport v2: the same matters for the clients that other cities' residents already have."""
