from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.crypto import new_salt, salted_digest
from yuanba.kernel.journal.canonical import canonical, timestamp
from yuanba.kernel.journal.models import Journaled
from yuanba.matters.flow import ENDED, Stage, State


class Channel(models.TextChoices):
    """Where a request came in; one register for all of them."""

    DOOR = "door", _("Door code")
    WEB = "web", _("Online")
    VISIT = "visit", _("Visit")
    MEETING = "meeting", _("Courtyard meeting")
    HOTLINE = "hotline", _("Hotline")
    CHAT = "chat", _("Group chat")
    WINDOW = "window", _("Service window")
    PETITION = "petition", _("Petition office")
    IMPORT = "import", _("File")
    API = "api", _("Other system")
    OPEN311 = "open311", _("Open311")
    PART = "part", _("Part of another matter")


class Outcome(models.TextChoices):
    """How an ended matter ended. Only the resident's word makes `SOLVED`."""

    OPEN = "", _("Still open")
    SOLVED = "solved", _("Solved, says the resident")
    NO_ANSWER = "no_answer", _("No answer from the resident within the published time")
    WITHDRAWN = "withdrawn", _("Withdrawn by the resident")
    OUT_OF_SCOPE = "out_of_scope", _("Not for this office")
    MERGED = "merged", _("Answered with the matter it joined")


# What the journal proves of a row. The text has a digest of its own in the first entry; the clock's columns are
# read from its events; paths and sites follow their trees.
_PROVED = (
    "title",
    "channel",
    "source",
    "source_number",
    "received_at",
    "place_id",
    "address",
    "requester_id",
    "track_digest",
    "confidential",
    "accused_id",
    "playbook_id",
    "category",
    "tier",
    "state",
    "state_before",
    "owner_id",
    "supervisor_id",
    "round",
    "refusals",
    "lead_id",
    "part_of_id",
    "answered_at",
    "confirmed_at",
    "closed_at",
    "outcome",
    "watch_until",
)


def _plain(value: object) -> object:
    """A column's value as the journal can write it."""
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


