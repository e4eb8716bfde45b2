"""Names of machines, as the DNS writes them."""


def dns_name(name: str) -> str:
    """Return ``name`` in small letters of ASCII, without a dot at its end.

    ``BRÅ.Example.se.`` is ``xn--br-zia.example.se``. One that the DNS cannot write is a
    ``ValueError``.
    """
    bare = name.casefold().rstrip(".")
    return bare if bare.isascii() else bare.encode("idna").decode("ascii")
