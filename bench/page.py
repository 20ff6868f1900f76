"""Reading a page as a person's browser would: its links and its forms."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

from bench.figures import Failed


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.older = ""
        self.forms: list[dict[str, str]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "a" and given.get("rel") == "next":
            self.older = given["href"]
        elif tag == "form":
            self.forms.append({})
        elif not self.forms:
            return
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and (given.get("value") or "selected" in given):
            if "selected" in given:
                self.forms[-1][self._select] = given.get("value", "")
            else:
                self.forms[-1].setdefault(self._select, given["value"])
        elif tag in {"input", "textarea"} and name and given.get("type") not in {"file", "submit"}:
            chosen = given.get("type") not in {"radio", "checkbox"} or "checked" in given
            if chosen or given.get("type") == "radio":
                self.forms[-1].setdefault(name, given.get("value", ""))
            if chosen and given.get("type") == "radio":
                self.forms[-1][name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def next_page(html: str, path: str) -> str:
    """Where the list goes on; empty at its end."""
    reader = _Reader()
    reader.feed(html)
    return urljoin(path, reader.older) if reader.older else ""


def form_with(html: str, field: str) -> dict[str, str]:
    """What the form that has this field would send if nothing were typed; of each choice the first.

    :raises Failed: there is no such form.
    """
    reader = _Reader()
    reader.feed(html)
    for form in reader.forms:
        if field in form:
            return form
    raise Failed(f"There is no form with a field {field!r}.")


def references(html: str) -> int:
    """How many different incidents the page leads to."""
    return len(set(re.findall(r'href="/incidents/([A-Z0-9]+-\d+)/"', html)))


def messages(html: str) -> int:
    """How many messages of a conversation the page shows; each ends with a mark of its own."""
    return len(set(re.findall(r"Seen in run (\d+-\d+)", html)))
