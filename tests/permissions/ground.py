"""One small district with one matter in the middle of its life, and everybody who may come to its door."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.test import Client
from django.utils import timezone
from PIL import Image

from yuanba.demo.cast import SEATS, Cast
from yuanba.kernel.authority import system
from yuanba.kernel.files.photos import accept_photo
from yuanba.kernel.files.storing import store
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Sorting
from yuanba.matters.models import Channel, Follower, Matter, SavedFilter
from yuanba.matters.reporting import Contact, Report
from yuanba.people.actions import create_account, create_api_key, register_person
from yuanba.people.scopes import SCOPES
from yuanba.playbooks.queries import current_playbook

MAKER = system("test")
START = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
SEAT_NAMES = tuple(row[0] for row in SEATS)
# Everybody who comes: nobody in particular, somebody signed in without a post, and each seat.
VISITORS = ("anonymous", "postless", *SEAT_NAMES)
# Every scope of a key, a resident's own link, and nothing at all.
CALLERS = ("nobody", "resident", *SCOPES)


@dataclass
class Ground:
    """What addresses are filled in with, and a client for everybody."""

    cast: Cast
    matter: Matter
    track_key: str
    known: dict[str, object]
    headers: dict[str, dict[str, str]]

    def visitor(self, name: str) -> Client:
        """A browser of this person, which checks the token of forms as a real one has to send it."""
        client = Client(enforce_csrf_checks=True)
        if name == "postless":
            client.force_login(self.known["postless"], "allauth.account.auth_backends.AuthenticationBackend")  # type: ignore[arg-type]
        elif name != "anonymous":
            account = self.cast.seats[name].account
            client.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
        return client


def make_ground(cast: Cast) -> Ground:
    """A claimed matter of the street at Shahe, about which the police were called."""
    receipt = _receive(cast, "三栋门口的路灯坏了一个星期，晚上看不见路。", photos=(_photo(),))
    key = receipt.matter.pk
    actions.dispatch_matter(
        key,
        cast.offices["shahe"],
        Sorting(category="roads-lights", tier="big"),
        actor=cast.viewer("centre_clerk"),
        at=_at(2),
    )
    officer = cast.viewer("street_officer")
    actions.claim_matter(key, actor=officer, at=_at(3))
    call = actions.whistle(key, [cast.offices["police"]], "请到现场", actor=officer, at=_at(4))
    deliver_due(_at(5))
    matter = Matter.objects.get(pk=key)
    person = register_person(name="无岗甲", actor=MAKER, at=START)
    postless, _initial = create_account(username="postless", person=person, actor=MAKER, at=START)
    postless.initial_until = None
    postless.save(update_fields=["initial_until"])
    photo, party = matter.photos.get(), call.calls.get()
    entry = Entry.objects.filter(subject_kind="matter", subject_id=key).order_by("pk").first()
    assert entry is not None
    kept = actions.save_filter(
        SavedFilter.List.DESK, "急件", "reach=own&overdue=on", actor=officer, at=_at(5)
    )
    actions.ask_to_follow(cast.places["yucheng"], "follower@example.org", language="en", at=timezone.now())
    known: dict[str, object] = {
        "postless": postless,
        "slug": "report",
        "number": matter.number,
        "track_key": receipt.track_key,
        "photo_id": photo.pk,
        "entry_id": entry.pk,
        "party_id": party.pk,
        "step": "claim",
        "filter_id": kept.pk,
        "follow_key": Follower.objects.get().link,
        "door_code": cast.places["unit_2"].door_code,
        "place_id": cast.places["yucheng"].pk,
        "organization_id": cast.offices["yucheng"].pk,
        "service": "city",
        "post_id": cast.seats["community_secretary"].post.pk,
        "edition_id": current_playbook().pk,
    }
    return Ground(cast, matter, receipt.track_key, known, _headers(receipt.track_key))


def make_accusation(cast: Cast) -> tuple[Matter, str]:
    """A complaint about the street office at Shahe, held by the centre."""
    receipt = _receive(cast, "街道办窗口的人态度很差，还故意拖着不办。", confidential=True)
    actions.triage_matter(
        receipt.matter.pk,
        Sorting(category="roads-lights", tier="big", accused=cast.offices["shahe"]),
        actor=cast.viewer("centre_clerk"),
        at=_at(2),
    )
    return Matter.objects.get(pk=receipt.matter.pk), receipt.track_key


def _receive(
    cast: Cast, text: str, photos: tuple[int, ...] = (), confidential: bool = False
) -> actions.Receipt:
    report = Report(
        text=text,
        place=cast.places["unit_2"],
        channel=Channel.DOOR,
        contact=Contact("居民乙", "13800005678"),
        photos=photos,
        confidential=confidential,
    )
    return actions.receive(report, actor=system("door", []), at=_at(1))


def _at(hours: int) -> datetime:
    return START + timedelta(hours=hours)


def _photo() -> int:
    picture = io.BytesIO()
    Image.new("RGB", (32, 24), "grey").save(picture, "PNG")
    picture.seek(0)
    return store(accept_photo(picture, field="photos")).pk


def _headers(track_key: str) -> dict[str, dict[str, str]]:
    made = {"nobody": {}, "resident": {"X-Track-Key": track_key}}
    for scope in SCOPES:
        _row, raw = create_api_key(
            label=scope, scopes=(scope,), organization=None, actor=MAKER, at=timezone.now()
        )
        made[scope] = {"Authorization": f"Bearer {raw}"}
    return made
