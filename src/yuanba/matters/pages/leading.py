"""For those who lead: their streets at a glance, what they watch over, what was promised; and the list of watches."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yuanba.kernel.clock import Limit
from yuanba.kernel.errors import Invalid
from yuanba.kernel.sheets import write_table
from yuanba.matters import supervision as watches
from yuanba.matters.glance import WEEKS, Glance, StreetGlance, Week, glance
from yuanba.matters.models import Matter
from yuanba.matters.pages.frame import desk_context, office_page
from yuanba.matters.presenting import Row, promised_row, row_of
from yuanba.matters.rates import Rate
from yuanba.people.middleware import viewer_of
from yuanba.places.queries import full_names
from yuanba.playbooks.queries import current_playbook
from yuanba.playbooks.reading_aloud.wording import limit_words
from yuanba.playbooks.schema import Playbook
from yuanba.web.charts import Curve, Layer, Pile, Point, Stack
from yuanba.web.shapes import NavItem

WATCHED_SHOWN = 6
PROMISES_ON_A_PAGE = 15
MOST_STREETS_IN_A_FILE = 400
# Colours of the tiers: a playbook may count further than four.
HARDEST_DRAWN = 4


@dataclass(frozen=True, slots=True)
class Card:
    """One street of the page."""

    street: StreetGlance
    curve: Curve
    late: str
    open: str
    board: str


@office_page
@require_GET
def leader(request: HttpRequest) -> HttpResponse:
    """A leader's own page, for a tablet in a meeting: what stands where, and what they answer for."""
    viewer = viewer_of(request)
    after = _path(request.GET.get("streets", ""))
    seen = glance(viewer, after=after)
    watched = watches.my_watch(viewer, size=WATCHED_SHOWN)
    promised = watches.promises(viewer, after=request.GET.get("after", ""), size=PROMISES_ON_A_PAGE)
    names = full_names([matter.place for matter in (*watched.rows, *promised.rows)])
    playbook = current_playbook().playbook
    context = desk_context(request, "leader") | {
        "glance": seen,
        # Sums of a page must not pass for sums of all.
        "is_part": bool(after or seen.next),
        "weeks": WEEKS,
        "open_by_tier": _open_by_tier(seen, playbook),
        "in_time": _in_time("in-time", seen.weeks),
        "cards": [_card(street) for street in seen.streets],
        "watched": [row_of(matter, names[matter.place_id]) for matter in watched.rows],
        "more_watched": bool(watched.next),
        "promised": [
            (promised_row(matter, names[matter.place_id]), _extended(matter)) for matter in promised.rows
        ],
        "days": watches.DAYS_AHEAD,
        "next_streets": f"?{urlencode({'streets': seen.next})}" if seen.next else "",
        "next_promises": f"?{urlencode({'after': promised.next})}#promises" if promised.next else "",
    }
    return render(request, "matters/leader.html", context)


def _path(text: str) -> str:
    """A place's path out of an address. Raises `Invalid` for what can't be one."""
    if len(text) <= 64 and text.isascii() and (not text or text.isalnum()):
        return text
    raise Invalid(_("This page address is damaged. Go back to the first page."), field="streets")


def _open_by_tier(seen: Glance, playbook: Playbook) -> Stack:
    layers = [
        Layer(tier.name, min(playbook.tier_rank(tier.code) + 1, HARDEST_DRAWN)) for tier in playbook.tiers
    ]
    codes = [tier.code for tier in playbook.tiers]
    return Stack(
        name="open-by-tier",
        title=_("Open now, by tier"),
        heading=_("Street"),
        layers=layers,
        rows=[
            Pile(street.place.name, tuple(street.open.get(code, 0) for code in codes), _listed(street))
            for street in seen.streets
        ],
    )


def _listed(street: StreetGlance, **narrowed: str) -> str:
    query = {"reach": "territory", "place": str(street.place.pk), "open_only": "on"} | narrowed
    return f"{reverse('matters:problems')}?{urlencode(query)}"


