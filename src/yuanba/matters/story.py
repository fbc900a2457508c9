"""A matter's history as a story: every journal entry in words, with the notes, answers and reasons that
belong to it.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.authority import Viewer
from yuanba.kernel.clock import Span
from yuanba.kernel.journal.models import Entry
from yuanba.matters import clockwork
from yuanba.matters.exclusions import reason_name
from yuanba.matters.flow import Stage
from yuanba.matters.links import AT_OFFICE
from yuanba.matters.models import Answer, Exclusion, Matter, Note, Party, TimeRequest, Verdict, Whistle
from yuanba.matters.presenting import ANSWER_BY, DUE_FOR
from yuanba.people.models import Organization, Post
from yuanba.playbooks.schema import Playbook
from yuanba.web.drawings import short_day
from yuanba.web.shapes import Photo


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the story. ``entry_id`` leads to its proof in the journal; ``photos`` came with it, once a page has
    put them there.
    """

    at: datetime
    title: str
    who: str
    body: str
    icon: str
    kind: str
    entry_id: int
    entry_seq: int = 0
    photos: tuple[Photo, ...] = ()


# title, icon, kind of the timeline's node, whether the resident reads it
LINES: dict[str, tuple[Any, str, str, bool]] = {
    "received": (gettext_lazy("Received"), "state-received", "move", True),
    "suggested": (gettext_lazy("Suggestion made by the software"), "info", "note", False),
    "triage": (gettext_lazy("Sorted"), "state-triaged", "move", False),
    "dispatch": (gettext_lazy("Sent to its owner"), "state-dispatched", "move", True),
    "out_of_scope": (gettext_lazy("Pointed to the right place"), "state-out_of_scope", "done", True),
    "follow_elsewhere": (gettext_lazy("Pointed to the right place"), "state-out_of_scope", "done", True),
    "claim": (gettext_lazy("Claimed"), "state-claimed", "move", True),
    "refuse": (gettext_lazy("Refused"), "state-triaged", "alarm", False),
    "arbitrate": (gettext_lazy("Decided by arbitration"), "state-arbitration", "move", True),
    "start": (gettext_lazy("Work has begun"), "state-handling", "move", True),
    "answer": (gettext_lazy("Answered"), "state-answered", "answer", True),
    "ask_information": (
        gettext_lazy("A question to the resident"),
        "state-awaiting_information",
        "answer",
        True,
    ),
    "supply_information": (gettext_lazy("The resident replied"), "state-received", "note", True),
    "go_on": (gettext_lazy("No reply came; the work goes on"), "state-handling", "move", True),
    "climb": (gettext_lazy("Passed up a level"), "climb", "move", True),
    "hand_down": (gettext_lazy("Handed down"), "state-dispatched", "move", True),
    "undo": (gettext_lazy("Taken back at once by whoever did it"), "back", "move", True),
    "recall": (gettext_lazy("Called back to be sorted anew"), "back", "move", True),
    "propose_dispatch": (
        gettext_lazy("Proposed to be pushed down to a community"),
        "hand-down",
        "note",
        False,
    ),
    "propose_hand_down": (
        gettext_lazy("Proposed to be pushed down to a community"),
        "hand-down",
        "note",
        False,
    ),
    "decide_push_down": (gettext_lazy("Pushing down to a community was decided"), "hand-down", "move", True),
    "take_over": (gettext_lazy("Taken over by a level above"), "climb", "move", True),
    "whistle": (gettext_lazy("Departments were called"), "whistle", "move", True),
    "checked_in": (gettext_lazy("A called organization checked in"), "state-claimed", "move", True),
    "reported": (gettext_lazy("A called organization reported"), "state-answered", "move", False),
    "join": (gettext_lazy("Another organization was brought in"), "person", "move", True),
    "split": (gettext_lazy("Split into parts"), "state-triaged", "move", True),
    "merge": (gettext_lazy("Joined with a matter that asks for the same"), "state-merged", "move", True),
    "joined_by": (gettext_lazy("Another request for the same joined"), "state-merged", "note", True),
    "request_time": (gettext_lazy("More time was asked for"), "clock", "note", False),
    "decide_time": (gettext_lazy("The request for time was decided"), "clock", "move", True),
    "resume": (gettext_lazy("The clock runs again"), "clock", "move", True),
    "supervise": (gettext_lazy("A leader watches over it to the end"), "shield", "move", True),
    "release": (gettext_lazy("The leader's watch has ended"), "shield", "note", False),
    "comment": (gettext_lazy("Note"), "info", "note", False),
    "hide_photos": (gettext_lazy("Its photos are shown to everyone no more"), "eye-off", "note", True),
    "confirm": (gettext_lazy("Solved, says the resident"), "state-confirmed", "done", True),
    "not_solved": (gettext_lazy("Not solved, says the resident"), "state-handling", "alarm", True),
    "propose_exclusion": (gettext_lazy("Proposed to be left out of the rates"), "minus", "note", False),
    "decide_exclusion": (
        gettext_lazy("Leaving out of the rates was decided"),
        "state-arbitration",
        "move",
        True,
    ),
    "count_verdict": (gettext_lazy("What the residents said was counted"), "info", "note", False),
    "withdraw": (gettext_lazy("Withdrawn by the resident"), "state-withdrawn", "done", True),
    "close": (gettext_lazy("Struck off the list"), "state-closed", "done", True),
    "close_unanswered": (
        gettext_lazy("Closed by the published rule, without an answer"),
        "state-closed",
        "done",
        True,
    ),
    "link_renewed": (gettext_lazy("A new link was made for the resident"), "link", "note", True),
    "alarm": (gettext_lazy("The clock raised an alarm"), "clock", "alarm", False),
}
# What only the requester reads, not those whose requests joined: what passes between office and requester.
OWN = frozenset({"link_renewed"})
OWN_NOTES = frozenset({Note.Kind.QUESTION, Note.Kind.REPLY, Note.Kind.RESIDENT})
# Steps whose reason the resident is told as well.
TOLD = frozenset({"climb", "take_over"})
STEPS = {
    "warning": gettext_lazy("Nearly due"),
    "overdue": gettext_lazy("Overdue"),
    "supervision": gettext_lazy("Overdue: the level above was told"),
    "leader": gettext_lazy("Overdue: its leader was told"),
    "reminder": gettext_lazy("The resident was reminded"),
    "part_reminder": gettext_lazy("The owner of the whole was reminded"),
    "pause_review": gettext_lazy("The pause is due for review"),
    "check_in_late": gettext_lazy("A called organization has not checked in within its time"),
    "report_late": gettext_lazy("A called organization has not reported within its time"),
    "strike_off": gettext_lazy("Not struck off within its time"),
}
# Steps that one deadline brings on, told with it: several on one day may be of several deadlines.
BY_DEADLINE = frozenset({"warning", "overdue", "supervision", "leader", "reminder", "strike_off"})
CALLS = {"check_in_late": gettext_lazy("To check in by"), "report_late": gettext_lazy("To be reported by")}

