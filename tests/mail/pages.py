"""Reading a mail's HTML as a mail program does: what is text, what is markup, where links go."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self

TAGS = frozenset(
    {
        "html",
        "head",
        "meta",
        "title",
        "body",
        "h1",
        "h2",
        "p",
        "strong",
        "ul",
        "ol",
        "li",
        "br",
        "a",
    }
)
ATTRIBUTES = frozenset({"lang", "charset", "href"})


@dataclass
class Page(HTMLParser):
    """The parts of one page."""

    words: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    @classmethod
    def read(cls, html: str) -> Self:
        page = cls()
        page.feed(html)
        page.close()
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag == "a":
            self.links[str(dict(attrs)["href"])] = ""

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.links and not self.links[last := list(self.links)[-1]]:
            self.links[last] = data

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    @property
    def liberties(self) -> list[str]:
        """Whatever a text of ours would never be."""
        return [*(set(self.tags) - TAGS), *(set(self.attributes) - ATTRIBUTES)]
