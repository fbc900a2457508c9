"""Refusals as pages: every `DomainError` that a page lets through becomes a plain page with its own status."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yuanba.kernel.errors import Away, DomainError, TooMany


class RefusalMiddleware:
    """Turns expected refusals into pages; everything unexpected stays Django's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        response = render(request, "web/refusal.html", {"refusal": exception}, status=exception.status)
        if isinstance(exception, TooMany | Away):
            response["Retry-After"] = str(exception.retry_after_s)
        return response
