"""A fault of ours is answered in the form of the door it happened behind, and says nothing of its cause."""

from xml.etree import ElementTree

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from yuanba.failing import server_error

pytestmark = pytest.mark.django_db


def answer_to_a_fault_at(path: str) -> HttpResponse:
    try:
        raise LookupError("the cause, with 13800005678 in it")
    except LookupError:
        answer = server_error(RequestFactory().get(path))
    assert answer.status_code == 500
    assert answer["Cache-Control"] == "no-store"
    assert "13800005678" not in answer.content.decode()
    return answer


def test_programs_read_a_problem_document() -> None:
    answer = answer_to_a_fault_at("/api/v1/matters")
    assert answer["Content-Type"] == "application/problem+json"
    assert b'"code":"fault"' in answer.content


@pytest.mark.parametrize("path", ["/open311/v2/requests.xml", "/open311/v2/nothing"])
def test_open311_clients_read_an_errors_document(path: str) -> None:
    answer = answer_to_a_fault_at(path)
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    document = ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer
    assert document.findtext("error/code") == "500"


def test_people_read_a_page() -> None:
    assert answer_to_a_fault_at("/desk/")["Content-Type"].startswith("text/html")
