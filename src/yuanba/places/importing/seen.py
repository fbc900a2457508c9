"""Which places rows of this file have spoken of already, in little memory."""


class Seen:
    """A set of places: one bit for each that stands in the register, a hash for each that is imagined."""

    def __init__(self) -> None:
        self._bits = bytearray()
        self._imagined: dict[int, int] = {}

    def add(self, place_id: int, said: int) -> None:
        """Note that a row has said `said` (a hash of it) of the place; imagined places have negative keys."""
        if place_id < 0:
            self._imagined[place_id] = said
            return
        byte, bit = divmod(place_id, 8)
        if byte >= len(self._bits):
            self._bits.extend(bytes(byte - len(self._bits) + 1024))
        self._bits[byte] |= 1 << bit

    def __contains__(self, place_id: int) -> bool:
        if place_id < 0:
            return place_id in self._imagined
        byte, bit = divmod(place_id, 8)
        return byte < len(self._bits) and bool(self._bits[byte] & 1 << bit)

    def said_of(self, imagined_id: int) -> int:
        return self._imagined[imagined_id]
