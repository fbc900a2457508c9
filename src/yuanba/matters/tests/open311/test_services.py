from datetime import datetime

import pytest
from django.utils import timezone

from yuanba.matters.tests.open311.conftest import Foreign, xml
from yuanba.playbooks.queries import current_playbook

SERVICE = ["service_code", "service_name", "description", "metadata", "type", "keywords", "group"]
ATTRIBUTE = ["variable", "code", "datatype", "required", "datatype_description", "order", "description"]


def test_discovery_says_in_both_forms_where_the_endpoint_is(foreign: Foreign) -> None:
    """The rules of SeeClickFix's open311-validator."""
    document = xml(foreign.get("discovery.xml"))
    found = foreign.get("discovery.json").json()
    assert document.tag == "discovery"
    assert document.findtext("contact")
    assert document.findtext("key_service")
    assert datetime.fromisoformat(str(document.findtext("changeset"))) < timezone.now()
    endpoint = document.find("endpoints/endpoint")
    assert endpoint is not None
    assert endpoint.findtext("specification") == "http://wiki.open311.org/GeoReport_v2"
    assert [form.text for form in endpoint.iterfind("formats/format")] == ["text/xml", "application/json"]
    assert endpoint.findtext("type") in {"production", "test"}
    assert found["endpoints"][0]["formats"] == ["text/xml", "application/json"]
    assert found["endpoints"][0]["url"].endswith("/open311/v2")
    assert found["changeset"] == document.findtext("changeset")


def test_services_are_the_categories(foreign: Foreign) -> None:
    bare = foreign.get("services.json")
    assert bare["Content-Type"] == "application/json; charset=utf-8"
    listed = bare.json()
    assert isinstance(listed, list)
    assert [service["service_code"] for service in listed] == [
        kind.code for kind in current_playbook().playbook.all_categories()
    ]
    document = xml(foreign.get("services.xml"))
    assert document.tag == "services"
    assert [child.tag for child in document[0]] == SERVICE
    assert {service.findtext("type") for service in document} == {"realtime"}
    assert {service.findtext("metadata") for service in document} == {"true", "false"}
    assert all(isinstance(service["metadata"], bool) for service in listed)


def test_a_definition_asks_the_playbooks_questions(foreign: Foreign) -> None:
    parking = next(
        kind.code
        for kind in current_playbook().playbook.all_categories()
        if any(question.values for question in kind.questions)
    )
    found = foreign.get(f"services/{parking}.json").json()
    assert found["service_code"] == parking
    assert [attribute["order"] for attribute in found["attributes"]] == [
        place + 1 for place in range(len(found["attributes"]))
    ]
    document = xml(foreign.get(f"services/{parking}.xml"))
    attribute = document.find("attributes/attribute")
    assert attribute is not None
    assert [child.tag for child in attribute][:7] == ATTRIBUTE
    assert attribute.findtext("required") in {"true", "false"}
    value = document.find("attributes/attribute/values/value")
    assert value is not None
    assert [child.tag for child in value] == ["key", "name"]


def test_an_unknown_service_is_404_in_both_forms(foreign: Foreign) -> None:
    response = foreign.get("services/nope.xml")
    assert response.status_code == 404
    assert xml(response).tag == "errors"
    assert xml(response).findtext("error/code") == "404"
    assert foreign.get("services/nope.json").json()[0]["code"] == 404


@pytest.mark.parametrize("known", ["", "500101", "wanzhou", "127.0.0.1"])
def test_a_known_jurisdiction_changes_nothing(foreign: Foreign, known: str) -> None:
    plain = foreign.get("services.json").content
    assert foreign.get("services.json", jurisdiction_id=known).content == plain


@pytest.mark.parametrize("path", ["services.json", "discovery.json", "requests.json", "tokens/1.json"])
def test_an_unknown_jurisdiction_is_404(foreign: Foreign, path: str) -> None:
    response = foreign.get(path, jurisdiction_id="sfgov.org")
    assert response.status_code == 404
    assert response.json()[0]["code"] == 404
    assert "sfgov.org" in response.json()[0]["description"]


@pytest.mark.parametrize(
    "path", ["services.yaml", "requests.html", "services", "", "discovery", "nowhere.xml"]
)
def test_an_unknown_form_is_404_in_xml(foreign: Foreign, path: str) -> None:
    response = foreign.get(path)
    assert response.status_code == 404
    assert xml(response).findtext("error/code") == "404"


def test_an_unknown_address_is_404_in_its_form(foreign: Foreign) -> None:
    response = foreign.get("nowhere.json")
    assert response.status_code == 404
    assert response.json()[0]["code"] == 404


def test_no_token_was_ever_given_out(foreign: Foreign) -> None:
    assert xml(foreign.get("tokens/12345.xml")).findtext("error/code") == "404"


def test_another_method_is_answered_in_the_form_asked_for(foreign: Foreign) -> None:
    response = foreign.client.delete("/open311/v2/requests.json")
    assert (response.status_code, response["Allow"]) == (405, "GET, POST")
    assert response.json()[0]["code"] == 405
    assert foreign.client.head("/open311/v2/services.xml").status_code == 200


def test_pages_of_other_sites_may_read(foreign: Foreign) -> None:
    assert foreign.get("services.json")["Access-Control-Allow-Origin"] == "*"
