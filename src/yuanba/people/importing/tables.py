"""The tables beside a file of people or organizations: rows rejected, rows that differ, first passwords."""

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.errors import NotAllowed
from yuanba.kernel.sheets import Noted, Rejected, Rejection, write_table
from yuanba.people.importing.report import Difference, FirstPassword, RosterReport


class Outcomes:
    """Counts what came of rows and keeps what there is to say of them. Use it as a context manager."""

    def __init__(self, path: Path, report: RosterReport) -> None:
        self.report = report
        self._opened = ExitStack()
        self._rejected = self._opened.enter_context(Rejected(path))
        self._differing = self._opened.enter_context(
            Noted(path, ".differing.xlsx", _("Differing rows"), (8, 20, 40, 40))
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._opened.close()

    def reject(self, row: int, column: str, reason: str) -> None:
        self.report.rejected += 1
        # Reasons that name a row or a cell are all different; a file of nothing else must not fill the memory.
        if reason in self.report.reasons or len(self.report.reasons) < 1_000:
            self.report.reasons[reason] += 1
        self._rejected.add([Rejection(row, column, reason)])

    def differ(self, found: Iterable[Difference]) -> None:
        """All in which one row differs."""
        self.report.differing += 1
        self._differing.note((one.row, one.column, one.stands, one.says) for one in found)

    def write(self) -> None:
        """Write both tables, as far as there is anything to write."""
        self.report.rejected_file = self._rejected.write()
        self.report.differing_file = self._differing.write_under(
            [_("Row"), _("Column"), _("In the register"), _("In the file")]
        )


def require_new(path: Path) -> None:
    """Raises `NotAllowed` for a file that is there: passwords handed out once are not written over."""
    if path.exists():
        message = _("%(file)s is there already. First passwords are not written over it; name another file.")
        raise NotAllowed(message % {"file": path.name}, code="file_exists")


def write_passwords(path: Path, passwords: Iterable[FirstPassword]) -> None:
    """Write first passwords for handing out, readable by the file's owner alone."""
    columns = [
        _("Row"),
        _("Organization"),
        _("Post"),
        _("Person's name"),
        _("User name"),
        _("One-time password"),
        _("Valid until"),
    ]
    rows = (
        (
            one.row,
            one.office,
            one.title,
            one.name,
            one.username,
            one.password,
            f"{timezone.localtime(one.valid_until):%Y-%m-%d %H:%M}",
        )
        for one in passwords
    )
    write_table(path, columns, rows, sheet=_("One-time passwords"))
