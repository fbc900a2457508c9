"""Which addresses of group bots are taken, and what counts as delivered."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from yuanba.kernel.errors import Invalid
from yuanba.kernel.group_bots import NotDelivered, Service, read_address, read_hosts, send
from yuanba.kernel.tests.groups import KEY, PATHS, Groups

OFFICIAL = {
    "wecom": f"https://qyapi.weixin.qq.com{PATHS['wecom']}",
    "dingtalk": f"https://oapi.dingtalk.com{PATHS['dingtalk']}",
    "feishu": f"https://open.feishu.cn{PATHS['feishu']}",
}


@pytest.fixture(params=["wecom", "dingtalk", "feishu"])
def groups(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Groups]:
    started = Groups(request.param)
    settings.NOTICE_HOSTS = read_hosts([f"{request.param}={started.origin}"])
    yield started
    started.stop()


@pytest.mark.parametrize("service", list(Service))
def test_the_address_that_a_service_shows_is_taken_and_shown_masked(service: Service) -> None:
    found = read_address(f"  {OFFICIAL[service]}\n")
    assert (found.service, found.url) == (service, OFFICIAL[service])
    assert found.masked.endswith("6789")
    assert KEY[:-4] not in found.masked


@pytest.mark.parametrize(
    "address",
    [
        "",
        "json://qyapi.weixin.qq.com" + PATHS["wecom"],
        "file:///etc/passwd",
        "wecombot://" + KEY,
        "http://qyapi.weixin.qq.com" + PATHS["wecom"],
        "https://qyapi.weixin.qq.com:8443" + PATHS["wecom"],
        "https://qyapi.weixin.qq.com." + PATHS["wecom"],
        "https://qyapi.weixin.qq.com@127.0.0.1" + PATHS["wecom"],
        "https://me:you@qyapi.weixin.qq.com" + PATHS["wecom"],
        "https://qyapi.weixin.qq.com\\@127.0.0.1" + PATHS["wecom"],
        "https://127.0.0.1" + PATHS["wecom"],
        "http://169.254.169.254/latest/meta-data/",
        "https://open.feishu.cn" + PATHS["wecom"],
        OFFICIAL["wecom"] + "&debug=1",
        OFFICIAL["wecom"] + "#@127.0.0.1",
        OFFICIAL["feishu"] + "/../../../other",
        OFFICIAL["wecom"].replace("weixin", "wеixin"),
        OFFICIAL["wecom"].replace("/cgi-bin", "//127.0.0.1/cgi-bin"),
        OFFICIAL["wecom"] + "\r\nHost: 127.0.0.1",
    ],
)
def test_an_address_that_leads_anywhere_else_is_refused(address: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_address(address)
    assert refused.value.field == "address"


def test_an_operator_may_name_further_hosts_by_https(settings: Settings) -> None:
    private = "https://feishu.example.gov.cn"
    with pytest.raises(Invalid):
        read_address(private + PATHS["feishu"])
    settings.NOTICE_HOSTS = read_hosts([f"feishu={private}/"])
    assert read_address(private + PATHS["feishu"]).service == Service.FEISHU
    with pytest.raises(Invalid):
        read_address(private + PATHS["wecom"])


@pytest.mark.parametrize(
    "pair", ["https://a.example", "slack=https://a.example", "feishu=http://a.example", "feishu=https://a/b"]
)
def test_other_hosts_are_refused_at_start(pair: str) -> None:
    with pytest.raises(ValueError, match="NOTICE_HOSTS"):
        read_hosts([pair])


def test_a_message_stands_in_the_group(groups: Groups) -> None:
    send(read_address(groups.address), "", "2603020001 已到您处")
    assert groups.said == ["2603020001 已到您处"]


def test_a_service_that_says_no_with_status_200_has_not_delivered(groups: Groups) -> None:
    groups.refusal = 45009
    with pytest.raises(NotDelivered, match="45009"):
        send(read_address(groups.address), "", "x")


@pytest.mark.parametrize("status", [302, 403, 500])
def test_another_status_has_not_delivered_and_leads_nowhere(groups: Groups, status: int) -> None:
    elsewhere = Groups(groups.service)
    groups.status, groups.location = status, elsewhere.address
    with pytest.raises(NotDelivered, match=f"HTTP {status}"):
        send(read_address(groups.address), "", "x")
    assert (groups.tries, elsewhere.tries) == (1, 0)
    elsewhere.stop()


def test_what_fails_never_tells_the_address(groups: Groups) -> None:
    address = read_address(groups.address)
    groups.stop()
    with pytest.raises(NotDelivered) as failed:
        send(address, "", "x")
    error: BaseException | None = failed.value
    assert error is not None
    assert error.__suppress_context__
    assert address.key not in str(error)


@pytest.mark.parametrize("groups", ["dingtalk", "feishu"], indirect=True)
def test_a_bot_that_asks_for_a_signature_gets_the_right_one(groups: Groups) -> None:
    groups.secret = "SEC0123456789abcdef"
    address = read_address(groups.address)
    for wrong in ("", "SECfedcba"):
        with pytest.raises(NotDelivered, match=r"310000|19021"):
            send(address, wrong, "x")
    send(address, groups.secret, "x")
    assert groups.said == ["x"]
