"""The JSON API, version 1, for programs of other offices and for residents' own tools."""
