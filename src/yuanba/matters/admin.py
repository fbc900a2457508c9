"""The operators' back office for what could not be delivered: read, and tried again."""
# ruff: noqa: ARG002 - the signatures are those of the package we override

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.authority import Power
from yuanba.kernel.errors import NotAllowed
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import revive
from yuanba.language.privacy import mask
from yuanba.people.by_power import ByPower


class StandingFilter(admin.SimpleListFilter):
    """Whether a message was given up or still waits."""

    title = gettext_lazy("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("dead", gettext_lazy("Given up")), ("waiting", gettext_lazy("Tried, will be tried again"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        match self.value():
            case "dead":
                return queryset.filter(dead_at__isnull=False)
            case "waiting":
                return queryset.filter(dead_at=None)
            case _:
                return queryset


@admin.register(Message)
class MessageAdmin(ByPower):
    """Messages that failed at least once. What they carry is not shown: it may name people."""

    power = Power.OPERATE
    list_display = ("topic", "subject_id", "created_at", "attempts", "why", "due_at", "dead_at")
    list_display_links = None
    list_filter = (StandingFilter,)
    ordering = ("-pk",)
    actions = ("try_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        rows: QuerySet[Message] = super().get_queryset(request)
        return rows.exclude(last_error="").defer("data")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # The list only: a page of one message would show what it carries.
        return obj is None and self.may(request)

    @admin.display(description=gettext_lazy("why it failed"))
    def why(self, row: Message) -> str:
        """What the far end said, without the addresses it may have named."""
        return mask(row.last_error)

    @admin.action(description=gettext_lazy("Try again"))
    def try_again(self, request: HttpRequest, rows: QuerySet[Message]) -> None:
        self.run(request, rows, self._try_again)

    @staticmethod
    def _try_again(row: Message) -> str:
        if not revive(row.pk):
            raise NotAllowed(_("This message was not given up; it is tried again by itself."))
        return _("will be tried again")