# Supervision by the clock in words for the resident: that it happened, not who was told of what.
STEPS_TOLD = {
    "supervision": gettext_lazy("It is overdue; the level above supervises it now"),
    "leader": gettext_lazy("It is overdue; a leader of the level above supervises it now"),
}


@dataclass(frozen=True, slots=True)
class Story:
    """A matter's history, newest first, and the kinds of offices that have had it."""

    moments: list[Moment]
    been: frozenset[str]


def story_of(matter: Matter, viewer: Viewer, newest: int | None = None) -> list[Moment]:
    """The matter's history, newest first, as far as the viewer may read it. With `newest` what the last so many
    entries tell.
    """
    return whole_story(matter, viewer, newest).moments


def whole_story(matter: Matter, viewer: Viewer, newest: int | None = None) -> Story:
    """The matter's history as far as the viewer may read it; nine queries at any length.

    A resident whose request joined this matter reads of the work, and nothing that passed between the office and
    the other resident.
    """
    entries = list(
        Entry.objects.filter(subject_kind="matter", subject_id=matter.pk).order_by("-seq")[:newest]
    )
    teller = _Teller(entries, matter.pk, viewer, whole=newest is None)
    teller.playbook = clockwork.playbook_of(matter).playbook
    told = [moment for entry in entries if teller.may_read(entry) for moment in teller.tell(entry)]
    return Story(told, teller.been(entries))


def may_prove(entry: Entry, viewer: Viewer) -> bool:
    """Whether the viewer may have one entry of a matter they see as it stands in the journal: a resident only
    what their own story tells, for the document names offices, posts and inner steps.
    """
    return _Teller([entry], entry.subject_id, viewer).may_read(entry)


