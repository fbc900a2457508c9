"""Pages of forms: what was wrong stands at its field, and nothing that was typed is lost."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yuanba.kernel.errors import DomainError, SeveralInvalid


def put_errors(form: Any, error: DomainError) -> None:
    """Show a refusal at the field it is about; nothing that was typed is lost."""
    for one in error.errors if isinstance(error, SeveralInvalid) else [error]:
        form.add_error(one.field if one.field in form.fields else None, one.message)


def form_page(
    request: HttpRequest, template: str, context: dict[str, Any], refusal: DomainError | None = None
) -> HttpResponse:
    """The page of the form in ``context``: with the status of what refused it and the seconds to wait, 422 for what the
    form itself finds wrong.
    """
    refused = 422 if context["form"].errors else 200
    status = refused if refusal is None else refusal.status
    response = render(request, template, context, status=status)
    if wait_s := getattr(refusal, "retry_after_s", 0):
        response["Retry-After"] = str(wait_s)
    return response
