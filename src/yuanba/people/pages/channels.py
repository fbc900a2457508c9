from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yuanba.kernel.errors import DomainError, Missing
from yuanba.kernel.group_bots import UNREACHED, Service
from yuanba.people import actions
from yuanba.people.forms import ChannelsForm, GroupBotForm, show_on
from yuanba.people.middleware import viewer_of
from yuanba.people.models import GroupBot
from yuanba.people.queries import choice_of, group_bot_of, office_for, offices_managed, person_of

SERVICES = {Service.WECOM: "企业微信 WeCom", Service.DINGTALK: "钉钉 DingTalk", Service.FEISHU: "飞书 Feishu"}


@login_required
@require_http_methods(["GET", "POST"])
def channels(request: HttpRequest) -> HttpResponse:
    """Where notices of my posts go beside the product, and when not."""
    viewer = viewer_of(request)
    person = person_of(viewer)
    form = ChannelsForm(request.POST or None, person=person, choice=choice_of(viewer))
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_channels(**form.cleaned_data, actor=viewer, at=timezone.now())
        except DomainError as error:
            show_on(form, error)
        else:
            messages.success(request, _("Kept."), extra_tags="channels")
            return redirect("people:channels")
    context = {"form": form, "quiet": settings.QUIET_HOURS, "offices": offices_managed(viewer)}
    return render(request, "people/channels.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def group(request: HttpRequest, organization_id: int) -> HttpResponse:
    """Which bot an organization's notices go to; its address is taken, never shown."""
    viewer = viewer_of(request)
    office = office_for(viewer, organization_id)
    form = GroupBotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_group_bot(office.pk, **form.cleaned_data, actor=viewer, at=timezone.now())
        except DomainError as error:
            show_on(form, error)
        else:
            messages.success(request, _("The bot is set. Send a test to see that it works."))
            return redirect("people:group", office.pk)
    context = {"office": office, "form": form, "quiet": settings.QUIET_HOURS, "unreached": UNREACHED}
    context |= _shown(group_bot_of(office))
    return render(request, "people/group.html", context, status=422 if form.errors else 200)


def _shown(bot: GroupBot | None) -> dict[str, object]:
    """The bot as it may be shown: its service, and the end of its address."""
    if bot is None:
        return {"bot": None}
    try:
        parted = bot.parted
    except DomainError:
        return {"bot": bot, "service": "", "masked": ""}
    return {"bot": bot, "service": SERVICES[parted.service], "masked": parted.masked}


@login_required
@require_POST
def try_group(request: HttpRequest, organization_id: int) -> HttpResponse:
    """Send a test message to the group."""
    viewer = viewer_of(request)
    office = office_for(viewer, organization_id)
    try:
        actions.try_group_bot(office.pk, actor=viewer, at=timezone.now())
    except Missing as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("A test is on its way. Look into the group, then load this page again."))
    return redirect("people:group", office.pk)


@login_required
@require_POST
def remove_group(request: HttpRequest, organization_id: int) -> HttpResponse:
    """Take the bot away from the group."""
    viewer = viewer_of(request)
    office = office_for(viewer, organization_id)
    actions.remove_group_bot(office.pk, actor=viewer, at=timezone.now())
    messages.success(request, _("The bot is removed; notices stay in the product."))
    return redirect("people:group", office.pk)
