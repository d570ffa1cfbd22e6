"""Pages as a person meets them, read back as a tree of HTML."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


@dataclass
class Element:
    """An element with its attributes, and everything inside it in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text of the element with single spaces, as it is read."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for item in self.inside:
            if isinstance(item, str):
                yield item
            elif item.tag not in ("script", "style"):
                yield from item._texts()
                yield " "

    def walk(self) -> Iterator["Element"]:
        for item in self.inside:
            if isinstance(item, Element):
                yield item
                yield from item.walk()

    def all(self, tag: str = "", of: str = "", **attributes: str) -> list["Element"]:
        """Elements by tag, by class (`of`) and by attributes."""
        return [item for item in self.walk() if item._is(tag, of, attributes)]

    def one(self, tag: str = "", of: str = "", **attributes: str) -> "Element":
        found = self.all(tag, of, **attributes)
        assert len(found) == 1, f"{len(found)} of {tag}.{of} {attributes}"
        return found[0]

    def _is(self, tag: str, of: str, attributes: dict[str, str]) -> bool:
        classes = self.attributes.get("class", "").split()
        named = {name.replace("_", "-"): value for name, value in attributes.items()}
        return (
            tag in ("", self.tag)
            and (not of or of in classes)
            and all(self.attributes.get(name) == value for name, value in named.items())
        )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("document")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].inside.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


def parsed(html: str) -> Element:
    """The page as a tree. Elements that are closed out of order are an error of the page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader._open == [reader.root], "an element is never closed"
    return reader.root


def form_of(form: Element) -> list[tuple[str, str]]:
    """What a browser without JavaScript sends for a form as it stands."""
    sent: list[tuple[str, str]] = []
    for item in form.walk():
        name, kind = item.attributes.get("name", ""), item.attributes.get("type", "text")
        if not name:
            continue
        if item.tag == "select":
            chosen = [option for option in item.all("option") if "selected" in option.attributes]
            sent.append((name, (chosen or item.all("option"))[0].attributes["value"]))
        elif item.tag == "textarea":
            sent.append((name, item.text))
        elif item.tag == "input" and (kind not in ("checkbox", "radio") or "checked" in item.attributes):
            sent.append((name, item.attributes.get("value", "")))
    return sent


def parameters(href: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(href).query)


Page = Callable[..., Element]


@pytest.fixture
def page(client: FlaskClient) -> Page:
    """Opens a page and reads it; a status other than 200 is named."""

    def opened(path: str, status: int = 200, **query: object) -> Element:
        response = client.get(path, query_string=query or None)
        assert response.status_code == status, response.get_data(as_text=True)[:500]
        return parsed(response.get_data(as_text=True))

    return opened
