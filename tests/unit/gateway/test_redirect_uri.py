"""Where answers may go: written plainly, registered, and compared to the letter."""

import pytest

from services.gateway.domain.identity.redirect_uri import (
    answering,
    is_registered,
    origin_of,
    require_redirect_uris,
)
from shared.core.errors import Invalid

GOOD = (
    "https://people.example.com/callback",
    "https://people.example.com",
    "https://people.example.com:8443/a/b?c=d,e;f",
    "http://127.0.0.1/",
    "http://127.0.0.1:49152/back?to=x",
    "http://[::1]:1/",
    "http://localhost:5173/callback",
    "https://[2001:db8::1]/x",
)
BAD = (
    "",
    "https://",
    "people.example.com",
    "/callback",
    "http://people.example.com/",
    "http://10.0.0.1/",
    "http://127.0.0.1.evil.example.com/",
    "http://127.0.0.1@evil.example.com/",
    "http://127.0.0.1:80@evil.example.com/",
    "http://localhost.evil.example.com/",
    "http://localhost\\.evil.example.com/",
    "https://user@people.example.com/",
    "https://@people.example.com/",
    "https://people.example.com/#",
    "https://people.example.com/#top",
    "https://*.example.com/",
    "https://people.example.com:0/",
    "https://people.example.com:x/",
    "https://people.example.com:99999/",
    "https://people.example.com/ callback",
    "https://people.example.com/\n",
    "https://人.example.com/",
    "https://people.example.com/'\"",
    "https://people;script-src.example.com/",
    "javascript:alert(1)",
    "data:text/html,x",
    "com.example.app:/callback",
    "https://people.example.com/" + "x" * 1000,
)


@pytest.mark.parametrize("uri", GOOD)
def test_what_is_plain_can_be_registered_and_is_found_again(uri: str) -> None:
    require_redirect_uris([uri])
    assert is_registered(uri, [uri])


@pytest.mark.parametrize("uri", BAD)
def test_what_is_not_is_refused_with_its_place_and_never_found(uri: str) -> None:
    with pytest.raises(Invalid) as refused:
        require_redirect_uris([GOOD[0], uri])
    assert [(each.pointer, each.code) for each in refused.value.violations] == [
        ("/redirect_uris/1", "redirect_uri_invalid")
    ]
    assert not is_registered(uri, [uri])


@pytest.mark.parametrize(
    ("asked", "registered", "found"),
    [
        ("http://127.0.0.1:1234/back", "http://127.0.0.1/back", True),
        ("http://127.0.0.1/back", "http://127.0.0.1:9/back", True),
        ("http://[::1]:80/", "http://[::1]/", True),
        ("http://localhost:80/", "http://127.0.0.1/", False),
        ("http://127.0.0.1:1234/back/", "http://127.0.0.1/back", False),
        ("http://127.0.0.1:1234/back?x=1", "http://127.0.0.1/back", False),
        ("https://people.example.com:444/", "https://people.example.com/", False),
        ("https://people.example.com", "https://people.example.com/", False),
        ("https://PEOPLE.example.com/", "https://people.example.com/", False),
        ("https://people.example.com/A", "https://people.example.com/a", False),
    ],
)
def test_the_port_of_a_loopback_address_alone_does_not_count(asked: str, registered: str, found: bool) -> None:  # noqa: FBT001 -- a table
    assert is_registered(asked, [registered]) is found


def test_answers_are_added_to_what_is_there() -> None:
    assert answering("https://a.example.com/", code="x y", state=None) == "https://a.example.com/?code=x+y"
    assert answering("https://a.example.com/?b=c", state="&") == "https://a.example.com/?b=c&state=%26"


def test_policies_name_origins_they_can_name() -> None:
    assert origin_of("https://a.example.com:8443/x?y") == "https://a.example.com:8443"
    assert origin_of("http://[::1]:80/") == "http:"
