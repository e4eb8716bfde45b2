"""Which addresses may be asked."""

import pytest

from bot.domain.errors import SourceError
from bot.sources.guarding import safe_addresses

PUBLIC = ["8.8.8.8", "193.10.0.1", "2001:200::1", "2a00:1450:400f:80c::200e"]
PRIVATE = [
    "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "172.16.0.1", "192.168.1.1",
    "::1", "fc00::1", "fd12:3456::1",
]  # fmt: skip
NEVER = [
    "168.63.129.16", "192.0.0.192", "fd20:ce::254", "fd00:42::42", "192.0.0.9", "192.0.0.10",
    "0.0.0.0", "169.254.169.254", "169.254.0.1", "192.0.0.1", "192.0.2.1", "192.88.99.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "100.100.100.200",
    "::", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "fd00:ec2::254",
    "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::7f00:1", "64:ff9b::a00:1", "64:ff9b::808:808",
    "64:ff9b:1::a00:1", "2002:a00:1::", "2002:808:808::1", "2001::1", "2001:db8::1", "3fff::1",
    "100::1", "4000::1", "", "localhost", "10.1", "0x7f.1", "2130706433", "010.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("allowed", [False, True])
def test_what_is_open_on_the_net_may_be_asked(address: str, *, allowed: bool) -> None:
    assert safe_addresses("example.se", [address], allowed=allowed) == [address]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_private_may_be_asked_only_where_the_operator_names_it(address: str) -> None:
    assert safe_addresses("intern", [address], allowed=True) == [address]
    with pytest.raises(SourceError, match="LOFTESBOT_FEEDS__ALLOWED_HOSTS"):
        safe_addresses("example.se", [address], allowed=False)


@pytest.mark.parametrize("address", NEVER)
@pytest.mark.parametrize("allowed", [False, True])
def test_what_leads_nowhere_good_is_never_asked(address: str, *, allowed: bool) -> None:
    with pytest.raises(SourceError, match="inte är öppen på nätet"):
        safe_addresses("example.se", [address], allowed=allowed)


def test_of_several_addresses_only_the_safe_ones_are_asked() -> None:
    found = ["10.0.0.1", "8.8.8.8", "::1", "2a00:1450::1"]
    assert safe_addresses("example.se", found, allowed=False) == ["8.8.8.8", "2a00:1450::1"]


def test_a_name_that_leads_nowhere_is_told() -> None:
    with pytest.raises(SourceError, match=r"example\.se finns inte på nätet"):
        safe_addresses("example.se", [], allowed=False)
