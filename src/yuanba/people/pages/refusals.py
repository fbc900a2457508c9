"""Refusals as these pages give them: on the form where there is one, else as the page for that status."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse

from yuanba.kernel.errors import Denied, DomainError, Missing

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def refusals(page: Page[P]) -> Page[P]:
    """What may not be known is not found; what may not be done is forbidden."""

    @wraps(page)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return page(request, *args, **kwargs)
        except Missing as error:
            raise Http404(error.message) from error
        except Denied as error:
            raise PermissionDenied(error.message) from error

    return answered


def show_on(form: Form, error: DomainError) -> None:
    """Put a refusal beside its field, or on top when it is about none of the form's."""
    form.add_error(error.field if error.field in form.fields else None, error.message)
