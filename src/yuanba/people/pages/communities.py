from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yuanba.kernel.authority import Power
from yuanba.kernel.errors import DomainError
from yuanba.people.actions import check_in, sign_agreement
from yuanba.people.forms import AgreementForm, CheckInForm, show_on
from yuanba.people.middleware import viewer_of
from yuanba.people.models import Organization
from yuanba.people.pages.paging import day_and_key_before, key_after
from yuanba.people.queries import (
    agreements_of,
    check_ins_at,
    community_for,
    may_reach,
    posts_of,
    units_of,
)
from yuanba.people.queries.persons import person_of

PAGE = 50


@login_required
@require_GET
def people_and_posts(request: HttpRequest, organization_id: int) -> HttpResponse:
    """A community's posts and holders, its agreements, and the latest check-ins."""
    viewer = viewer_of(request)
    community = community_for(viewer, organization_id)
    lines = posts_of(community, after=key_after(request), limit=PAGE + 1)
    context = {
        "community": community,
        "lines": lines[:PAGE],
        "next": f"?after={lines[PAGE - 1].post_id}" if len(lines) > PAGE else "",
        "agreements": agreements_of(community)[:PAGE],
        "check_ins": check_ins_at(community, limit=5),
        "may_manage_posts": may_reach(viewer, Power.MANAGE_POSTS, community),
        "may_manage_people": may_reach(viewer, Power.MANAGE_PEOPLE, community),
    }
    return render(request, "people/people_and_posts.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_agreement(request: HttpRequest, organization_id: int) -> HttpResponse:
    """Record what a community and a unit located there have agreed."""
    viewer = viewer_of(request)
    community = community_for(viewer, organization_id, Power.MANAGE_PEOPLE)
    form = AgreementForm(request.POST or None, units=units_of(community))
    if request.method == "POST" and form.is_valid():
        try:
            sign_agreement(community=community, **form.cleaned_data, actor=viewer, at=timezone.now())
        except DomainError as error:
            show_on(form, error)
        else:
            done = f"agreement/{community.pk}"
            messages.success(request, _("The agreement is recorded."), extra_tags=done)
            return redirect("people:people_and_posts", community.pk)
    context = {"community": community, "form": form}
    return render(request, "people/new_agreement.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def check_ins(request: HttpRequest, organization_id: int) -> HttpResponse:
    """Check-ins at a community, and the form for one's own; open to every official, as one may report
    anywhere.
    """
    viewer = viewer_of(request)
    viewer.require(Power.SEE)
    community = get_object_or_404(Organization, pk=organization_id, kind="community", closed_on=None)
    form = CheckInForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and viewer.person_id is not None:
        person = person_of(viewer)
        try:
            check_in(person=person, community=community, **form.cleaned_data, actor=viewer, at=timezone.now())
        except DomainError as error:
            show_on(form, error)
        else:
            done = f"check-ins/{community.pk}"
            messages.success(request, _("Your check-in is recorded."), extra_tags=done)
            return redirect("people:check_ins", community.pk)
    return _check_ins_page(request, community, form)


def _check_ins_page(request: HttpRequest, community: Organization, form: CheckInForm) -> HttpResponse:
    found = list(check_ins_at(community, before=day_and_key_before(request), limit=PAGE + 1))
    last = found[PAGE - 1] if len(found) > PAGE else None
    context = {
        "community": community,
        "check_ins": found[:PAGE],
        "next": f"?before={last.checked_in_on.isoformat()}_{last.pk}" if last else "",
        "form": form,
    }
    return render(request, "people/check_ins.html", context, status=422 if form.errors else 200)
