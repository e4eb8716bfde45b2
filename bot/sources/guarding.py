"""Guarding: which addresses may be asked, wherever a name in a plan leads."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from bot.domain.errors import SourceError

# All of IPv6 that is on the internet, without what hides an address of IPv4 or is an example.
PUBLIC_V6 = ip_network("2000::/3")
# A table of our own: what Python calls global has changed from one patch to the next.
NOT_PUBLIC = [
    ip_network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
]  # fmt: skip
# Where a cloud tells its machines their secrets, whether it looks like a private address or not.
METADATA = [
    ip_network(each)
    for each in (
        "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32",
        "fd00:42::42/128", "fd00:ec2::254/128", "fd20:ce::254/128",
    )
]  # fmt: skip
PRIVATE = [
    ip_network(each)
    for each in (
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
        "::1/128", "fc00::/7",
    )
]  # fmt: skip


def safe_addresses(host: str, found: Sequence[str], *, allowed: bool) -> list[str]:
    """Return those of the addresses of ``host`` that may be asked; where there is none, refuse.

    Where the operator has ``allowed`` the name they may be private, and this machine's own.
    """
    if not found:
        raise SourceError(f"Värdnamnet {host} finns inte på nätet.")
    safe = [each for each in found if _may_be_asked(each, private=allowed)]
    if not safe:
        raise SourceError(
            f"{host} leder till en adress som inte är öppen på nätet. Är det en egen kalender, "
            "ange värdnamnet i LOFTESBOT_FEEDS__ALLOWED_HOSTS."
        )
    return safe


def _may_be_asked(text: str, *, private: bool) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if any(address in each for each in METADATA):
        return False
    return _is_public(address) or (private and any(address in each for each in PRIVATE))


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    known = isinstance(address, IPv4Address) or address in PUBLIC_V6
    return known and not any(address in each for each in NOT_PUBLIC)
