"""Tiers that a leader watches over by rule (难事由包片区领导督办)."""

from yuanba.matters import clockwork
from yuanba.matters.changing import Change
from yuanba.matters.owners import centre_for, is_vacant, supervising_post, unaccused


def watch(change: Change) -> None:
    """Put a matter under the watch of the post that its tier names, if any and if nobody watches it yet.

    A vacant or missing post is told to the centre: a watch that the rules promise is never silently left out.
    """
    matter = change.matter
    kind = clockwork.playbook_of(matter).playbook.tier(matter.tier).supervised_by
    if kind is None or matter.supervisor_id is not None:
        return
    post = supervising_post(matter, kind)
    if post is not None:
        matter.supervisor = post
        change.data["supervisor"] = post.pk
        change.tell_post(post.pk, "supervision", owner=matter.owner.called)
    if post is None or is_vacant(post):
        change.data["supervisor_vacant"] = True
        change.tell_organization(unaccused(matter, centre_for(matter)).pk, "vacancy")
