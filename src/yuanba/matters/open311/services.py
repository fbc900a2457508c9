"""What can be reported: the playbook's categories, and their questions as service definitions."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Missing
from yuanba.matters.actions import Receipt
from yuanba.matters.open311.arguments import Arguments
from yuanba.matters.open311.errors import door
from yuanba.matters.open311.rendering import Value, render
from yuanba.playbooks.queries import current_playbook
from yuanba.playbooks.schema import Category, CategoryGroup, Playbook, Question

KEYWORDS = 12


@door("GET")
def services(_request: HttpRequest, form: str, _arguments: Arguments) -> HttpResponse:
    """The list of services."""
    playbook = current_playbook().playbook
    shown = [_service(group, kind) for group in playbook.categories for kind in group.categories]
    return render(form, "services", shown)


def _service(group: CategoryGroup, kind: Category) -> dict[str, Value]:
    keywords = ", ".join(kind.words[:KEYWORDS])
    return {
        "service_code": kind.code,
        "service_name": kind.name,
        "description": _("%(group)s: %(name)s. For example: %(words)s.")
        % {"group": group.name, "name": kind.name, "words": keywords},
        "metadata": bool(kind.questions),
        "type": "realtime",
        "keywords": keywords,
        "group": group.name,
    }


@door("GET")
def definition(_request: HttpRequest, form: str, _arguments: Arguments, service_code: str) -> HttpResponse:
    """What else to ask for one service; an empty list where there is nothing."""
    kind = service_of(current_playbook().playbook, service_code)
    attributes = [_attribute(order, question) for order, question in enumerate(kind.questions, start=1)]
    return render(form, "service_definition", {"service_code": kind.code, "attributes": attributes})


def _attribute(order: int, question: Question) -> dict[str, Value]:
    shown: dict[str, Value] = {
        "variable": True,
        "code": question.code,
        "datatype": question.datatype,
        "required": question.required,
        "datatype_description": None,
        "order": order,
        "description": question.text,
    }
    if question.values:
        shown["values"] = [{"key": value.key, "name": value.name} for value in question.values]
    return shown


def service_notice(receipt: Receipt) -> str:
    """What happens next, for whoever reported: when an answer is due, and the link to follow and to confirm.

    The link is secret to them; it is told here only.
    """
    matter = receipt.matter
    day = date_format(timezone.localtime(matter.total_due_at), "DATE_FORMAT")
    notice = _("You will have an answer by %(day)s. Follow it, and say whether it is solved, at %(link)s") % {
        "day": day,
        "link": f"{settings.BASE_URL}/m/{receipt.track_key}/",
    }
    numbers = service_of(matter.playbook.playbook, matter.category).emergency_transfer
    if not numbers:
        return notice
    urgent = _("If somebody is in danger, call %(numbers)s at once.") % {"numbers": ", ".join(numbers)}
    return f"{urgent} {notice}"


def service_of(playbook: Playbook, code: str) -> Category:
    """The category behind a service code. Raises `Missing`."""
    try:
        return playbook.category(code)
    except KeyError:
        raise Missing(_("The service_code %(code)s is not found.") % {"code": code[:60]}) from None
