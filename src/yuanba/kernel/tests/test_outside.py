"""Services to sign in with, as the operator writes them down."""

import json
from typing import Any

import pytest

from yuanba.kernel.outside import read_services

CITY = {
    "id": "city",
    "name": "市统一身份认证",
    "url": "https://sso.example.gov.cn",
    "client_id": "yuanba",
    "secret": "s3cret-of-the-city",
}


def read(*services: dict[str, Any]) -> Any:
    return read_services(json.dumps(services))


def test_without_a_list_there_are_none() -> None:
    assert read_services(" ") == ()


def test_services_have_keys_and_names() -> None:
    city, feishu = read(CITY, {"service": "feishu", "client_id": "cli", "secret": "x"})
    assert (city.key, city.name, city.issuer) == ("city", "市统一身份认证", "https://sso.example.gov.cn")
    assert (feishu.key, feishu.kind, feishu.name) == ("feishu", "feishu", "飞书 Feishu")


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://sso.example.gov.cn"},
        {"url": "https://sso.example.gov.cn/?a=b"},
        {"url": ""},
        {"id": "City"},
        {"id": "feishu"},
        {"service": "wecom"},
        {"secret": ""},
        {"scopes": "all"},
    ],
)
def test_what_can_not_be_is_refused_without_telling_the_secret(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="SIGN_IN_WITH") as refused:
        read(CITY | wrong)
    assert "s3cret" not in str(refused.value)


def test_two_services_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="id of its own"):
        read(CITY, CITY)


def test_no_json_is_refused_without_being_told() -> None:
    with pytest.raises(ValueError, match="SIGN_IN_WITH") as refused:
        read_services('[{"secret": "s3cret')
    assert "s3cret" not in str(refused.value)


def test_a_second_factor_counts_only_as_it_was_written_down() -> None:
    plain, strict = read(CITY), read(CITY | {"second_factor": {"amr": ["otp", "mfa"], "acr": ["loa3"]}})
    both: dict[str, object] = {"amr": ["pwd", "otp"], "acr": "loa3"}
    assert not plain[0].vouches_for_second_factor(both)
    assert strict[0].vouches_for_second_factor(both)
    assert strict[0].vouches_for_second_factor({"acr": "loa3"})
    for claims in ({}, {"amr": ["pwd"]}, {"amr": "otp"}, {"acr": "loa1"}, {"acr": None}):
        assert not strict[0].vouches_for_second_factor(claims)
