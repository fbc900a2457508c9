"""Places in free Chinese text.

    gazetteer = Gazetteer.build(rows)
    for match in gazetteer.find("玉城家园3栋2单元漏水", within=street_id):
        print(match.place_id, match.confidence, *map(str, match.why))

How it works: one automaton finds the stems of all registered names; the endings that follow are compared with
the register (社区 and 社区居委会 are one); a small grammar reads buildings, units and rooms; numbers go down
the tree from the name before them or from the place the text was written in; what is named around a name, and
what holds what, decide between places of the same name. Pure Python over plain rows: no database.
"""

from .gazetteer import Gazetteer
from .numerals import read_number, spell_number
from .reasons import SENTENCES
from .records import KINDS, Match, PlaceRow, Reason

__all__ = [
    "KINDS",
    "SENTENCES",
    "Gazetteer",
    "Match",
    "PlaceRow",
    "Reason",
    "read_number",
    "spell_number",
]
