"""What every store of files can do, wherever it keeps them."""

from collections.abc import Iterator
from typing import cast

from django.core.files.storage import Storage, default_storage


class Store(Storage):
    """Files under their hash. Writing one again puts the same bytes in place of themselves, whole or not at all.

    Opening what is not there raises FileNotFoundError; a store that can't be reached raises `Away`. There is no
    `url`: only our own pages hand files out.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002
        """The name itself: it is that of the content."""
        return name

    def claim(self) -> None:
        """Make sure that these files are this database's, and nobody else's to read or to sweep."""

    def pages(self) -> Iterator[list[str]]:
        """The paths of all stored files, some at a time."""
        raise NotImplementedError

    def remove_all(self) -> None:
        """Remove every file, and the claim."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether files can be read and written just now."""
        raise NotImplementedError


def file_store() -> Store:
    """The store that settings name."""
    return cast(Store, default_storage)