def _in_time(name: str, weeks: tuple[Week, ...], size: str = "") -> Curve:
    """The share of answers that came within their deadline, week by week; what was promised is all of them."""
    return Curve(
        name=name,
        title=_("Answered in time"),
        heading=_("Week from"),
        columns=(_("Received"), _("Answered"), _("Of these in time")),
        points=[
            Point(
                f"{week.monday:%m-%d}",
                week.percent_in_time,
                (str(week.received), str(week.answered), str(week.in_time)),
            )
            for week in weeks
        ],
        target=100,
        target_label=_("promised: all of them"),
        unit="%",
        top=100,
        size="small" if size else "",
        summary="" if size else _("Of the answers given in each week, those within the whole deadline."),
    )


def _card(street: StreetGlance) -> Card:
    return Card(
        street=street,
        curve=_in_time(f"in-time-{street.place.pk}", street.weeks, "small"),
        late=_listed(street, overdue="on"),
        open=_listed(street),
        board=reverse("matters:board", args=[street.place.pk]),
    )


def _extended(matter: Matter) -> str:
    """By how much the promise was put off the last time; empty if it never was."""
    limit = getattr(matter, "extended_by", None)
    return limit_words(Limit.parse(limit)) if limit else ""


@office_page
@require_GET
def streets_file(request: HttpRequest) -> FileResponse:
    """The streets' figures as an Excel file, all of the viewer's."""
    seen = glance(viewer_of(request), most=MOST_STREETS_IN_A_FILE)
    tiers = current_playbook().playbook.tiers
    columns = [_("Street"), _("Open now"), *(tier.name for tier in tiers), _("Overdue")]
    columns += [_("Somebody got in touch"), _("It is solved"), _("Satisfied"), _("Received"), _("Answered")]
    columns += [_("Of these in time")]
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_table(file, columns, _lines(seen, [tier.code for tier in tiers]), sheet=_("My streets"))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"streets-{timezone.localdate():%Y%m%d}.xlsx")


def _lines(seen: Glance, tiers: list[str]) -> Iterator[tuple[object, ...]]:
    for street in seen.streets:
        rates = street.rates
        yield (
            street.place.name,
            street.open_in_all,
            *(street.open.get(tier, 0) for tier in tiers),
            street.overdue,
            *(_percent(rate) for rate in (rates.response, rates.resolution, rates.satisfaction)),
            sum(week.received for week in street.weeks),
            sum(week.answered for week in street.weeks),
            sum(week.in_time for week in street.weeks),
        )


def _percent(rate: Rate) -> str:
    return "—" if rate.percent is None else f"{rate.percent}%"


@office_page
@require_GET
def supervision(request: HttpRequest) -> HttpResponse:
    """What is under a leader's watch, with who watches and what comes next."""
    viewer = viewer_of(request)
    ended = request.GET.get("show") == "ended"
    found = watches.watched(viewer, ended=ended, after=request.GET.get("after", ""))
    names = full_names([matter.place for matter in found.rows])
    rows = [row_of(matter, names[matter.place_id]) for matter in found.rows]
    kept = {"show": "ended"} if ended else {}
    address = reverse("matters:supervision")
    context = desk_context(request, "supervision") | {
        "rows": [(row, _watcher(row)) for row in rows],
        "ended": ended,
        "tabs": [
            NavItem(_("Still open"), address, current=not ended),
            NavItem(_("Ended"), f"{address}?show=ended", current=ended),
        ],
        "next": f"?{urlencode(kept | {'after': found.next})}" if found.next else "",
    }
    return render(request, "matters/supervision.html", context)


def _watcher(row: Row) -> str:
    """The post that watches, with its office."""
    post = row.matter.supervisor
    if post is None:
        return ""
    return f"{post.organization.called} {post.title}" if post.organization else post.title
