"""The gateway's rules: paths and their owners, clients' scopes, the sandbox's clock."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.clients.headers import passing
from services.gateway.domain.identity.api_client import ApiClient
from services.gateway.domain.paths import OWNERS, composition_of, owner_of
from services.gateway.domain.tenant import EARLIEST, LATEST, Tenant
from shared.core.errors import Conflict, Forbidden, Invalid

NOW = datetime(2026, 3, 4, 8, tzinfo=UTC)


def make_tenant(*, sandbox: bool = True, zone: str = "Asia/Shanghai") -> Tenant:
    return Tenant(
        id=uuid4(),
        sequence=1,
        name="Company",
        status="active",
        zone=zone,
        currency="CNY",
        locale="zh",
        sandbox=sandbox,
        clock_offset_seconds=0,
    )


def make_client(*scopes: str, networks: tuple[str, ...] = ()) -> ApiClient:
    return ApiClient(
        uuid4(),
        "crm",
        scopes,
        networks,
        redirect_uris=("https://people.example.com/",),
        public=False,
        active=True,
        sequence=1,
        created_at=NOW,
        updated_at=NOW,
    )


@pytest.mark.parametrize(("segment", "service"), OWNERS.items())
def test_a_segment_leads_to_its_owner_with_everything_below(segment: str, service: str) -> None:
    assert owner_of(f"/v1/{segment}") == service
    assert owner_of(f"/v1/{segment}/{uuid4()}/anything") == service
    assert owner_of(f"/v1/{segment}x") is None


@pytest.mark.parametrize("service", ["archive", "connector", "performance", "notifier"])
def test_an_operation_is_its_services(service: str) -> None:
    for path in (f"/v1/operations/{service}-{uuid4()}", f"/v1/operations/{service}-{uuid4()}/cancel"):
        assert owner_of(path) == service


def test_an_operation_of_nobody_is_looked_for_where_the_list_is() -> None:
    assert owner_of(f"/v1/operations/moon-{uuid4()}") == owner_of("/v1/operations") == "performance"


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/", "/v1/accounts", "/docs", "/x/v1/employees", "/v1//employees"])
def test_other_paths_have_no_owner(path: str) -> None:
    assert owner_of(path) is None


def test_only_reading_one_observation_is_composed() -> None:
    assert composition_of("GET", "/v1/observations/1")
    assert not composition_of("POST", "/v1/observations/1")
    assert not composition_of("GET", "/v1/observations")
    assert not composition_of("GET", "/v1/observations/1/uses")


def test_a_client_acts_with_what_it_asks_for_or_with_everything_it_has() -> None:
    client = make_client("scores:read", "observations:write")
    assert client.principal(uuid4(), requested=frozenset()).scopes == {"scores:read", "observations:write"}
    assert client.principal(uuid4(), requested=frozenset({"scores:read"})).scopes == {"scores:read"}
    with pytest.raises(Forbidden, match="employees:read"):
        client.principal(uuid4(), requested=frozenset({"scores:read", "employees:read"}))


@pytest.mark.parametrize(
    ("address", "is_allowed"),
    [
        ("203.0.113.9", True),
        ("203.0.114.9", False),
        ("2001:db8::7", True),
        ("2001:db9::7", False),
        ("testclient", False),
    ],
)
def test_a_client_comes_from_its_networks_alone(address: str, *, is_allowed: bool) -> None:
    client = make_client("scores:read", networks=("203.0.113.0/24", "2001:db8::/32"))
    assert client.may_come_from(address) == is_allowed
    assert make_client("scores:read").may_come_from(address)


@pytest.mark.parametrize("network", ["", "203.0.113.9/24", "203.0.113.0/33", "everywhere", "203.0.113"])
def test_what_is_no_network_is_refused_with_its_place(network: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make_client("scores:read", networks=("203.0.113.0/24", network))
    assert [violation.pointer for violation in refusal.value.violations] == ["/networks/1"]


@given(st.datetimes(EARLIEST.replace(tzinfo=None), LATEST.replace(tzinfo=None) - timedelta(seconds=1)))
def test_a_clock_that_was_set_shows_that_time(instant: datetime) -> None:
    wanted = instant.replace(tzinfo=UTC)
    tenant = make_tenant().at_time(wanted, real_now=NOW)
    shown = NOW + timedelta(seconds=tenant.clock_offset_seconds)
    assert abs(shown - wanted) <= timedelta(seconds=0.5)


def test_only_a_sandbox_has_a_clock_to_set() -> None:
    with pytest.raises(Conflict):
        make_tenant(sandbox=False).at_time(NOW, real_now=NOW)


@pytest.mark.parametrize("zone", ["", "Mars", "../../etc", "Asia", "UTC\0", "/etc/localtime"])
def test_a_zone_that_does_not_exist_is_refused(zone: str) -> None:
    with pytest.raises(Invalid):
        make_tenant(zone=zone)


def test_headers_named_by_connection_do_not_pass() -> None:
    headers = [(b"Connection", b"close, X-A"), (b"x-a", b"1"), (b"X-B", b"2"), (b"connection", b"x-c"), (b"X-C", b"3")]
    assert passing(headers) == [(b"x-b", b"2")]
