"""Tables of strangers: reading and writing .xlsx, .csv and .csv.gz, streamed, with bounds on everything.

Memory stays flat however long the table is. Nothing in a file is trusted: its kind and encoding are told by
content, archives and XML are bounded while they unfold, formulas are never worked out and never
written.
"""

from yuanba.kernel.sheets.cells import as_datetime, as_int, as_text
from yuanba.kernel.sheets.columns import guess_columns
from yuanba.kernel.sheets.limits import OPERATOR, UPLOAD, Limits
from yuanba.kernel.sheets.problems import CellProblem, Fault, UnknownColumn, UnreadableFile, no_table
from yuanba.kernel.sheets.rows import Cell, Row
from yuanba.kernel.sheets.table import Progress, Table, open_table
from yuanba.kernel.sheets.writing import Sheet, write_sheets, write_table

__all__ = [
    "OPERATOR",
    "UPLOAD",
    "Cell",
    "CellProblem",
    "Fault",
    "Limits",
    "Progress",
    "Row",
    "Sheet",
    "Table",
    "UnknownColumn",
    "UnreadableFile",
    "as_datetime",
    "as_int",
    "as_text",
    "guess_columns",
    "no_table",
    "open_table",
    "write_sheets",
    "write_table",
]