class _Teller:
    """Everything the entries of one matter refer to, read once."""

    def __init__(self, entries: list[Entry], told_of: int, viewer: Viewer, *, whole: bool = True) -> None:
        self.playbook: Playbook | None = None
        self.matter_id, self.for_resident = viewer.matter_id, viewer.matter_id is not None
        self.joined = viewer.matter_id not in {None, told_of}
        self.joined_at = _joined_at(viewer.matter_id, told_of) if self.joined else None
        self.data: dict[int, dict[str, Any]] = {entry.pk: json.loads(entry.data) for entry in entries}
        self.notes = Note.objects.in_bulk(self.named("note"))
        self.answers = Answer.objects.in_bulk(self.named("answer"))
        self.exclusions = Exclusion.objects.select_related("matter").in_bulk(self.named("exclusion"))
        self.asked = TimeRequest.objects.select_related("matter").in_bulk(self.named("request"))
        organizations = {
            data[key]
            for data in self.data.values()
            for key in ("owner", "organization", "community")
            if key in data
        }.union(*(self.data[entry.pk]["called"] for entry in entries if whole and entry.kind == "whistle"))
        # A quick look tells that some were called; who, why, and what came of it, stands on the page.
        self.whistles = Whistle.objects.in_bulk(self.named("whistle") if whole else [])
        self.parties = Party.objects.in_bulk(self.named("party") if whole else [])
        found = list(Organization.objects.filter(pk__in=organizations))
        self.offices, self.kinds = {row.pk: row.called for row in found}, {row.pk: row.kind for row in found}
        posts = {key for entry in entries if (key := _post_of(entry.actor)) is not None}
        self.posts = {row.pk: row for row in Post.objects.filter(pk__in=posts).select_related("organization")}
        self.verdicts = Verdict.objects.in_bulk(self.named("verdict"))

    def been(self, entries: list[Entry]) -> frozenset[str]:
        """The kinds of offices whose it was. What was suggested only repeats whose it was by then."""
        owners = {self.data[entry.pk].get("owner", 0) for entry in entries if entry.kind != "suggested"}
        return frozenset(self.kinds[key] for key in owners if key in self.kinds)

    def named(self, key: str) -> list[int]:
        """Everything that the entries name under `key`."""
        return sorted({data[key] for data in self.data.values() if key in data})

    def may_read(self, entry: Entry) -> bool:
        """Residents read what concerns them: not the office's inner steps, nor its notes to itself."""
        if not self.for_resident:
            return True
        if self.joined and entry.kind in OWN:
            return False
        note = self.notes.get(self.data[entry.pk].get("note", 0))
        if entry.kind == "comment":
            return note is not None and self._note_is_open(note)
        if entry.kind in {"decide_exclusion", "decide_push_down"}:
            # Their own only: what else was left out of what they joined is not their story.
            own = entry.kind != "decide_exclusion" or entry.subject_id == self.matter_id
            return own and bool(self.data[entry.pk]["approved"])
        if entry.kind == "alarm":
            return self.data[entry.pk].get("step") in STEPS_TOLD
        return LINES.get(entry.kind, ("", "", "", False))[3]

    def tell(self, entry: Entry) -> list[Moment]:
        """The entry's line; before it, as the newer, that the rules put the matter under a leader's watch."""
        title, icon, kind, _public = LINES.get(entry.kind, (entry.kind, "info", "note", False))
        data = self.data[entry.pk]
        if entry.kind == "alarm":
            title = (STEPS_TOLD if self.for_resident else STEPS).get(data.get("step", ""), title)
        body = self.body(entry.kind, data)
        told = Moment(entry.at, str(title), self.who(entry.actor), body, icon, kind, entry.pk, entry.seq)
        return [self.watch(entry), told] if _watched_by_rule(entry.kind, data) else [told]

    def watch(self, entry: Entry) -> Moment:
        """That a leader watches over it by rule: as if supervised by hand, but by nobody's move."""
        title, icon, kind, _public = LINES["supervise"]
        return Moment(entry.at, str(title), _("Automatic"), "", icon, kind, entry.pk)

    def who(self, actor: str) -> str:
        """The post that acted, with its office; residents and software by what they are."""
        post = self.posts.get(_post_of(actor) or 0)
        if post is not None:
            office = post.organization.called if post.organization else ""
            return f"{office} {post.title}".strip()
        if actor.startswith("resident/"):
            return _("Through a link that an office held") if actor.endswith(AT_OFFICE) else _("The resident")
        return _("Automatic") if actor.startswith("system/") else _("Another system")

    def body(self, kind: str, data: dict[str, Any]) -> str:
        parts: list[str] = []
        if data.get("owner") in self.offices and kind not in {"received", "suggested"}:
            parts.append(_("Owner: %(owner)s") % {"owner": self.offices[data["owner"]]})
        parts += [
            self.offices[data[key]] for key in ("organization", "community") if data.get(key) in self.offices
        ]
        if kind == "decide_push_down":
            parts.append(_("Approved") if data["approved"] else _("Turned down"))
        verdict = self.verdicts.get(data.get("verdict", 0))
        # Whoever speaks again of the same answer replaces the words, not the entry.
        if verdict is not None and verdict.said and verdict.solved == data["solved"] and not self.joined:
            parts.append(verdict.said)
        if (answer := self.answers.get(data.get("answer", 0))) is not None:
            parts.append(_answer_words(answer))
        note = self.notes.get(data.get("note", 0))
        if note is not None and (self._note_is_open(note) or kind in TOLD):
            parts.append(note.text)
        if kind in {"triage", "dispatch"} and data.get("accused") == 0 and not self.for_resident:
            parts.append(_("It complains about no office."))
        parts += self.call(kind, data)
        parts += self.tier(data)
        if "released" in data or "request_photos_released" in data:
            parts.append(_("Photos were released for everyone to see."))
        parts += self.exclusion(kind, data)
        parts += self.time(kind, data)
        parts += [] if self.for_resident else _late_for(data)
        return "\n".join(parts)

    def call(self, kind: str, data: dict[str, Any]) -> list[str]:
        """Who was called; for offices also why and where to, and what those who came report."""
        called = data["called"] if kind == "whistle" else []
        told = [self.offices[key] for key in called if key in self.offices]
        if self.for_resident:
            return told
        if (call := self.whistles.get(data.get("whistle", 0))) is not None:
            told += [call.reason, call.meet_at]
        party = self.parties.get(data.get("party", 0))
        if party is not None and kind == "reported":
            told.append(party.report)
        return [part for part in told if part]

    def tier(self, data: dict[str, Any]) -> list[str]:
        """The tier that was decided, the table's rules that spoke for one, and what the table gave if another."""
        if self.for_resident or self.playbook is None or "rows" not in data:
            return []
        names = {tier.code: tier.name for tier in self.playbook.tiers}
        texts = {row.id: f"{row.id} {row.text}" for row in self.playbook.tier_rules.rows}
        told = [_("Tier: %(tier)s") % {"tier": names.get(data["tier"], data["tier"])}]
        told += [texts.get(row, row) for row in data["rows"]]
        if (by_table := data.get("overrides")) is not None:
            told.append(
                _("Chosen by a person; the table gives: %(tier)s") % {"tier": names.get(by_table, by_table)}
            )
        return told

    def exclusion(self, kind: str, data: dict[str, Any]) -> list[str]:
        """The published reason for leaving out of the rates, and what was decided; that it counts again."""
        found = self.exclusions.get(data.get("exclusion", 0))
        if found is not None:
            decided = _("Left out of the rates") if data.get("approved") else _("Turned down")
            return [reason_name(found)] if kind == "propose_exclusion" else [decided, reason_name(found)]
        return [_("It counts in the rates again.")] if "counts_again" in data else []

    def time(self, kind: str, data: dict[str, Any]) -> list[str]:
        """What was asked of the clock and what came of it; the resident reads the reason once it is granted."""
        asked = self.asked.get(data.get("request", 0))
        if asked is None:
            return []
        ground = clockwork.ground_name(asked.matter, asked.ground)
        what = f"{asked.get_kind_display()} {asked.limit}{ground}".strip()
        if kind == "request_time":
            return [what, asked.reason]
        approved = bool(data.get("approved"))
        reasons = [asked.reason] if approved else []
        reasons += [] if self.for_resident else [asked.decision_reason]
        return [_("Approved") if approved else _("Turned down"), what, *reasons]

    def _note_is_open(self, note: Note) -> bool:
        if not self.for_resident:
            return True
        if note.kind == Note.Kind.EVERYBODY and self.joined:
            # Written before they joined, it was between the office and those who had asked by then.
            return self.joined_at is not None and note.at >= self.joined_at
        return note.kind not in {Note.Kind.OFFICE, Note.Kind.REASON} | (OWN_NOTES if self.joined else set())


