"""Tables of the heart: the matter, what was said and decided about it, and who joined in."""

from yuanba.matters.models.admitting import PushDown
from yuanba.matters.models.clockwork import Alarm, TimeRequest
from yuanba.matters.models.figures import Exclusion
from yuanba.matters.models.filters import SavedFilter
from yuanba.matters.models.followers import Follower
from yuanba.matters.models.matter import Channel, Matter, Outcome
from yuanba.matters.models.outgoing import Outgoing
from yuanba.matters.models.record import Answer, MatterLink, Note, Photo, Recipient, Suggestion, Verdict
from yuanba.matters.models.telling import Notice, Tally
from yuanba.matters.models.together import Party, Whistle
from yuanba.matters.models.words import MatterWords

__all__ = [
    "Alarm",
    "Answer",
    "Channel",
    "Exclusion",
    "Follower",
    "Matter",
    "MatterLink",
    "MatterWords",
    "Note",
    "Notice",
    "Outcome",
    "Outgoing",
    "Party",
    "Photo",
    "PushDown",
    "Recipient",
    "SavedFilter",
    "Suggestion",
    "Tally",
    "TimeRequest",
    "Verdict",
    "Whistle",
]
