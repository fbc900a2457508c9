"""Everything that can happen to a matter, one function per verb. No other code writes matters."""

from yuanba.matters.actions.admitting import (
    decide_push_down,
    may_decide_push_down,
    propose_dispatch,
    propose_hand_down,
    waiting_push_down,
    waiting_push_downs,
)
from yuanba.matters.actions.alarms import take_due_steps
from yuanba.matters.actions.closing import close_matter, close_unanswered
from yuanba.matters.actions.excluding import decide_exclusion, propose_exclusion
from yuanba.matters.actions.following import (
    ask_to_follow,
    confirm_following,
    renew_followers,
    stop_following,
)
from yuanba.matters.actions.foreseeing import foresee
from yuanba.matters.actions.giving_back import may_give_back
from yuanba.matters.actions.handling import (
    Reply,
    answer_matter,
    arbitrate,
    ask_information,
    claim_matter,
    comment,
    go_on,
    questions_left,
    refuse_dispatch,
    start_work,
    supply_information,
)
from yuanba.matters.actions.keeping_filters import forget_filter, save_filter
from yuanba.matters.actions.merging import merge_into
from yuanba.matters.actions.moving import climb, hand_down, take_over
from yuanba.matters.actions.noticing import read_notices
from yuanba.matters.actions.picturing import hide_photos
from yuanba.matters.actions.recalling import recall
from yuanba.matters.actions.receiving import Receipt, receive, renew_link
from yuanba.matters.actions.residents import (
    Opinion,
    confirm,
    not_solved,
    settle_by_those_who_spoke,
    withdraw,
)
from yuanba.matters.actions.sorting import Sorting, dispatch_matter, point_elsewhere, triage_matter
from yuanba.matters.actions.splitting import Part, split_matter
from yuanba.matters.actions.supervising import release, supervise
from yuanba.matters.actions.timing import (
    decide_time,
    may_decide_time,
    may_resume,
    request_extension,
    request_pause,
    resume,
)
from yuanba.matters.actions.together import check_in, join, report_back, whistle
from yuanba.matters.actions.undoing import undo
from yuanba.matters.actions.unmasking import may_unmask, unmask_requester

__all__ = [
    "Opinion",
    "Part",
    "Receipt",
    "Reply",
    "Sorting",
    "answer_matter",
    "arbitrate",
    "ask_information",
    "ask_to_follow",
    "check_in",
    "claim_matter",
    "climb",
    "close_matter",
    "close_unanswered",
    "comment",
    "confirm",
    "confirm_following",
    "decide_exclusion",
    "decide_push_down",
    "decide_time",
    "dispatch_matter",
    "foresee",
    "forget_filter",
    "go_on",
    "hand_down",
    "hide_photos",
    "join",
    "may_decide_push_down",
    "may_decide_time",
    "may_give_back",
    "may_resume",
    "may_unmask",
    "merge_into",
    "not_solved",
    "point_elsewhere",
    "propose_dispatch",
    "propose_exclusion",
    "propose_hand_down",
    "questions_left",
    "read_notices",
    "recall",
    "receive",
    "refuse_dispatch",
    "release",
    "renew_followers",
    "renew_link",
    "report_back",
    "request_extension",
    "request_pause",
    "resume",
    "save_filter",
    "settle_by_those_who_spoke",
    "split_matter",
    "start_work",
    "stop_following",
    "supervise",
    "supply_information",
    "take_due_steps",
    "take_over",
    "triage_matter",
    "undo",
    "unmask_requester",
    "waiting_push_down",
    "waiting_push_downs",
    "whistle",
    "withdraw",
]