class Matter(Journaled):
    """One request, with one owner, one tier and one running clock at any moment while it is open.

    The three are columns that can't be empty. ``clock`` holds the matter's clock events as the journal tells
    them, and the columns after it what `kernel.clock` reads from them; ``yuanba audit`` compares all three.
    ``track_digest`` is of the link given at receipt, ``found_digest`` of the one by which its requester came back
    with number and telephone; ``link_at_office`` says that the first went through the hands of somebody who works
    on matters. ``due_at`` is the deadline that counts now. ``accused_supposed`` tells that no person has named the
    office complained about yet: the rules suppose the one of the place. ``version`` is the number of the last
    journal entry.
    """

    journal_kind: ClassVar[str] = "matter"

    title = models.CharField(max_length=120)
    text = models.TextField()
    channel = models.CharField(max_length=12, choices=Channel)
    source = models.CharField(max_length=40, blank=True)
    source_number = models.CharField(max_length=80, blank=True)
    received_at = models.DateTimeField()

    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+")
    place_path = models.CharField(max_length=64)
    street = models.ForeignKey("places.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    community = models.ForeignKey("places.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    address = models.CharField(max_length=200, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    requester = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    track_digest = models.CharField(max_length=64, unique=True)
    found_digest = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - unique, most have none
    link_at_office = models.BooleanField(default=False)
    salt = models.CharField(max_length=32, default=new_salt, editable=False)
    confidential = models.BooleanField(default=False)
    accused = models.ForeignKey(
        "people.Organization", models.PROTECT, null=True, related_name="+", db_index=False
    )
    accused_path = models.CharField(max_length=64, blank=True)
    accused_supposed = models.BooleanField(default=False)

    playbook = models.ForeignKey(
        "playbooks.PlaybookVersion", models.PROTECT, related_name="+", db_index=False
    )
    category = models.CharField(max_length=40, blank=True)
    tier = models.CharField(max_length=20)
    state = models.CharField(max_length=24, choices=State, default=State.RECEIVED)
    state_before = models.CharField(max_length=24, choices=State, blank=True)
    owner = models.ForeignKey("people.Organization", models.PROTECT, related_name="+", db_index=False)
    supervisor = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    refusals = models.PositiveSmallIntegerField(default=0)
    lead = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    part_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")

    clock = models.JSONField()
    stage = models.CharField(max_length=12, choices=Stage)
    stage_started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    warns_at = models.DateTimeField()
    total_due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    next_alarm_at = models.DateTimeField(null=True)

    answered_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.OPEN, blank=True)
    watch_until = models.DateField(null=True)
    likeness = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["source", "source_number"],
                condition=~models.Q(source_number=""),
                name="matter_once_per_source_number",
            ),
            models.CheckConstraint(condition=~models.Q(tier=""), name="matter_has_a_tier"),
            models.CheckConstraint(condition=models.Q(state__in=list(State)), name="matter_state_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=sorted(ENDED), stopped_at__isnull=False)
                | models.Q(~models.Q(state__in=sorted(ENDED)), stopped_at=None),
                name="matter_clock_runs_while_open",
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.MERGED, lead__isnull=False)
                | models.Q(~models.Q(state=State.MERGED), lead=None),
                name="matter_merged_has_lead",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    ~models.Q(state_before=""), state=State.AWAITING_INFORMATION, paused_at__isnull=False
                )
                | models.Q(~models.Q(state=State.AWAITING_INFORMATION), state_before=""),
                name="matter_waits_from_a_state",
            ),
            models.CheckConstraint(condition=~models.Q(lead=models.F("id")), name="matter_not_its_own_lead"),
            models.CheckConstraint(
                condition=models.Q(outcome="", stopped_at=None)
                | models.Q(~models.Q(outcome=""), stopped_at__isnull=False),
                name="matter_end_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome=Outcome.SOLVED) | models.Q(confirmed_at__isnull=False),
                name="matter_solved_only_by_resident",
            ),
            models.CheckConstraint(
                condition=models.Q(accused=None, accused_path="")
                | models.Q(~models.Q(accused_path=""), accused__isnull=False),
                name="matter_accused_path",
            ),
            models.CheckConstraint(
                condition=models.Q(accused_supposed=False) | models.Q(accused__isnull=False),
                name="matter_supposes_an_office",
            ),
            models.CheckConstraint(
                condition=models.Q(lat=None, lon=None)
                | models.Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="matter_point_on_earth",
            ),
        )
        indexes = (
            models.Index(fields=["owner", "-id"], name="matter_owner_newest"),
            models.Index(fields=["street", "-id"], name="matter_street_newest"),
            models.Index(fields=["community", "-id"], name="matter_community_newest"),
            models.Index(fields=["place_path", "category"], name="matter_place_category"),
            models.Index(fields=["received_at"], name="matter_received"),
            models.Index(
                fields=["due_at", "id"], condition=models.Q(stopped_at=None), name="matter_open_due"
            ),
            models.Index(
                fields=["owner", "due_at", "id"], condition=models.Q(stopped_at=None), name="matter_owner_due"
            ),
            models.Index(
                fields=["street", "due_at", "id"],
                condition=models.Q(stopped_at=None),
                name="matter_street_due",
            ),
            models.Index(
                fields=["community", "due_at", "id"],
                condition=models.Q(stopped_at=None),
                name="matter_community_due",
            ),
            models.Index(
                fields=["next_alarm_at"], condition=models.Q(next_alarm_at__isnull=False), name="matter_alarm"
            ),
            models.Index(
                fields=["place", "category", "-closed_at"],
                condition=models.Q(watch_until__isnull=False, confidential=False, accused_path=""),
                name="matter_watched",
            ),
            models.Index(
                fields=["state", "due_at", "id"], condition=models.Q(stopped_at=None), name="matter_state_due"
            ),
        )

    def __str__(self) -> str:
        return self.number

    def journal_facts(self) -> dict[str, str]:
        """A digest of the columns that decide whose the matter is, how it stands and what it counts as; 128
        bits of it are kept, for they are kept with every entry.
        """
        row = {name: _plain(getattr(self, name)) for name in _PROVED}
        return {"row": salted_digest(canonical(row), self.salt)[:32]}

    @property
    def number(self) -> str:
        """The number people use: the day it was received and its key, as in 261122-1048."""
        return f"{timezone.localdate(self.received_at):%y%m%d}-{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.stopped_at is None

    @property
    def received_on(self) -> date:
        return timezone.localdate(self.received_at)
