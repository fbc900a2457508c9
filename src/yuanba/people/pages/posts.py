from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import DomainError
from yuanba.people.actions import hand_over_post, hand_over_to_newcomer
from yuanba.people.forms import HandOverForm, show_on
from yuanba.people.middleware import viewer_of
from yuanba.people.models import Post
from yuanba.people.pages.paging import key_after
from yuanba.people.queries import candidates_for, holder_of, post_for, vacancies

PAGE = 50


@login_required
@require_GET
def vacant_posts(request: HttpRequest) -> HttpResponse:
    """Posts that nobody holds today, among those the viewer may fill."""
    viewer = viewer_of(request)
    viewer.require(Power.MANAGE_POSTS)
    after = key_after(request)
    found = vacancies(viewer, after=after, limit=PAGE + 1)
    context = {"posts": found[:PAGE], "next": f"?after={found[PAGE - 1].pk}" if len(found) > PAGE else ""}
    return render(request, "people/vacancies.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, post_id: int) -> HttpResponse:
    """One holder goes, the next comes; on a vacant post somebody begins."""
    viewer = viewer_of(request)
    post = post_for(viewer, post_id)
    form = HandOverForm(request.POST or None, candidates=candidates_for(post))
    if request.method == "POST" and form.is_valid() and _handed_over(form, post, viewer):
        done = f"hand-over/{post.pk}"
        messages.success(request, _("Done. Open work stays with the post."), extra_tags=done)
        return redirect("people:vacancies")
    context = {"post": post, "form": form, "holding": holder_of(post.pk)}
    return render(request, "people/hand_over.html", context, status=422 if form.errors else 200)


def _handed_over(form: HandOverForm, post: Post, viewer: Viewer) -> bool:
    on, at = form.cleaned_data["on"], timezone.now()
    try:
        if form.successor is not None:
            hand_over_post(post.pk, form.successor, on=on, actor=viewer, at=at)
        else:
            name, phone = form.cleaned_data["name"], form.cleaned_data["phone"]
            hand_over_to_newcomer(post.pk, name=name, phone=phone, on=on, actor=viewer, at=at)
    except DomainError as error:
        show_on(form, error)
        return False
    return True
