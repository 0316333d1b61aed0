"""Which URLs and addresses webhooks may go to."""

import pytest

from services.notifier.domain.targets import Targets
from shared.core.addresses import is_public
from shared.core.errors import Invalid


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 -- an address to refuse
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "168.63.129.16",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.19.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2001:20::1",
        "2002:7f00:1::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "not an address",
        "",
    ],
)
def test_what_is_not_the_public_internet_is_refused(address: str) -> None:
    assert not is_public(address)
    assert not Targets().admits(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "::ffff:8.8.8.8", "2606:4700::1111", "2400:3200::1"]
)
def test_the_public_internet_is_admitted(address: str) -> None:
    assert Targets().admits(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "url_invalid"),
        ("example.com", "url_invalid"),
        ("//example.com", "url_invalid"),
        ("https://", "url_invalid"),
        ("https:///path", "url_invalid"),
        ("ftp://example.com", "url_invalid"),
        ("file:///etc/passwd", "url_invalid"),
        ("https://example.com:port/", "url_invalid"),
        ("https://example.com:99999/", "url_invalid"),
        ("https://example.com/#part", "url_invalid"),
        ("https://exa mple.com/", "url_invalid"),
        ("https://example.com\\@evil.example/", "url_invalid"),
        ("https://example.com/\r\nHost: evil", "url_invalid"),
        ("https://[::1/", "url_invalid"),
        ("https://example.com/" + "x" * 2000, "url_invalid"),
        ("https://me:secret@example.com/", "url_credentials"),
        ("https://me@example.com/", "url_credentials"),
        ("http://example.com/", "url_scheme"),
        ("https://example.com:22/", "url_port"),
        ("https://example.com:80/", "url_port"),
        ("https://127.0.0.1/", "url_address"),
        ("https://[::1]/", "url_address"),
        ("https://[fd00:ec2::254]/", "url_address"),
    ],
)
def test_a_hostile_url_is_refused_by_name(url: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        Targets().check(url)
    assert (refused.value.code, refused.value.violations[0].pointer) == (code, "/url")


@pytest.mark.parametrize(
    "url",
    ["https://example.com", "https://example.com:443/a?b=c", "https://hooks.example.com:8443/", "https://1.1.1.1/"],
)
def test_an_ordinary_url_is_accepted(url: str) -> None:
    Targets().check(url)


def test_the_dangerous_setting_admits_private_targets_but_no_nonsense() -> None:
    local = Targets(allow_private=True)
    local.check("http://127.0.0.1:9000/hook")
    assert local.admits("127.0.0.1")
    with pytest.raises(Invalid):
        local.check("ftp://127.0.0.1/")
    with pytest.raises(Invalid):
        local.check("http://me:secret@127.0.0.1/")
