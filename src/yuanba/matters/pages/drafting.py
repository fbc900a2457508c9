"""The draft of the next edition: written and checked, compared, its consequences looked at, published."""

from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yuanba.kernel.authority import Power
from yuanba.kernel.errors import Denied, DomainError, Stale
from yuanba.matters import actions
from yuanba.matters.consequences import consequences, matters_of
from yuanba.matters.draft_forms import DraftForm, PublishForm
from yuanba.matters.drafted import Drafted, excerpts, shown_draft
from yuanba.matters.pages.filled_in import put_errors
from yuanba.matters.pages.frame import Page, desk_context, rules_page
from yuanba.matters.pages.rulebook import tabs
from yuanba.people.middleware import viewer_of
from yuanba.playbooks.actions import discard_draft, publish_draft, save_draft
from yuanba.playbooks.problems import PlaybookInvalid
from yuanba.playbooks.queries import may_draft, may_publish, preview_of
from yuanba.playbooks.reading_aloud import differences
from yuanba.playbooks.text_changes import text_changes


def drafting_page(view: Page) -> Page:
    """For those who may work on the draft."""

    @rules_page
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **options: Any) -> Any:
        if not may_draft(viewer_of(request)):
            raise Denied(_("Your post does not include this."))
        return view(request, *args, **options)

    return wrapped


def _frame(request: HttpRequest, name: str, drafted: Drafted) -> dict[str, Any]:
    viewer = viewer_of(request)
    return desk_context(request, "playbook") | {
        "tabs": tabs(viewer, name),
        "drafted": drafted,
        "may_publish": may_publish(viewer),
    }


@drafting_page
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """The text in a field, with all that the check says of it; saved whether it is right or not."""
    if request.method == "POST":
        return _save(request)
    drafted = shown_draft()
    form = DraftForm(initial={"version": drafted.version, "source": drafted.source})
    return _draft(request, drafted, form)


def _draft(
    request: HttpRequest, drafted: Drafted, form: DraftForm, status: int = 200, meanwhile: bool = False
) -> HttpResponse:
    report = drafted.report
    typed = str(form["source"].value() or "")
    context = _frame(request, "draft", drafted) | {
        "form": form,
        "errors": excerpts(drafted.source, report.errors),
        "advice": excerpts(drafted.source, report.warnings),
        "summary": list(report.summary.lines()) if report.summary else [],
        "theirs": text_changes(drafted.source, typed.replace("\r\n", "\n")) if meanwhile else None,
    }
    return render(request, "matters/playbook/draft.html", context, status=status)


def _save(request: HttpRequest) -> HttpResponse:
    form = DraftForm(request.POST, request.FILES)
    if form.is_valid():
        data, viewer = form.cleaned_data, viewer_of(request)
        try:
            save_draft(data["source"], version=data["version"], actor=viewer, at=timezone.now())
        except Stale as error:
            # What was typed stays in the field; saving it once more puts it over the other's, seen below.
            typed = {"version": error.current_version, "source": data["source"]}
            return _draft(request, shown_draft(), DraftForm(initial=typed), error.status, meanwhile=True)
        except DomainError as error:
            put_errors(form, error)
        else:
            messages.success(request, _("Saved and checked."), extra_tags="playbook-draft")
            return HttpResponseRedirect(reverse("matters:draft"))
    return _draft(request, shown_draft(), form, 422)


@drafting_page
@require_http_methods(["POST"])
def draft_anew(request: HttpRequest) -> HttpResponse:
    """Throw the draft away and begin from the edition in force."""
    discard_draft(version=_version(request), actor=viewer_of(request), at=timezone.now())
    messages.success(
        request, _("The draft begins anew from the edition in force."), extra_tags="playbook-draft"
    )
    return HttpResponseRedirect(reverse("matters:draft"))


@drafting_page
@require_GET
def draft_changes(request: HttpRequest) -> HttpResponse:
    """What the draft changes, in words and as text."""
    drafted = shown_draft()
    old, new = drafted.in_force, drafted.report.playbook
    context = _frame(request, "draft_changes", drafted) | {
        "differences": differences(old.playbook, new) if old is not None and new is not None else (),
        "text": text_changes(old.source if old else "", drafted.source),
    }
    return render(request, "matters/playbook/changes.html", context)


@drafting_page
@require_http_methods(["GET", "POST"])
def draft_preview(request: HttpRequest) -> HttpResponse:
    """What publishing the draft would change, and the way to publish it."""
    if request.method == "GET":
        return _preview(request)
    try:
        actions.foresee(version=_version(request), actor=viewer_of(request), at=timezone.now())
    except DomainError as error:
        messages.error(request, _told(error))
    return HttpResponseRedirect(reverse("matters:draft_preview"))


def _preview(request: HttpRequest, form: PublishForm | None = None, status: int = 200) -> HttpResponse:
    drafted, viewer = shown_draft(), viewer_of(request)
    old, new = drafted.in_force, drafted.report.playbook
    context = _frame(request, "draft_preview", drafted)
    if old is not None and new is not None and not drafted.is_in_force:
        preview = preview_of(drafted.version)
        done = preview is not None and preview.finished_at is not None
        context |= {
            "follows": consequences(old.playbook, new, viewer, timezone.localdate()),
            "preview": preview,
            "found": matters_of(preview, old.playbook, new, viewer) if preview is not None else None,
            "form": form or PublishForm(initial={"version": drafted.version}),
            "may_go": done and may_publish(viewer) and not drafted.refusal,
        }
    preview = context.get("preview")
    if request.headers.get("HX-Target") == "matters" and (preview is None or preview.finished_at is not None):
        # The page that asked every few seconds is behind in more than its list: how to publish comes with the end.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "matters/playbook/preview.html", context, status=status)


@drafting_page
@require_http_methods(["POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """Put the draft into force: first asked for with a reason, then said yes to once more."""
    viewer = viewer_of(request)
    viewer.require(Power.MANAGE_PLAYBOOK)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _preview(request, form, 422)
    data = form.cleaned_data
    if not data["sure"]:
        return _ask_once_more(request, form)
    try:
        edition = publish_draft(
            version=data["version"], reason=data["reason"], actor=viewer, at=timezone.now()
        )
    except Stale as error:
        # Looked at and agreed to was another text: its preview comes first, the reason is kept.
        messages.error(request, error.message)
        kept = PublishForm(initial={"version": error.current_version, "reason": data["reason"]})
        return _preview(request, kept, error.status)
    except DomainError as error:
        form.add_error(None, _told(error))
        return _preview(request, form, error.status)
    messages.success(request, _("%(edition)s is in force.") % {"edition": edition})
    return HttpResponseRedirect(reverse("matters:playbook"))


def _ask_once_more(request: HttpRequest, form: PublishForm) -> HttpResponse:
    drafted = shown_draft()
    old, new = drafted.in_force, drafted.report.playbook
    context = _frame(request, "draft_preview", drafted) | {
        "form": form,
        "differences": differences(old.playbook, new) if old is not None and new is not None else (),
    }
    return render(request, "matters/playbook/publish.html", context)


def _told(error: DomainError) -> str:
    if isinstance(error, PlaybookInvalid):
        return _("The draft has faults. Mend what the check says first.")
    return error.message


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