def _joined_at(matter_id: int | None, lead_id: int) -> datetime | None:
    """When the reader's own matter joined this one, by itself or brought along by what it had joined before."""
    mine = Entry.objects.filter(subject_kind=Matter.journal_kind, subject_id=matter_id or 0, kind="merge")
    joined = Matter.objects.filter(pk=matter_id or 0, lead=lead_id).exists()
    return mine.order_by("-seq").values_list("at", flat=True).first() if joined else None


def _watched_by_rule(kind: str, data: dict[str, Any]) -> bool:
    """Whether the move brought a watch by the tier's rule. A vacant post watches over nothing yet."""
    return "supervisor" in data and kind not in {"supervise", "release"} and "supervisor_vacant" not in data


def _late_for(data: dict[str, Any]) -> list[str]:
    """The deadline that an alarm is about: what was to be done, and by which day. Empty for other entries."""
    if "due" not in data or data.get("step") not in BY_DEADLINE | CALLS.keys():
        return []
    words = ANSWER_BY if data["span"] == Span.TOTAL else DUE_FOR[Stage(data["stage"])]
    return [f"{CALLS.get(data['step'], words)} {short_day(datetime.fromisoformat(data['due']))}"]


def _answer_words(answer: Answer) -> str:
    done = _("Done by %(who)s on %(day)s") % {"who": answer.done_by, "day": answer.done_on}
    return f"{answer.text}\n{done}"


def _post_of(actor: str) -> int | None:
    first = actor.partition("/")[0]
    return int(first[5:]) if first.startswith("post:") and first[5:].isdigit() else None
