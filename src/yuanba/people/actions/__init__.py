"""Everything that can happen to persons, organizations, posts, accounts and keys. No other file writes
them.
"""

from yuanba.people.actions.accounts import (
    create_account,
    disable_account,
    enable_account,
    end_sessions,
    give_account_its_person,
    own_password_set,
    reset_password,
    reset_second_factor,
)
from yuanba.people.actions.agreements import check_in, sign_agreement
from yuanba.people.actions.api_keys import create_api_key, revoke_api_key
from yuanba.people.actions.channels import (
    choose_channels,
    remove_group_bot,
    renew_group_bots,
    set_group_bot,
    try_group_bot,
)
from yuanba.people.actions.new_posts import NewPost, create_post, create_posts
from yuanba.people.actions.organizations import (
    add_organization,
    before_closing,
    close_organization,
    correct_organization,
)
from yuanba.people.actions.outside import connect_outside, disconnect_outside
from yuanba.people.actions.persons import (
    UnmaskReason,
    correct_person,
    draft_person,
    forget_expired,
    forget_person,
    keep_until,
    register_person,
    register_persons,
    renew_encryption,
    unmask,
    when_forgotten,
)
from yuanba.people.actions.posts import (
    POST_HANDED_OVER,
    abolish_post,
    appoint,
    correct_post,
    end_holding,
    hand_over_post,
    hand_over_to_newcomer,
)
from yuanba.people.actions.second_factors import renew_second_factors

__all__ = [
    "POST_HANDED_OVER",
    "NewPost",
    "UnmaskReason",
    "abolish_post",
    "add_organization",
    "appoint",
    "before_closing",
    "check_in",
    "choose_channels",
    "close_organization",
    "connect_outside",
    "correct_organization",
    "correct_person",
    "correct_post",
    "create_account",
    "create_api_key",
    "create_post",
    "create_posts",
    "disable_account",
    "disconnect_outside",
    "draft_person",
    "enable_account",
    "end_holding",
    "end_sessions",
    "forget_expired",
    "forget_person",
    "give_account_its_person",
    "hand_over_post",
    "hand_over_to_newcomer",
    "keep_until",
    "own_password_set",
    "register_person",
    "register_persons",
    "remove_group_bot",
    "renew_encryption",
    "renew_group_bots",
    "renew_second_factors",
    "reset_password",
    "reset_second_factor",
    "revoke_api_key",
    "set_group_bot",
    "sign_agreement",
    "try_group_bot",
    "unmask",
    "when_forgotten",
]
