"""For machines that watch the installation: is it alive, is it ready, and its figures."""

from collections.abc import Iterable

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Missing
from yuanba.kernel.health import Sample, figure, metrics, not_ready
from yuanba.matters.models import Tally
from yuanba.matters.tallying import OPEN_NOW
from yuanba.people.middleware import viewer_of
from yuanba.people.queries import viewer_for_key

PLAIN = "text/plain; charset=utf-8"


@require_safe
@never_cache
def live(_request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing of the database: a database that is away is no reason to restart
    this.
    """
    return HttpResponse("alive\n", content_type=PLAIN)


@require_safe
@never_cache
def ready(_request: HttpRequest) -> HttpResponse:
    """The database answers and has this version's shape; 503 with the reason otherwise."""
    why = not_ready()
    return HttpResponse(f"{why or 'ready'}\n", status=503 if why else 200, content_type=PLAIN)


@require_safe
@never_cache
def show_metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus: for a key of scope `admin` or a signed-in operator; there is no such page for
    others.
    """
    if not _viewer(request).scope(Power.OPERATE).everywhere:
        raise Missing(_("There is no such page."))
    return HttpResponse(metrics(), content_type=CONTENT_TYPE_LATEST)


def _viewer(request: HttpRequest) -> Viewer:
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    access = viewer_for_key(key.strip()) if scheme.lower() == "bearer" else None
    return access.viewer if access else viewer_of(request)


@figure("yuanba_matters_open", "Open matters by tier, from the worker's counts.")
def _open() -> Iterable[Sample]:
    rows = Tally.objects.filter(day=Tally.NOW, measure=OPEN_NOW).order_by("tier").values_list("tier")
    return [Sample(count, {"tier": tier}) for tier, count in rows.annotate(total=Sum("count"))]
