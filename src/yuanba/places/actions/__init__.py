"""Everything that can happen to the tree of places. No other file writes to it."""

from yuanba.places.actions.adding import add_place
from yuanba.places.actions.bulk import NewPlace, add_places
from yuanba.places.actions.changing import (
    add_alias,
    change_place,
    give_door_code,
    recode_place,
    remove_alias,
    rename_place,
    retire_place,
)

__all__ = [
    "NewPlace",
    "add_alias",
    "add_place",
    "add_places",
    "change_place",
    "give_door_code",
    "recode_place",
    "remove_alias",
    "rename_place",
    "retire_place",
]
