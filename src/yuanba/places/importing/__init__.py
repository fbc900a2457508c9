"""Places out of files: one door for tables and GeoJSON."""

from yuanba.places.importing.files import BATCH_ROWS, fields_of_files, import_places, save_rejections
from yuanba.places.importing.report import Change, ImportReport, Rejection

__all__ = [
    "BATCH_ROWS",
    "Change",
    "ImportReport",
    "Rejection",
    "fields_of_files",
    "import_places",
    "save_rejections",
]
