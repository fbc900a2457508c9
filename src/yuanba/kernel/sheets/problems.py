"""Refusals of files, rows and cells."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid


class UnreadableFile(Invalid):
    """The whole file, or its rest from ``row`` on, can't be read.

    ``looks_like`` names what it seems to be instead (``Big5``, ``PDF``, ``xls`` …), empty if nobody can tell.
    """

    default_code = "file_unreadable"

    def __init__(self, message: object, *, code: str = "", looks_like: str = "", row: int = 0) -> None:
        super().__init__(message, code=code, field="file")
        self.looks_like = looks_like
        self.row = row


class UnknownColumn(Invalid):
    """A mapping names a field or a column that isn't there; the message says which is nearest."""

    default_code = "column_unknown"


class CellProblem(Invalid):
    """One cell's value doesn't say what is asked of it. The message is a whole plain sentence."""

    default_code = "cell_unreadable"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell as read. ``column`` counts from 0; ``reason`` is a plain sentence."""

    column: int
    reason: str


def damaged(row: int = 0) -> UnreadableFile:
    """The refusal of a workbook that is broken inside; `row` is the last one that could be read."""
    if row:
        message = _(
            "The workbook is damaged after row %(row)s. "
            "Open it in Excel or WPS, save it anew as .xlsx and try again."
        ) % {"row": row}
    else:
        message = _(
            "The workbook is damaged or was not transferred completely. "
            "Open it in Excel or WPS, save it anew as .xlsx and try again."
        )
    return UnreadableFile(message, code="file_damaged", looks_like="damaged xlsx", row=row)


def no_table() -> UnreadableFile:
    """The refusal of a plain text whose only column is none that is asked for: nobody made it as a table."""
    return UnreadableFile(
        _(
            "This is not a spreadsheet but a text without columns. Give an .xlsx or a .csv with headings, "
            "or name its only column with --map."
        ),
        code="file_wrong_kind",
        looks_like="text",
    )


def encrypted() -> UnreadableFile:
    """The refusal of a workbook that needs a password."""
    return UnreadableFile(
        _("The workbook is protected by a password. Save it without one and try again."),
        code="file_encrypted",
        looks_like="password-protected xlsx",
    )


def too_many_rows(limit: int) -> UnreadableFile:
    """The refusal of a table that goes on and on."""
    return UnreadableFile(
        _("The table has more than %(limit)s rows. Split it into several files.") % {"limit": limit},
        code="file_too_many_rows",
    )
