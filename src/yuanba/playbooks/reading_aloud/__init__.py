"""A playbook as people read it: chapters of tables in words, and what changes between two of them."""

from yuanba.playbooks.reading_aloud.changes import Change, Difference, differences
from yuanba.playbooks.reading_aloud.chapters import chapters
from yuanba.playbooks.reading_aloud.shapes import Cell, Chapter, Line, Table, as_text

__all__ = ["Cell", "Change", "Chapter", "Difference", "Line", "Table", "as_text", "chapters", "differences"]
