"""A playbook's tables as an Excel file."""

import tempfile
from pathlib import Path

from yuanba.kernel.sheets import Sheet, write_sheets
from yuanba.playbooks.reading_aloud.chapters import chapters
from yuanba.playbooks.schema import Playbook


def write_playbook(playbook: Playbook) -> bytes:
    """One sheet for each table of the playbook read aloud, named after it."""
    sheets = [
        Sheet(table.title, table.columns, [line.texts for line in table.lines])
        for chapter in chapters(playbook)
        for table in chapter.tables
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "playbook.xlsx"
        write_sheets(path, sheets)
        return path.read_bytes()
