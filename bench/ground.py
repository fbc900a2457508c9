"""A database for measuring: a district of forty streets and six hundred communities, and as many matters as asked for."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from yuanba.demo.cast import BUILDER, Cast, build_cast
from yuanba.kernel.authority import system
from yuanba.matters import actions
from yuanba.matters.actions import Opinion, Reply, Sorting
from yuanba.matters.models import Channel, Matter
from yuanba.matters.queries import resident_of
from yuanba.matters.reporting import Report
from yuanba.people.actions import add_organization, create_api_key
from yuanba.places.actions import add_place

STREETS, COMMUNITIES = 40, 15
SCOPES = ("report", "read", "dispatch", "handle", "close")


def build_ground() -> tuple[Cast, list[str]]:
    """The standing people, many more streets and communities with offices, and API keys: one each for 8 sources.

    The playbook limits what one source may send in a minute; a hotline and seven street desks send together.
    """
    at = timezone.now() - timedelta(days=200)
    cast = build_cast(at)
    for street_number in range(STREETS):
        street = add_place(
            cast.places["district"], "street", f"第{street_number + 1}街道", actor=BUILDER, at=at
        )
        office = add_organization(
            code=f"street-{street_number}",
            name=f"{street.name}办事处",
            kind="street",
            parent=cast.offices["district"],
            place=street,
            actor=BUILDER,
            at=at,
        )
        for number in range(COMMUNITIES):
            community = add_place(street, "community", f"第{number + 1}社区", actor=BUILDER, at=at)
            add_organization(
                code=f"community-{street_number}-{number}",
                name=f"{community.name}居委会",
                kind="community",
                parent=office,
                place=community,
                actor=BUILDER,
                at=at,
            )
    keys = [
        create_api_key(label=f"bench {number}", scopes=SCOPES, actor=system("bench"), at=timezone.now())[1]
        for number in range(8)
    ]
    return cast, keys


def _walk(cast: Cast, closed: bool) -> Matter:
    """One matter made by the product itself, as a pattern for the copies."""
    at = timezone.now() - timedelta(days=30)
    report = Report(
        text="楼道灯坏了一个多星期，晚上老人上下楼看不见，很危险。",
        place=cast.places["yucheng"],
        channel=Channel.DOOR,
    )
    matter = actions.receive(report, actor=system("bench"), at=at).matter
    clerk, handler = cast.viewer("centre_clerk"), cast.viewer("street_officer")
    hour = timedelta(hours=1)
    sorting = Sorting(category="roads-lights", tier="big")
    actions.dispatch_matter(matter.pk, cast.offices["shahe"], sorting, actor=clerk, at=at + hour)
    actions.claim_matter(matter.pk, actor=handler, at=at + 2 * hour)
    if closed:
        reply = Reply("楼道灯已更换。", "沙河街道", timezone.localdate(at), override_reason="bench")
        actions.answer_matter(matter.pk, reply, actor=handler, at=at + 3 * hour)
        actions.confirm(matter.pk, Opinion(True, "satisfied"), actor=resident_of(matter), at=at + 4 * hour)
        actions.close_matter(matter.pk, actor=cast.viewer("centre_arbiter"), at=at + 5 * hour)
    matter.refresh_from_db()
    return matter


def fill(cast: Cast, total: int, open_share: float = 0.05) -> None:
    """Copy patterns until there are `total` matters with two journal entries each, spread over all communities."""
    have = Matter.objects.count()
    if have >= total:
        return
    patterns = {False: _walk(cast, closed=False), True: _walk(cast, closed=True)}
    _copy(patterns[False], int((total - have) * open_share))
    _copy(patterns[True], total - have - int((total - have) * open_share))
    with connection.cursor() as cursor:
        # The load itself is not what is measured: its vacuum and checkpoint are done before, not during.
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def _copy(pattern: Matter, count: int) -> None:
    names = [field.column for field in Matter._meta.concrete_fields if field.column != "id"]
    changed = {
        "track_digest": "md5(random()::text || n) || md5(n::text || random())",
        "source_number": "''",
        "received_at": "m.received_at - mod(n, 5000) * interval '1 hour' / 50",
        "due_at": "m.due_at + mod(n, 3000) * interval '1 minute'",
        "next_alarm_at": "NULL",
        "community_id": "c.id",
        "street_id": "c.street_id",
        "place_id": "c.id",
        "place_path": "c.path",
        "owner_id": "coalesce(o.id, m.owner_id)",
        "requester_id": "NULL",
        "supervisor_id": "NULL",
    }
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(changed.get(name, f'm."{name}"') for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE spread AS SELECT row_number() OVER () - 1 AS at, p.id, p.street_id, p.path "
            "FROM places_place p WHERE p.kind = 'community'"
        )
        cursor.execute(
            f"INSERT INTO matters_matter ({columns}) SELECT {values} FROM generate_series(1, %s) n "
            f"JOIN matters_matter m ON m.id = %s "
            f"JOIN spread c ON c.at = mod(n, (SELECT count(*) FROM spread)) "
            f"LEFT JOIN people_organization o ON o.place_id = c.street_id AND o.kind = 'street'",
            [count, pattern.pk],
        )
        cursor.execute(
            "INSERT INTO kernel_entry (subject_kind, subject_id, seq, at, kind, actor, data, prev, hash) "
            "SELECT 'matter', m.id, s, m.received_at, 'received', 'system/bench', '{}', '', md5(m.id::text) || md5(s::text) "
            "FROM matters_matter m, generate_series(1, 2) s WHERE m.id > %s "
            "AND NOT EXISTS (SELECT 1 FROM kernel_entry e WHERE e.subject_kind = 'matter' AND e.subject_id = m.id)",
            [pattern.pk],
        )
        cursor.execute("DROP TABLE spread")
