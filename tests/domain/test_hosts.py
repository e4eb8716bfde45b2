"""Names of machines: one way to write each."""

import pytest

from bot.domain.hosts import dns_name


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Kalender.Intern", "kalender.intern"),
        ("kalender.intern.", "kalender.intern"),
        ("BRÅ.se.", "xn--br-zia.se"),
        ("xn--br-zia.se", "xn--br-zia.se"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
    ],
)
def test_a_name_is_written_in_one_way(name: str, written: str) -> None:
    assert dns_name(name) == written
    assert dns_name(written) == written


@pytest.mark.parametrize("name", ["å" * 62, "å..se", "\u05d01a"])
def test_a_name_that_cannot_be_written_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        dns_name(name)
