from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yuanba.kernel.authority import Power
from yuanba.people.actions import end_sessions
from yuanba.people.middleware import viewer_of
from yuanba.people.models import Account
from yuanba.people.queries import choice_of, communities_near, my_holdings, services_of
from yuanba.people.second_factor import has_second_factor, needs_second_factor


@login_required
@require_GET
def profile(request: HttpRequest) -> HttpResponse:
    """My posts and whom I see to, my second factor, my password."""
    account, viewer = request.user, viewer_of(request)
    assert isinstance(account, Account)  # noqa: S101 - login_required
    context = {
        "holdings": my_holdings(viewer) if viewer.person_id else [],
        "communities": communities_near(viewer) if viewer.person_id else [],
        "may_fill_posts": Power.MANAGE_POSTS in viewer.powers,
        "choice": choice_of(viewer) if viewer.person_id else None,
        "services": services_of(account),
        "today": timezone.localdate(),
        "has_second_factor": has_second_factor(account),
        "needs_second_factor": needs_second_factor(account, viewer),
    }
    return render(request, "people/profile.html", context)


@login_required
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session of this account, this one included."""
    viewer = viewer_of(request)
    assert viewer.account_id is not None  # noqa: S101 - login_required
    end_sessions(viewer.account_id, actor=viewer, at=timezone.now())
    logout(request)
    return redirect("account_login")
