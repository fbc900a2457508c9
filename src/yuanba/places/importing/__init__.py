"""Places out of files: one door for tables and GeoJSON."""

from yuanba.places.importing.files import BATCH_ROWS, fields_of_files, import_places, save_rejections
from yuanba.places.importing.report import Change, ImportReport
from yuanba.places.importing.served import served_codes

__all__ = [
    "BATCH_ROWS",
    "Change",
    "ImportReport",
    "fields_of_files",
    "import_places",
    "save_rejections",
    "served_codes",
]
