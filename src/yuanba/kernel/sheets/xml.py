"""XML of strangers, read in one pass with memory that does not grow.

Expat itself fetches no external entities; what is left are document types (entity bombs), single tokens that
grow without end, nesting without end and new names without end. All four are refused here.
"""

from collections.abc import Iterable
from typing import Final
from xml.parsers import expat

from yuanba.kernel.sheets.problems import damaged

CHUNK: Final = 64 * 1024
_TOKEN_BYTES: Final = 1024 * 1024
_DEPTH: Final = 64
_NAMES: Final = 2_000


class Reader:
    """Base of the readers of one XML part each: override `start`, `end` and `text`.

    Overriders call `start` here for elements they don't know, so that depth and new names are counted.
    """

    def __init__(self) -> None:
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = CHUNK
        parser.StartElementHandler = self._root
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._fed = 0
        self._names: set[str] = set()
        self.depth = 0

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        """Take the prefix of the first element for that of all: every writer uses one throughout a part."""
        self.begin(name.rpartition(":")[0])
        self._parser.StartElementHandler = self.start
        self._parser.EndElementHandler = self.end
        self._parser.CharacterDataHandler = self.text
        self.start(name, attributes)

    def _refuse_doctype(self, *_ignored: object) -> None:
        raise damaged()

    def feed(self, chunk: bytes) -> None:
        """Read one more chunk; an empty one ends the part. Raises `UnreadableFile` or expat's own error."""
        self._parser.Parse(chunk, not chunk)
        self._fed += len(chunk)
        if self._fed - self._parser.CurrentByteIndex > _TOKEN_BYTES:
            raise damaged()

    def remember(self, names: Iterable[str]) -> None:
        """Count names that are new to this part, since expat keeps every one."""
        self._names.update(names)
        if len(self._names) > _NAMES:
            raise damaged()

    def begin(self, prefix: str) -> None:
        """Called once before the first `start`, with the namespace prefix of the part (mostly empty)."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > _DEPTH:
            raise damaged()
        if attributes or name not in self._names:
            self.remember((name, *attributes))

    def end(self, name: str) -> None:  # noqa: ARG002 - overriders look at it
        self.depth -= 1

    def text(self, data: str) -> None:
        """Called with pieces of text; one text may come in several."""
